"""Ids in the lock and beside headings, what lint finds, and skills made from procedures."""

from __future__ import annotations

import json

import pytest
import yaml

from codesentinel.model.errors import ConfigurationError
from codesentinel.operations.satellites.catalogue import read_catalogue
from codesentinel.operations.satellites.export import export_skills
from codesentinel.operations.satellites.lint import lint
from codesentinel.operations.satellites.pin import pin
from codesentinel.render.satellites_text import exported_text, linted_text, pinned_text
from instructions import GITHUB, write

NEW = "### Water the plants\n\n1. Fill the can with water.\n2. Pour a cup into each pot.\n3. Tell the others.\n\n"


def ids(context):
    return {one.title: one.id for one in read_catalogue(context).procedures}


def codes(context):
    return [flaw.code for flaw in lint(context).flaws]


def test_what_lies_outside_of_the_workspace_is_shown_and_exported_by_nobody(context, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "notes.md"
    outside.write_text("# Notes\n\n## PROC-1: hunter2\n\n1. hunter2\n")
    for folder, to in (("file", outside), ("device", "/dev/zero")):
        (context.root / folder).mkdir()
        (context.root / folder / "AGENTS.md").symlink_to(to)
    write(context.root, "own.md")
    (context.root / "inside").mkdir()
    (context.root / "inside" / "AGENTS.md").symlink_to("../own.md")
    assert {one.satellite for one in read_catalogue(context).procedures} == {"inside"}
    told = [flaw.message for flaw in lint(context).flaws if flaw.code == "E-UNREADABLE"]
    assert told == ["the file leads out of the workspace"] * 2
    export_skills(context, output="skills")
    assert not [path for path in context.root.rglob("SKILL.md") if "hunter2" in path.read_text()]


def test_satellites_are_named_by_their_folders_and_each_file_counts_once(context):
    write(context.root)
    write(context.root, "tools/github/AGENT_INSTRUCTIONS.md")
    write(context.root, "AGENTS.md")
    write(context.root, ".github/copilot-instructions.md")
    write(context.root, ".cursor/rules/style.mdc", "---\nglobs: '*'\n---\nBe terse.\n")
    write(context.root, ".claude/commands/deploy.md", "Deploy it.\n\n1. Build.\n2. Ship.\n")
    write(
        context.root,
        ".gemini/commands/plan.toml",
        'description = "Plan"\nprompt = """1. Think\n2. Write"""\n',
    )
    write(context.root, "skills/pdf/SKILL.md", "---\nname: pdf\ndescription: x\n---\n# PDF\n\n1. a\n2. b\n")
    write(context.root, "node_modules/x/AGENTS.md")
    write(context.root, "CLAUDE.md", "@AGENTS.md\n")
    (context.root / "GEMINI.md").symlink_to("AGENTS.md")
    found = read_catalogue(context)
    assert {one.id: one.file for one in found.satellites} == {
        "github": "github/AGENT_INSTRUCTIONS.md",
        "tools/github": "tools/github/AGENT_INSTRUCTIONS.md",
        "root": "AGENTS.md",
        "copilot": ".github/copilot-instructions.md",
        "style": ".cursor/rules/style.mdc",
        "deploy": ".claude/commands/deploy.md",
        "plan": ".gemini/commands/plan.toml",
        "pdf": "skills/pdf/SKILL.md",
    }
    [plan] = [one for one in found.procedures if one.id == "plan/PROC-1"]
    assert plan.steps == ("1. Think", "2. Write")


def test_ids_stay_with_their_procedures_once_they_are_pinned(context):
    file = write(context.root)
    assert len(pin(context).added) == 3
    before = ids(context)
    file.write_text(GITHUB.replace("### Procedure 1", NEW + "### Procedure 1"))
    assert {title: name for title, name in ids(context).items() if title in before} == before
    assert ids(context)["Water the plants"] == "github/PROC-4"
    done = pin(context)
    assert done.marked == ("github/PROC-4",)
    assert "### Water the plants <!-- proc: PROC-4 -->" in file.read_text()
    assert "1 new, 3 kept, 0 retired" in pinned_text(done)
    assert codes(context) == []
    assert pin(context).files_modified == (), "nothing changed"


def test_an_id_is_never_given_again(context):
    file = write(context.root)
    pin(context)
    file.write_text(GITHUB[: GITHUB.index("### Procedure 3")] + GITHUB[GITHUB.index("## FAQ") :])
    assert pin(context).retired == ("github/PROC-3",)
    file.write_text(file.read_text().replace("## FAQ", NEW.replace("Water", "Procedure 3: Water") + "## FAQ"))
    assert ids(context)["Water the plants"] == "github/PROC-4"
    assert set(codes(context)) == {"E-NUMBER", "W-UNLOCKED"}
    pin(context)
    assert codes(context) == []
    file.write_text(GITHUB)
    assert ids(context)["Revert a bad merge"] == "github/PROC-3", "the same procedure came back"


def test_a_retired_id_that_is_written_before_another_procedure_is_an_error(context):
    file = write(context.root)
    pin(context)
    start = GITHUB.index("### Procedure 3")
    file.write_text(
        GITHUB[:start] + NEW.replace("plants", "plants {#PROC-3}") + GITHUB[GITHUB.index("## FAQ") :]
    )
    without = GITHUB[:start] + GITHUB[GITHUB.index("## FAQ") :]
    text = file.read_text()
    file.write_text(without)
    pin(context)
    file.write_text(text)
    assert "E-REUSED" in codes(context)


def test_pinning_keeps_line_ends_and_modes(context):
    file = write(context.root, text="# x\r\n\r\n## Workflows\r\n\r\n### Ship it ##\r\n\r\n1. a\r\n2. b\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\r\r", b"\r"))
    file.chmod(0o640)
    before = file.read_bytes()
    pin(context, mark=False)
    assert file.read_bytes() == before
    pin(context)
    assert file.read_bytes() == before.replace(b"Ship it ##", b"Ship it <!-- proc: PROC-1 -->")
    assert file.stat().st_mode & 0o777 == 0o640
    assert ids(context) == {"Ship it": "github/PROC-1"}


