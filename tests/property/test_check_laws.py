"""Whatever stands in a file: checks say something or nothing, in ASCII, and never fall over."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from check_samples import blame, dashboard, routing, rules
from codesentinel.mixin.checks.all import CHECKS
from codesentinel.mixin.checks.base import World
from codesentinel.mixin.checks.fill import parse_template
from codesentinel.mixin.checks.judge import problems
from codesentinel.mixin.checks.labels import labels_of
from codesentinel.mixin.checks.lines import json_lines
from codesentinel.mixin.checks.measures import measure_of
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.reading import Source
from codesentinel.mixin.checks.suppressions import empty_panels, read_suppressions
from codesentinel.mixin.checks.templates import mistake_in, uses_value
from codesentinel.model.problem import Checked
from codesentinel.render.checks_text import checks_text
from codesentinel.render.sarif import sarif

laws = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
words = st.sampled_from(
    "panels targets expr title type fieldConfig defaults unit overrides matcher id options properties templating list "
    "name query datasource uid gridPos x w annotations links thresholds steps value groups rules alert record labels "
    "annotations for interval route routes receiver receivers matchers inhibit_rules equal spec kind dashboard".split()
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
trees = st.recursive(
    scalars | words,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)


def _everywhere(document, found=()):
    """The path of every place in a document."""
    yield found
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _everywhere(value, (*found, key))
    if isinstance(document, list):
        for number, value in enumerate(document):
            yield from _everywhere(value, (*found, number))


def _with(document, path, value):
    """The document with something else at a place."""
    if not path:
        return value
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


def _shown(found):
    done = Checked(("a",), tuple(check.demand for check in CHECKS), tuple(found))
    assert checks_text(done).isascii()
    assert json.loads(sarif(done, version="1"))["runs"][0]["results"] is not None


@laws
@given(trees)
def test_any_document_is_judged(tree):
    files = {"a.json": tree, "b.json": {"panels": tree}, "c.json": {"dashboard": tree, "panels": []}}
    _shown(blame(dashboards=files, rule_files={"a.yml": tree, "b.yml": {"groups": tree}}))


@laws
@given(st.data(), trees)
def test_a_dashboard_with_anything_at_any_place_is_judged(data, tree):
    path = data.draw(st.sampled_from(list(_everywhere(dashboard()))))
    _shown(blame(dashboards={"a.json": _with(dashboard(), path, tree)}))


@laws
@given(st.data(), trees)
def test_rules_and_routing_with_anything_at_any_place_are_judged(data, tree):
    one = data.draw(st.sampled_from(list(_everywhere(rules()))))
    other = data.draw(st.sampled_from(list(_everywhere(routing()))))
    files = {"a.yml": _with(rules(), one, tree), "b.yml": _with(routing(), other, tree)}
    _shown(blame(rule_files=files))


@laws
@given(st.text(max_size=200))
def test_any_text_is_read(text):
    source = Source()
    source.add_json("a.json", text)
    source.add_yaml("a.yml", text)
    world = World(tuple(source.dashboards), tuple(source.rule_files), tuple(source.routings))
    _shown(problems(world, source, CHECKS))
    read_suppressions(text, "list")
    empty_panels(text, {"a": "b"})


yamlish = st.text(alphabet="-:[]{}&*!|>?,#'\" \n\tab<~0.", max_size=60)


@laws
@given(yamlish)
def test_what_looks_like_yaml_is_read(text):
    Source().add_yaml("a.yml", text)
    Source().add_yaml("a.yml", f"groups:\n- name: {text}\n")
    read_suppressions(f"suppress:\n{text}", "list")


promqlish = st.lists(
    st.sampled_from(
        'sum rate x{a="b"} [5m] ( ) by (a) without on () / + - * > bool and or unless $v ${v:csv} [[v]] offset 1 0.5 , '
        'histogram_quantile label_replace "a" topk absent [$__rate_interval] : group_left ignoring @ end() -'.split()
    ),
    max_size=14,
).map(" ".join)


@laws
@given(promqlish | st.text(max_size=40))
def test_any_query_is_parsed_or_refused_and_read(query):
    parsed = parse_template(query, {"v": "a"})
    assert (parsed.tree is None) == bool(parsed.error)
    if parsed.tree is not None:
        labels_of(parsed.tree).has("a")
        measure_of(parsed.tree)
    assert (parse(query).tree is None) == bool(parse(query).error)


@laws
@given(st.text(alphabet='{}$labels.value if end|"`()', max_size=40))
def test_any_template_is_judged(template):
    mistake_in(template)
    uses_value(template)


named = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=30,
)


@laws
@given(named, st.sampled_from([None, 0, 2]))
def test_every_place_of_a_json_text_has_its_line(tree, indent):
    text = json.dumps(tree, indent=indent)
    places = {
        "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
        for path in _everywhere(tree)
    }
    lines = json_lines(text)
    assert set(lines) == places | {""}
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
