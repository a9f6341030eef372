"""Hostile requests and files: what they are, and a slice of the attacks with them."""

from __future__ import annotations

import json
import os
import socket

import pytest

from attacks import calamum
from codesentinel.calamum.hostile import CONTENTS, link, remove, write_hostile
from codesentinel.calamum.requests import BODIES, half_open, send, still_open
from codesentinel.calamum.stage import Broken, Stage
from servers import eventually, free_port

pytestmark = pytest.mark.xdist_group("calamum")


@pytest.fixture
def stage(tmp_path):
    (tmp_path / ".git").mkdir()
    playing = Stage(str(tmp_path), 1)
    yield playing
    assert playing.clear() == []


def test_neither_hooks_nor_telemetry_hurt(tmp_path):
    (tmp_path / ".git").mkdir()
    words = ("--target", "satellites/hooks-never-fail", "--target", "satellites/telemetry-is-bounded")
    done, document = calamum("test", *words, "--budget", "150s", "--seed", "3", "--json", cwd=tmp_path)
    outcomes = {one["case"]: (one["outcome"], one["detail"]) for one in document["data"]["cases"]}
    assert outcomes["hooks-never-fail"] == ("held", ""), done.stderr
    assert outcomes["telemetry-is-bounded"][0] in ("held", "skipped"), done.stderr
    assert document["data"]["left_over"] == []


def test_contents_are_about_as_large_as_they_were_asked_for(stage):
    for name in CONTENTS:
        size = write_hostile(stage, path=f"files/{name}", what=name, share=0.01)
        assert size == os.path.getsize(stage.path("files", name)) > 0
    assert write_hostile(stage, path="big", what="nul", share=2) == 2 * 1024 * 1024 + 1
    with pytest.raises(Broken, match="no content is called"):
        write_hostile(stage, path="x", what="nonsense")
    link(stage, path="to", to="big")
    remove(stage, path="to")
    remove(stage, path="to")
    assert os.path.exists(stage.path("big"))


def test_the_body_that_is_right_is_json():
    assert json.loads(BODIES["one skill"]())["resourceLogs"]


def test_half_requests_are_counted_until_they_are_let_go(stage):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        half_open(stage, port=port, count=3)
        taken = [server.accept()[0] for _ in range(3)]
        assert still_open(stage) == 3
        taken[0].close()
        eventually(lambda: still_open(stage) == 2)
        for one in taken[1:]:
            one.close()
    assert send(stage, port=port, path="/", what="no object")["status"] == 0
    with pytest.raises(Broken, match="no body is called"):
        send(stage, port=port, path="/", what="nonsense")
