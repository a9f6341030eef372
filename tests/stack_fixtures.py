"""One running stack for all tests that want one; every test leaves it whole."""

from __future__ import annotations

import pytest

from servers import eventually
from stack_under_test import Capture, Stack


@pytest.fixture(scope="session")
def capture():
    """Stands for PagerDuty and Slack."""
    server = Capture()
    yield server
    server.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory, capture):
    """A stack with the demo, whose notifications are captured."""
    stack = Stack(
        tmp_path_factory.mktemp("stack") / "workspace",
        CODESENTINEL_ALERTING_PAGERDUTY_ROUTING_KEY="routing-key-of-the-test",
        CODESENTINEL_ALERTING_PAGERDUTY_URL=f"{capture.url}/v2/enqueue",
        CODESENTINEL_ALERTING_SLACK_WEBHOOK_URL=f"{capture.url}/services/secret-path-of-the-test",
    )
    stack.up()
    yield stack
    stack.down()


@pytest.fixture
def stack(running):
    """The running stack, all of it ready."""
    eventually(lambda: all(s["state"] == "ready" for s in running.state()["services"]), within=30)
    return running