def test_a_damaged_file_is_told_and_keeps_its_ids(context):
    file = write(context.root)
    pin(context)
    lock = (context.root / "satellites.lock").read_text()
    file.write_text("".join(f"->{c}" for c in GITHUB))
    [flaw] = lint(context).flaws
    assert (flaw.code, flaw.severity) == ("E-CORRUPT", "error")
    assert "version control" in linted_text(lint(context))
    assert pin(context).retired == ()
    assert (context.root / "satellites.lock").read_text() == lock
    file.write_bytes(b"\xff\xfe\x00")
    assert codes(context) == ["E-UNREADABLE"]


def test_lint_finds_what_leads_nowhere_and_what_is_too_long(context):
    text = GITHUB.replace(
        "Rules for agents.",
        "See [here](missing.md), [there](../there.md), [web](https://x.example), `[no](code.md)`.\n"
        "Follow github/PROC-2, PROC-9 and Procedure 8, but not github/x.md.",
    )
    steps = "".join(f"{n}. step {n}\n" for n in range(1, 40))
    write(
        context.root,
        text=text.replace("### Procedure 3", f"### Procedure 2: again\n\n{steps}\n### Procedure 3"),
    )
    write(context.root, "there.md", "x")
    flaws = lint(context).flaws
    said = [flaw.message for flaw in flaws if flaw.code == "E-REFERENCE"]
    assert said == [
        "the link to missing.md leads nowhere",
        "there is no procedure github/PROC-9",
        "this file has no procedure 8",
    ]
    others = {flaw.code for flaw in flaws} - {"E-REFERENCE"}
    assert others == {"E-DUPLICATE", "E-NUMBER", "W-TOO-LONG"}


def test_a_file_that_is_gone_is_told_and_its_procedures_retire(context):
    file = write(context.root)
    write(context.root, "gitlab/AGENT_INSTRUCTIONS.md")
    pin(context)
    file.unlink()
    assert codes(context) == ["W-GONE"]
    assert set(pin(context).retired) == {f"github/PROC-{n}" for n in (1, 2, 3)}
    assert codes(context) == []


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2, "satellites": {}}', "<<<<<<< HEAD\n"])
def test_a_damaged_lock_is_an_error_with_a_hint(context, text):
    write(context.root)
    (context.root / "satellites.lock").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(context)
    assert "version control" in caught.value.hint


def test_versions_tell_texts_apart_and_layout_does_not(context):
    file = write(context.root)
    first = {one.id: (one.version, one.steps_version) for one in read_catalogue(context).procedures}
    file.write_bytes(GITHUB.replace("### ", "#### ").replace("\n", "\r\n").encode())
    assert {o.id: (o.version, o.steps_version) for o in read_catalogue(context).procedures} == first
    file.write_text(GITHUB.replace("a change is ready", "a change is tested"))
    after = {one.id: (one.version, one.steps_version) for one in read_catalogue(context).procedures}
    changed = [name for name in first if after[name] != first[name]]
    assert changed == ["github/PROC-1"]
    assert after["github/PROC-1"][1] == first["github/PROC-1"][1], "the steps are the same"


def test_exported_skills_are_valid_and_come_and_go_with_their_procedures(context):
    file = write(context.root)
    write(context.root, ".claude/skills/own/SKILL.md", "---\nname: own\ndescription: x\n---\nx\n")
    done = export_skills(context)
    assert len(done.written) == 3
    for path in (context.root / ".claude/skills").glob("github-*/SKILL.md"):
        _, front, body = path.read_text().split("---\n", 2)
        facts = yaml.safe_load(front)
        assert facts["name"] == path.parent.name
        assert 0 < len(facts["description"]) <= 1024
        assert set(facts) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
        assert facts["metadata"]["codesentinel-id"].startswith("github/PROC-")
        assert all(isinstance(value, str) for value in facts["metadata"].values())
        assert "satellites finish" in body
    assert "Use when: a change is ready." in (context.root / done.written[0]).read_text()
    assert set(ids(context).values()) == {f"github/PROC-{n}" for n in (1, 2, 3)} | {"own/PROC-1"}
    assert export_skills(context).unchanged == 3
    file.write_text(GITHUB[: GITHUB.index("### Procedure 3")])
    gone = export_skills(context)
    assert gone.removed == (".claude/skills/github-proc-3/SKILL.md",)
    assert "1 removed" in exported_text(gone)
    assert (context.root / ".claude/skills/own/SKILL.md").exists()


def test_the_lock_is_a_line_a_procedure(context):
    write(context.root)
    pin(context)
    text = (context.root / "satellites.lock").read_text()
    assert sum('"PROC-' in line for line in text.splitlines()) == 3
    assert json.loads(text)["version"] == 1
