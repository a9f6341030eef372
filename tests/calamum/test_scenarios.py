"""Scenarios are read strictly, and ours are all in order."""

from __future__ import annotations

import pytest
import yaml

from codesentinel.calamum.calls import CALLS
from codesentinel.calamum.catalogue import OWN, chosen, experiments
from codesentinel.calamum.read import read_experiment
from codesentinel.calamum.session import plan
from codesentinel.model.errors import ConfigurationError, UsageError

GOOD = {
    "title": "It holds",
    "description": "What is done.",
    "method": [
        {
            "type": "action",
            "name": "a",
            "provider": {"type": "calamum", "func": "wait", "arguments": {"seconds": 0}},
        },
        {
            "type": "probe",
            "provider": {"type": "program", "arguments": ["--version"]},
            "tolerance": {"exit": 0},
        },
    ],
}


def written(tmp_path, **changes):
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump({**GOOD, **changes}))
    return path


def problems(tmp_path, **changes):
    with pytest.raises(ConfigurationError) as told:
        read_experiment(written(tmp_path, **changes), "mine", CALLS)
    return told.value.problems


def test_a_good_one_is_read(tmp_path):
    found = read_experiment(written(tmp_path, tags=["CWE-1"], repeat=[{"x": 1}, {"x": 2}]), "mine", CALLS)
    assert (found.target, found.case, found.tags) == ("mine", "case", ("CWE-1",))
    assert [one.kind for one in found.method] == ["action", "probe"]
    assert len(plan([found], 1, 3)) == 6


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": None}, "title is missing"),
        ({"metod": []}, "did you mean method?"),
        ({"needs": ["a miracle"]}, "needs: 'a miracle'"),
        ({"method": "do it"}, "method: is no list"),
        ({"method": ["do it"]}, "is no mapping"),
        ({"method": [{"type": "wish"}]}, "is no action or probe"),
        ({"method": [{"type": "action", "provider": {"type": "python"}}]}, "needs a type"),
        (
            {"method": [{"type": "action", "provider": {"type": "calamum", "func": "wiat"}}]},
            "did you mean wait?",
        ),
        (
            {"method": [{"type": "probe", "provider": {"type": "program", "arguments": ["x"]}}]},
            "needs a tolerance",
        ),
        ({"method": [{"type": "action", "provider": {"type": "program"}}]}, "is no list of words"),
        (
            {"steady-state-hypothesis": {"title": "x", "probes": [{"type": "action"}]}},
            "'action' is no probe",
        ),
    ],
)
def test_a_mistake_is_told(tmp_path, changes, said):
    assert any(said in one for one in problems(tmp_path, **changes)), problems(tmp_path, **changes)


def test_all_mistakes_are_told_together(tmp_path):
    assert len(problems(tmp_path, title=None, needs=["x"], metod=1)) == 3


def test_a_file_that_is_no_yaml_is_told(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("a: [")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_experiment(path, "mine", CALLS)


def test_a_project_adds_scenarios_of_its_own(tmp_path):
    (tmp_path / "mine").mkdir()
    written(tmp_path / "mine")
    assert {one.target for one in experiments([tmp_path])} >= {"mine", "kill-safety"}


def test_ours_are_named_once_and_say_what_should_hold():
    every = experiments(())
    assert len(every) == len(list(OWN.glob("*/*.yaml"))) >= 30
    assert len({one.title for one in every}) == len(every)
    for one in every:
        assert any(step.checked for step in (*one.method, *one.steady_state)), one.case


def test_the_same_seed_is_the_same_plan():
    every = experiments(())
    assert plan(every, 5, 2) == plan(every, 5, 2)
    assert plan(every, 5, 1) != plan(every, 6, 1)


def test_targets_are_chosen_by_name_or_case():
    every = experiments(())
    assert {one.target for one in chosen(every, ("web", "event-log"))} == {"web", "event-log"}
    assert [one.case for one in chosen(every, ("event-log/tampering",))] == ["tampering"]
    assert chosen(every, ("all",)) == tuple(one for one in every if one.target not in ("pid", "cmd"))
    with pytest.raises(UsageError, match="no such target"):
        chosen(every, ("moon",))
