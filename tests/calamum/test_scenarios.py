"""Scenarios are read strictly, and ours are all in order."""

from __future__ import annotations

import pytest
import yaml

from codesentinel.calamum.calls import CALLS
from codesentinel.calamum.catalogue import OWN, chosen, experiments
from codesentinel.calamum.experiment import Experiment
from codesentinel.calamum.plan import plan
from codesentinel.calamum.read import read_experiment
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
    assert len(plan([found], 1, 3, 60)) == 6


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
    assert plan(every, 5, 2, 300) == plan(every, 5, 2, 300)
    assert plan(every, 5, 1, 300) != plan(every, 6, 1, 300)
    assert sorted(part.name for part in plan(every, 5, 1, 300)) == sorted(
        f"{one.target}/{one.case}" for one in every for _ in one.repeat
    )


def case(target, name, seconds, value=1.0):
    return Experiment(target, name, name, "", usual_seconds=seconds, value=value)


def test_a_plan_begins_with_the_most_valuable_case_of_each_target_and_is_fair_then():
    every = [case("many", f"m{number}", 1.0) for number in range(30)]
    every += [case("few", "long", 10.0), case("few", "dear", 5.0, value=2.0), case("few", "longer", 10.0)]
    names = [part.experiment.case for part in plan(every, 1, 1, 60)]
    assert names[:2] == ["dear", "m0"]
    had = {"many": 0.0, "few": 0.0}
    for part in plan(every, 1, 1, 60)[:20]:
        had[part.experiment.target] += part.experiment.usual_seconds
    assert abs(had["many"] - had["few"]) <= 10.0
    assert names[-1] == "m29"


def test_what_is_longer_than_the_whole_budget_is_not_begun_and_gives_its_place_to_the_next():
    every = [case("few", "long", 50.0, value=9.0), case("few", "short", 5.0), case("many", "m", 1.0)]
    names = [(part.experiment.case, bool(part.no_time)) for part in plan(every, 1, 1, 20)]
    assert names == [("short", False), ("m", False), ("long", True)]


def test_ours_fit_into_a_minute_with_a_case_of_each_target():
    every = experiments(())
    begun = [part for part in plan(every, 1, 1, 60) if not part.no_time]
    first = begun[: len({one.target for one in every})]
    assert {part.experiment.target for part in first} == {one.target for one in every}
    assert all(one.usual_seconds < one.budget_seconds for one in every)


def test_targets_are_chosen_by_name_or_case():
    every = experiments(())
    assert {one.target for one in chosen(every, ("web", "event-log"))} == {"web", "event-log"}
    assert [one.case for one in chosen(every, ("event-log/tampering",))] == ["tampering"]
    assert chosen(every, ("all",)) == tuple(one for one in every if one.target not in ("pid", "cmd"))
    with pytest.raises(UsageError, match="no such target"):
        chosen(every, ("moon",))
