"""``canary run`` as it is typed: over a real Envoy, judged by a real Prometheus, under load."""

from __future__ import annotations

import json
import signal

import pytest
import yaml

from canary_world import world
from servers import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

HARSH = {"steps": [{"percent": 20}], "tick": "1s", "hold_at_most": "2m"}


@pytest.fixture
def running(tmp_path):
    with world(tmp_path, **HARSH) as (here, load):
        yield here, load


def listening(here):
    """Wait until the Envoy of the rollout listens."""
    eventually((here.target / "envoy/admin.sock").exists, within=60)
    eventually(lambda: here.run("--dry-run")[1]["data"]["canary_ratio"] is not None, within=60)


def weights(here):
    return here.run("--dry-run")[1]["data"]["canary_ratio"]


def test_a_failing_canary_is_rolled_back_and_everybody_learns_of_it(running):
    here, load = running
    here.canary.error_every = 3
    hook = ["sh", "-c", 'echo "$CANARY_TARGET $CANARY_OUTCOME" > outcome']
    here.write(hooks={"before": [["touch", "before"]], "after": [hook]})
    process = here.start("--yes", "--json")
    listening(here)
    with load:
        out, told = process.communicate(timeout=200)
        assert process.returncode == 1, told
        data = json.loads(out)["data"]
        served = here.canary.served
        seen = load.total
        eventually(lambda: load.total > seen + 50)
        assert here.canary.served == served, "weight 0 means no request"
    assert (data["outcome"], data["verdict"], data["canary_ratio"]) == ("rolled-back", "FAIL", 0)
    assert "errors" in data["reason"]
    assert data["verified"] is True
    assert data["judged"]["metrics"]
    assert weights(here) == 0
    assert load.lost == []
    assert sum(load.answered.values()) == here.baseline.served + here.canary.served
    assert here.actions()[0] == "step"
    assert here.actions()[-3:] == ["rolled-back", "canary.run", "canary.plan"]
    deployments = [event["metadata"]["status"] for event in here.events("deploy")]
    assert deployments == ["started", "rolled-back"]
    assert (here.root / "before").exists()
    assert (here.root / "outcome").read_text() == "shop rolled-back\n"


def test_a_good_canary_is_promoted_and_a_second_rollout_asks_for_exchanged_places(running):
    here, load = running
    here.margins(3, 0.3)
    process = here.start("--yes", "--json")
    listening(here)
    with load:
        out, told = process.communicate(timeout=200)
        assert process.returncode == 0, told
        data = json.loads(out)["data"]
        seen = load.total
        before = here.baseline.served
        eventually(lambda: load.total > seen + 50)
        assert here.baseline.served == before
    assert (data["outcome"], data["verdict"], data["canary_ratio"]) == ("promoted", "PASS", 1)
    assert load.lost == []
    status, document, _ = here.run()
    assert status == 4
    assert "100.00% of the traffic already" in document["error"]["message"]
    assert "exchange their places" in document["error"]["hint"]


def test_killed_and_gone_on_with_or_aborted_and_never_two_at_once(running):
    here, load = running
    here.write(steps=[{"percent": 30, "min": "1h"}])
    process = here.start("--yes")
    listening(here)
    with load:
        eventually(lambda: "step" in here.actions())
        status, document, _ = here.run()
        assert (status, document["error"]["kind"]) == (2, "already_running")
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
        seen = load.total
        eventually(lambda: load.total > seen + 30)  # the splitter goes on alone
        assert weights(here) == pytest.approx(0.3)
        here.write(steps=[{"percent": 40, "min": "1h"}])
        status, document, _ = here.run()
        assert status == 4
        assert "is not what the rollout" in document["error"]["message"]
        here.write(steps=[{"percent": 30, "min": "1h"}])
        again = here.start("--yes")
        eventually(lambda: "resumed" in here.actions())
        again.send_signal(signal.SIGINT)
        _, told = again.communicate(timeout=60)
        assert again.returncode == 130, told
        assert "going on with the rollout" in told
        assert weights(here) == 0
        assert here.run("--abort")[0] == 3
        third = here.start("--yes")
        eventually(lambda: here.actions().count("step") == 2)
        third.send_signal(signal.SIGKILL)
        third.communicate(timeout=20)
        status, document, _ = here.run("--abort")
        assert (status, document["data"]["outcome"]) == (0, "aborted")
        assert weights(here) == 0
    assert load.lost == []
    assert sum(load.answered.values()) == here.baseline.served + here.canary.served


def test_nothing_is_changed_unasked(running):
    here, _ = running
    status, document, _ = here.run("--dry-run")
    assert status == 0
    assert document["data"]["canary_ratio"] is None
    assert document["data"]["steps"][0]["weights"] == {"baseline": 8000, "canary": 2000}
    process = here.start()
    _, told = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "--yes" in told
    assert not here.target.joinpath("envoy").exists()
    assert here.run("--stop")[1]["data"]["stopped"] is False
    here.write(hooks={"before": [["false"]]})
    status, document, _ = here.run()
    assert (status, document["data"]["outcome"]) == (1, "aborted")
    assert "before" in document["data"]["reason"]
    assert here.run("--stop")[1]["data"]["stopped"] is True


def test_nothing_is_begun_that_could_not_be_judged(running):
    here, _ = running
    status, document, _ = here.run("--url", "http://127.0.0.1:9")
    assert (status, document["error"]["kind"]) == (3, "unreachable")
    here.write(canary="version=")
    assert here.run()[0] == 2
    here.write(canary='{version="2"}')
    here.document["metrics"][1]["errors"] = "rate("
    here.write()
    assert here.run()[0] == 2
    assert not here.target.joinpath("envoy").exists()


def test_no_data_is_no_verdict_and_ends_at_the_deadline(running):
    here, load = running
    here.write(hold_at_most="3s", canary='{envoy_cluster_name="none"}')
    process = here.start("--yes", "--json")
    listening(here)
    with load:
        out, told = process.communicate(timeout=200)
    assert process.returncode == 3, told
    data = json.loads(out)["data"]
    assert (data["outcome"], data["verdict"]) == ("rolled-back", "INCONCLUSIVE")
    assert "no verdict within 3s" in data["reason"]
    assert weights(here) == 0


def test_mistakes_in_the_file_are_told(running):
    here, _ = running
    here.file.write_text(yaml.safe_dump({**here.document, "metrics": [], "rollout": {"service": "x"}}))
    status, document, _ = here.run()
    assert (status, document["error"]["kind"]) == (2, "configuration")


def test_over_haproxy_a_failing_canary_is_rolled_back_too(tmp_path):
    with world(tmp_path, splitter="haproxy", **HARSH) as (here, load):
        here.canary.error_every = 3
        earlier = here.baseline.served
        with load:
            status, document, told = here.run(timeout=200)
            assert status == 1, told
            served, seen = here.canary.served, load.total
            eventually(lambda: load.total > seen + 50)
            assert here.canary.served == served
        assert document["data"]["weights"] == {"baseline": 100, "canary": 0}
        assert "errors" in document["data"]["reason"]
        assert load.lost == []
        assert sum(load.answered.values()) == here.baseline.served + here.canary.served - earlier
