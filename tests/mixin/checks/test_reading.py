"""Files as they come: what is read, what is not, and on which line things stand."""

import json

import pytest
import yaml

from check_samples import dashboard, rules
from codesentinel.mixin.checks.lines import json_lines, line_of
from codesentinel.mixin.checks.reading import Source
from codesentinel.mixin.checks.yaml_documents import Mistake, documents


def test_the_line_of_a_place_in_json_is_that_of_its_value():
    text = '{\n "a": [1,\n  {"b": "x\\n",\n   "c": [\n    2]}],\n "d":\n  3}'
    lines = json_lines(text)
    assert lines == {"": 1, "a": 2, "a[0]": 2, "a[1]": 3, "a[1].b": 3, "a[1].c": 4, "a[1].c[0]": 5, "d": 7}


def test_what_does_not_stand_there_has_the_line_of_what_is_around_it():
    lines = {"": 1, "a": 2, "a[1]": 5}
    assert line_of("a[1].unit.value", lines) == 5
    assert line_of("a[2].unit", lines) == 2
    assert line_of("b.c", lines) == 1


def test_the_lines_of_a_real_dashboard_are_those_that_an_editor_shows():
    text = json.dumps(dashboard(), indent=2)
    source = Source()
    source.add_json("a.json", text)
    line = source.line("a.json", 0, "panels[3].panels[0].fieldConfig.defaults.unit")
    assert text.splitlines()[line - 1].strip() == '"unit": "bytes"'


def test_the_line_of_a_place_in_yaml_is_that_of_its_key():
    text = "# rules\n---\n" + yaml.safe_dump(rules(), sort_keys=False)
    source = Source()
    source.add_yaml("a.yml", text)
    line = source.line("a.yml", 0, "groups[0].rules[3].annotations.summary")
    assert text.splitlines()[line - 1].strip() == "summary: The shop is not scraped"
    assert source.line("a.yml", 0, "groups[0].rules[3].nothing") == source.line(
        "a.yml", 0, "groups[0].rules[3]"
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"panels": [\n}', 2, "not JSON: Expecting value"),
        ('{"panels": NaN}', 1, "not JSON: NaN is no number in JSON"),
        ("[" * 100_000, 1, "not JSON: "),
        ("", 1, "not JSON: Expecting value"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text, line, message):
    source = Source()
    source.add_json("a.json", text)
    assert source.unreadable["a.json"].line == line
    assert source.unreadable["a.json"].message.startswith(message)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("groups:\n  - name: [", 3, "not YAML: "),
        ("groups: []\nother: 1\ngroups: []\n", 3, "the key 'groups' stands here twice"),
        ("- " * 300 + "x", 1, "nested deeper than 100 levels"),
        ("[" * 300 + "]" * 300, 1, "nested deeper than 100 levels"),
        ("a: !!python/object:os.system x", 1, "not YAML: could not determine a constructor"),
        ("a: 2001-99-99", 1, "not YAML: month must be in 1..12"),
        ("a: *b", 1, "not YAML: found undefined alias"),
        ("a: \x00", 1, "not YAML: "),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text, line, message):
    found = documents(text)
    assert isinstance(found, Mistake)
    assert found.line == line
    assert found.message.startswith(message)


def test_a_bomb_of_aliases_is_refused_or_read_without_unfolding_it():
    lines = [
        "a0: &a0 {record: 'a:b:c', expr: up}",
        "r0: &r0 [*a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0]",
    ]
    lines += [f"r{n}: &r{n} [{', '.join([f'*r{n - 1}'] * 10)}]" for n in range(1, 9)]
    source = Source()
    source.add_yaml("a.yml", "\n".join([*lines, "groups: *r8"]))
    groups = ", ".join(["{name: g, rules: *r}"] * 3000)
    rules_ = ", ".join(["{record: 'a:b:c', expr: up}"] * 10)
    source.add_yaml("b.yml", f"r: &r [{rules_}]\ngroups: [{groups}]")
    assert source.unreadable["b.yml"].message == "more than 20000 rules"


def test_files_that_hold_nothing_of_the_kind_are_passed_over():
    source = Source()
    source.add_json("package.json", '{"name": "a"}')
    source.add_yaml("compose.yml", "services: {}")
    source.add_yaml("empty.yml", "")
    assert source.others == ["package.json", "compose.yml", "empty.yml"]
    assert source.files == []


def test_a_mark_of_byte_order_and_windows_lines_change_nothing(tmp_path):
    from codesentinel.capture.texts import text_of

    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(dashboard(), indent=1).replace("\n", "\r\n").encode())
    source = Source()
    source.add_json("a.json", text_of(path))
    [one] = source.dashboards
    assert one.uid == "shop"
    assert source.line("a.json", 0, "title") == 3
