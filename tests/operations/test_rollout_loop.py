"""A rollout from step to step over a splitter in memory: cut off at every point, disturbed, and refused."""

from __future__ import annotations

import json
import time

import pytest

from codesentinel.act.single import only_one
from codesentinel.model.errors import Failed, LogUnwritable, Unreachable
from codesentinel.model.rollout import (
    ABORTED,
    FAIL,
    INCONCLUSIVE,
    LEAVE,
    PASS,
    PROMOTED,
    ROLLED_BACK,
    Judged,
    Plan,
    Step,
    Traffic,
)
from codesentinel.model.traffic import Arrived, Split
from codesentinel.operations.canary import rollout_loop
from codesentinel.operations.canary.rollout_journal import Journal
from codesentinel.operations.canary.rollout_loop import Rollout
from codesentinel.operations.canary.rollout_record import Recorder
from codesentinel.operations.canary.rollout_traffic import Traffic as Watched
from codesentinel.operations.canary.rollout_watch import has_rollouts, rollouts_cut_off

BEFORE = Split(100, 0)


class Killed(BaseException):
    """SIGKILL: nothing of the process runs after it."""


class Moments:
    """Counts the points at which a process may be killed, and kills it at one of them."""

    def __init__(self) -> None:
        self.passed = 0
        self.last = -1

    def here(self) -> None:
        self.passed += 1
        if self.passed == self.last:
            raise Killed


class Weights:
    """A splitter that outlives whoever sets it; each request of a look goes by the weights."""

    identity = "memory"

    def __init__(self, moments: Moments) -> None:
        self.split_now = BEFORE
        self.history = [BEFORE]
        self.sent = [0, 0]
        self.away = 0
        self.moments = moments

    def prepare(self) -> None:
        self.moments.here()
        self.away = 0

    def split(self, canary_ratio: float) -> Split:
        return Split(round(100 * (1 - canary_ratio)), round(100 * canary_ratio))

    def read(self) -> Split:
        self.moments.here()
        if self.away:
            raise Unreachable("away")
        return self.split_now

    def write(self, split: Split) -> None:
        self.moments.here()
        if self.away:
            self.away -= 1
            raise Unreachable("away")
        self.split_now = split
        self.history.append(split)
        self.moments.here()

    def arrived(self) -> Arrived:
        self.moments.here()
        for arm in (0, 1):
            self.sent[arm] += self.split_now[arm]
        return Arrived(*self.sent)


class Home:
    """A target: its splitter, its folder, and runs over them."""

    def __init__(self, context, folder) -> None:
        self.context = context
        self.folder = folder
        self.moments = Moments()
        self.weights = Weights(self.moments)
        self.verdicts: list[str] = []
        self.stops_after = -1
        self.looks = 0
        self.ended: list[str] = []

    def plan(self, **changes) -> Plan:
        parts = {"steps": (Step(5), Step(50)), "tick_seconds": 0.001, "hold_seconds": 3600.0}
        traffic = Traffic("envoy", "a", "b", settle_seconds=0.0)
        return Plan("shop", "shop", "test", traffic, baseline="x", canary="y", **{**parts, **changes})

    def look(self, progress) -> Judged:
        self.moments.here()
        verdict = self.verdicts[min(self.looks, len(self.verdicts) - 1)]
        self.looks += 1
        if isinstance(verdict, Exception):
            raise verdict
        return Judged(verdict, f"look {self.looks}")

    def stopping(self) -> bool:
        self.stops_after -= self.stops_after > 0
        return self.stops_after == 0

    def run(self, **changes):
        """What one process does, up to its end or its death."""
        journal = Journal(self.folder)
        append = journal._log.append

        def killed_before_or_after(record, *, durable=False):
            self.moments.here()
            append(record, durable=durable)
            self.moments.here()

        journal._log.append = killed_before_or_after
        if journal.progress is None:
            journal.begin("r-1", "f", self.weights.read())
        rollout = Rollout(
            self.plan(**changes),
            Watched(self.weights, 0.0, lambda _: None),
            self.look,
            journal,
            Recorder(self.context, self.plan()),
            after=lambda ended: self.ended.append(ended.outcome),
            stopping=self.stopping,
        )
        return rollout.go()

    def actions(self):
        lines = self.context.memory.path("canary").read_text().splitlines()
        return [json.loads(line)["activity"]["action"] for line in lines]


@pytest.fixture
def home(context, tmp_path, monkeypatch):
    monkeypatch.setattr(rollout_loop, "_AGAIN_SECONDS", 0.0)
    return Home(context, tmp_path / "target")


