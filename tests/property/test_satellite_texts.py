"""Whatever a text holds, reading it ends, and no two of its procedures have one id."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesentinel.analysis.satellites.identity import identify, likeness, locked_from, sketch
from codesentinel.analysis.satellites.lint import damage
from codesentinel.capture.satellites.files import kind_of, names_of
from codesentinel.capture.satellites.procedures import procedures_of, whole_procedure
from codesentinel.model.satellites import LockedFile
from codesentinel.store.satellite_lock import lock_text, read_lock
from instructions import GITHUB

PIECES = st.sampled_from(
    (
        "# ", "## ", "### Procedure 1: ", "### Procedure 2: x\n", "### PROC-1 y\n", "{#PROC-3}", "<!-- proc: PROC-2 -->",
        "1. a\n2. b\n3. c\n", "- [ ] x\n", "```\n", "~~~\n", "> ", ">>>>>>", "---\n", "\r\n", "\r", "\x00", "\ufeff",
        "## Procedures\n", "## FAQ\n", "Step 1\n===\n", "#### Step 2\n", "<!--", "-->", "->", "\u2028", "\ud7ff",
        "[a](b)", "|a|b|\n|-|-|\n", "   ", "\t", "9" * 30 + ". x\n", "\n\n", "    code\n",
    )
)  # fmt: skip
SOUP = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=60).map("".join)


@st.composite
def mutated(draw):
    """A real text with pieces cut out, doubled, moved and put in."""
    text = GITHUB
    for _ in range(draw(st.integers(1, 8))):
        at, to = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        kind = draw(st.sampled_from(("cut", "double", "move", "put")))
        part = text[at:to]
        if kind == "cut":
            text = text[:at] + text[to:]
        elif kind == "double":
            text = text[:to] + part + text[to:]
        elif kind == "move":
            text = text[:at] + text[to:] + part
        else:
            text = text[:at] + draw(SOUP) + text[at:]
    return text[:50_000]


TEXTS = st.one_of(SOUP, mutated())


def check(text):
    """What holds of every text."""
    title, drafts = procedures_of(text)
    assert isinstance(title, str)
    found = identify(drafts, {})
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
    again = identify(drafts, {one.name: locked_from(one.draft) for one in found})
    assert [one.name for one in again] == names, "nothing was edited"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(0 < draft.line <= len(lines) for draft in drafts)
    assert whole_procedure(text, "x").title == "x"
    damage(text)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_every_text_is_read(text):
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_share(one, other):
    assert 0 <= likeness(sketch(one), sketch(other)) <= 1
    assert likeness(sketch(one), sketch(one)) in (0, 1)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(st.text(max_size=30).filter(lambda t: t.isprintable()), max_size=4), text=TEXTS)
def test_a_lock_reads_as_it_was_written(tmp_path_factory, names, text):
    _, drafts = procedures_of(text)
    locked = {one.name: locked_from(one.draft) for one in identify(drafts, {})}
    whole = {name: LockedFile(f"{name}.md", locked) for name in names}
    file = tmp_path_factory.mktemp("lock") / "satellites.lock"
    file.write_text(lock_text(whole), "utf-8")
    assert read_lock(file) == whole
    assert lock_text(read_lock(file)) == lock_text(whole)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(("a", ".github", "commands", "rules", "SKILL.md", "AGENTS.md", "x.mdc", "y.md")),
        min_size=1,
    )
)
def test_every_satellite_has_a_name(parts):
    path = "/".join(parts)
    if kind := kind_of(path):
        assert names_of(path, kind)[0]