def test_evidence_leads_from_step_to_step_to_all_of_the_traffic(home):
    home.verdicts = [INCONCLUSIVE, PASS, INCONCLUSIVE, PASS]
    ended = home.run()
    assert ended.outcome == PROMOTED
    assert ended.verified
    assert home.weights.history == [BEFORE, Split(95, 5), Split(50, 50), Split(0, 100)]
    assert home.actions() == ["step", "verdict", "verdict", "step", "verdict", "verdict", "promoted"]
    assert home.ended == [PROMOTED]
    deployments = [
        json.loads(line)["activity"]["metadata"]
        for line in home.context.memory.path("deploy").read_text().splitlines()
    ]
    assert [one["status"] for one in deployments] == ["success"]
    assert Journal(home.folder).progress is None
    assert (home.folder / "journal-r-1.jsonl").exists()


def test_harm_rolls_back_at_the_look_that_finds_it(home):
    home.verdicts = [PASS, FAIL]
    ended = home.run()
    assert (ended.outcome, ended.verdict, ended.reason) == (ROLLED_BACK, FAIL, "look 2")
    assert home.weights.history == [BEFORE, Split(95, 5), Split(50, 50), BEFORE]
    assert home.looks == 2


def test_no_verdict_until_the_deadline_rolls_back(home):
    home.verdicts = [INCONCLUSIVE]
    ended = home.run(hold_seconds=0.2)
    assert (ended.outcome, ended.verdict) == (ROLLED_BACK, INCONCLUSIVE)
    assert "no verdict within" in ended.reason


@pytest.mark.parametrize("problem", [Unreachable("no Prometheus"), ZeroDivisionError("a defect")])
def test_a_judge_that_cannot_judge_holds_and_never_passes(home, problem):
    home.verdicts = [problem, problem, FAIL]
    assert home.run().outcome == ROLLED_BACK
    assert home.weights.history == [BEFORE, Split(95, 5), BEFORE]


def test_a_signal_brings_the_weights_back(home):
    home.verdicts, home.stops_after = [INCONCLUSIVE], 9
    ended = home.run(tick_seconds=0.1)
    assert ended.by_signal
    assert ended.outcome == ABORTED
    assert home.weights.split_now == BEFORE
    assert home.actions()[-1] == "aborted"


def test_a_signal_may_leave_them_for_the_next_run(home):
    home.verdicts, home.stops_after = [INCONCLUSIVE], 9
    assert home.run(tick_seconds=0.1, on_signal=LEAVE).outcome == "interrupted"
    assert home.weights.split_now == Split(95, 5)
    home.verdicts, home.stops_after = [PASS], -1
    assert home.run().outcome == PROMOTED


@pytest.mark.parametrize(
    ("verdicts", "outcome", "last"),
    [
        ([PASS], PROMOTED, Split(0, 100)),
        ([INCONCLUSIVE, FAIL], ROLLED_BACK, BEFORE),
        ([PASS, FAIL], ROLLED_BACK, BEFORE),
    ],
)
def test_killed_at_any_point_the_next_run_ends_it_rightly(context, tmp_path, verdicts, outcome, last):
    """Every point at which the journal, the splitter or the judge is used, killed once each."""
    whole = Home(context, tmp_path / "whole")
    whole.verdicts = verdicts
    assert whole.run().outcome == outcome
    assert whole.moments.passed > 20
    for point in range(1, whole.moments.passed + 1):
        home = Home(context, tmp_path / f"killed-{point}")
        home.verdicts, home.moments.last = verdicts, point
        with pytest.raises(Killed):
            home.run()
        home.moments.last = -1
        ended = home.run()
        assert (ended.outcome, home.weights.split_now) == (outcome, last), point
        assert Journal(home.folder).progress is None, point


def test_killed_again_and_again_it_comes_to_its_end(home):
    home.verdicts = [INCONCLUSIVE, PASS, PASS]
    deaths = 0
    for point in range(3, 60, 3):
        home.moments.passed, home.moments.last = 0, point
        try:
            ended = home.run()
        except Killed:
            deaths += 1
        else:
            break
    assert ended.outcome == PROMOTED
    assert deaths > 3
    assert home.weights.split_now == Split(0, 100)


def test_a_splitter_that_is_away_is_started_again_and_waited_for(home):
    home.verdicts = [PASS]
    look = home.look

    def look_and_lose(progress):
        home.weights.away += home.looks == 0
        return look(progress)

    home.look = look_and_lose
    assert home.run().outcome == PROMOTED


def test_a_rollback_is_tried_until_the_splitter_answers(home, monkeypatch):
    home.verdicts = [FAIL]
    write, refusals = home.weights.write, iter([False, True, True, True, False])

    def refusing(split):
        if next(refusals, False):
            raise Failed("not now")
        write(split)

    monkeypatch.setattr(home.weights, "write", refusing)
    ended = home.run()
    assert (ended.outcome, ended.verified) == (ROLLED_BACK, True)
    assert home.weights.split_now == BEFORE
    assert "trouble" in home.actions()


def test_a_rollback_that_cannot_be_done_stays_meant(home, monkeypatch):
    home.verdicts = [FAIL]
    monkeypatch.setattr(rollout_loop, "_PATIENCE_SECONDS", 0.0)
    write, broken = home.weights.write, []

    def breaking(split):
        if split == BEFORE and not broken:
            raise Failed("the disk is gone")
        write(split)

    monkeypatch.setattr(home.weights, "write", breaking)
    with pytest.raises(Failed, match="the disk is gone"):
        home.run()
    assert home.weights.split_now == Split(95, 5)
    broken.append(False)
    home.verdicts = [PASS]  # it is decided already: nobody is asked again
    assert home.run().outcome == ROLLED_BACK
    assert home.weights.split_now == BEFORE


def test_weights_that_somebody_else_changes_are_set_again_and_then_given_up(home, monkeypatch):
    home.verdicts = [INCONCLUSIVE]
    read = home.weights.read

    def meddling():
        found = read()
        home.weights.split_now = Split(1, 99)
        return found

    monkeypatch.setattr(home.weights, "read", meddling)
    ended = home.run()
    assert ended.outcome == ROLLED_BACK
    assert "somebody else changed the weights 4 times" in ended.reason
    assert home.actions().count("strayed") == 3


def test_traffic_that_does_not_follow_the_weights_is_no_pass(home, monkeypatch):
    home.verdicts = [PASS]
    monkeypatch.setattr(home.weights, "split_now", BEFORE)
    sent = iter(range(0, 10**9, 1000))
    monkeypatch.setattr(home.weights, "arrived", lambda: Arrived(next(sent), 0))
    ended = home.run(hold_seconds=0.3, steps=(Step(5),), tick_seconds=0.02)
    assert ended.outcome == ROLLED_BACK
    assert "does not follow the weights" in ended.reason


def test_a_journal_that_cannot_be_written_leads_back_and_never_on(home, monkeypatch):
    home.verdicts = [PASS]
    begin = Journal.begin

    def begin_and_break(journal, *words):
        progress = begin(journal, *words)

        def full(*_, **__):
            raise LogUnwritable("no space left")

        journal._log.append = full
        return progress

    monkeypatch.setattr(Journal, "begin", begin_and_break)
    ended = home.run()
    assert ended.outcome == ROLLED_BACK
    assert "no space left" in ended.reason
    assert home.weights.split_now == BEFORE


def test_a_damaged_journal_is_told_and_a_torn_end_is_not_one(home):
    home.verdicts, home.moments.last = [PASS], 12
    with pytest.raises(Killed):
        home.run()
    file = home.folder / "journal.jsonl"
    with file.open("ab") as journal:
        journal.write(b'{"kind": "intent", "at": 5, "ac')
    home.moments.last = -1
    assert home.run().outcome == PROMOTED
    file.write_bytes(b'{"kind": "odd", "at": 1}\n')
    with pytest.raises(Failed, match="damaged"):
        Journal(home.folder)


def test_a_review_tells_of_a_rollout_that_was_cut_off(context):
    assert not has_rollouts(context)
    home = Home(context, context.state_dir / "canary" / "shop")
    home.verdicts, home.moments.last = [INCONCLUSIVE], 20
    with pytest.raises(Killed):
        home.run()
    assert has_rollouts(context)
    (finding,), source = rollouts_cut_off(context, time.time() + 300)
    assert (finding.kind, finding.subject, finding.severity.value) == ("rollout.cut-off", "shop", "P2")
    assert "cut off 5m ago: the canary has 5% of the traffic" in finding.summary
    assert (source.judged, source.checked) == (True, 1)
    with only_one(home.folder / "lock"):
        assert rollouts_cut_off(context, time.time())[0] == []
    home.verdicts, home.moments.passed, home.moments.last = [FAIL], 0, 8
    with pytest.raises(Killed):
        home.run()
    assert rollouts_cut_off(context, time.time())[0][0].severity.value == "P1"
    home.moments.last = -1
    home.run()
    assert rollouts_cut_off(context, time.time())[0] == []
    (home.folder / "journal.jsonl").write_text("what\n")
    found, source = rollouts_cut_off(context, time.time())
    assert (found, source.judged) == ([], False)
    assert "damaged" in source.reason
