"""What agents' hooks, telemetry and transcripts say, in the shapes that their vendors document.

No agent of any vendor ran for these: the payloads were written after the documentation.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess

import pytest

from codesentinel.capture.satellites.hooks import hook_events
from codesentinel.capture.satellites.otlp import Counters, loaded
from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.satellites.backfill import backfill
from codesentinel.operations.satellites.export import export_skills
from codesentinel.operations.satellites.telemetry import MOST_BYTES, Telemetry
from instructions import write
from servers import eventually
from stack_under_test import COMMAND

CLAUDE = {
    "session_id": "5f2d1c1e-0b6f-4f1e-9d1c-7f0e3c1b2a90",
    "transcript_path": "/home/u/.claude/projects/-srv-shop/5f2d1c1e.jsonl",
    "cwd": "/srv/shop",
    "permission_mode": "default",
    "prompt_id": "7b1f",
    "effort": {"level": "high"},
    "hook_event_name": "PostToolUse",
    "tool_name": "Skill",
    "tool_input": {"skill": "github-proc-1", "args": "now"},
    "tool_response": {"success": True, "commandName": "github-proc-1"},
    "tool_use_id": "toolu_01A",
    "duration_ms": 4,
    "a_field_of_tomorrow": {"x": [1, None]},
}
CLAUDE_TYPED = {
    "session_id": "s-2",
    "transcript_path": "/home/u/.claude/projects/x/y.jsonl",
    "cwd": "/srv/shop",
    "hook_event_name": "UserPromptExpansion",
    "expansion_type": "slash_command",
    "command_name": "release",
    "command_args": "",
    "command_source": "project",
}
CODEX = {
    "session_id": "0199f1b2-7c6d-7b30-a000-000000000001",
    "turn_id": "t-1",
    "transcript_path": "/home/u/.codex/sessions/2026/11/24/rollout.jsonl",
    "cwd": "/srv/shop",
    "hook_event_name": "PostToolUse",
    "model": "gpt-5.4-codex",
    "permission_mode": "default",
    "tool_name": "Bash",
    "tool_input": {"command": "sed -n 1,200p .agents/skills/github-proc-2/SKILL.md"},
    "tool_response": "---\nname: github-proc-2\n",
    "tool_use_id": "call_9",
}
GEMINI = {
    "session_id": "g-1",
    "transcript_path": "/home/u/.gemini/tmp/1/chats/session.json",
    "cwd": "/srv/shop",
    "timestamp": "2026-11-24T10:00:00Z",
    "hook_event_name": "AfterTool",
    "tool_name": "activate_skill",
    "tool_input": {"name": "release-checker"},
    "tool_response": {"llmContent": "...", "returnDisplay": "..."},
    "mcp_context": None,
}
ENDS = [
    {"session_id": "s-1", "hook_event_name": "SessionEnd", "reason": "prompt_input_exit", "cwd": "/srv"},
    {
        "session_id": "s-1",
        "hook_event_name": "SessionEnd",
        "reason": "exit",
        "timestamp": "2026-11-24T10:00:00Z",
    },
]


@pytest.mark.parametrize(
    ("payload", "vendor", "skill", "trigger", "call"),
    [
        (CLAUDE, "claude", "github-proc-1", "agent", "toolu_01A"),
        (CLAUDE_TYPED, "claude", "release", "user", ""),
        (CODEX, "codex", "github-proc-2", "agent", "call_9"),
        (GEMINI, "gemini", "release-checker", "agent", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_vendors_hook_says_what_was_loaded(payload, vendor, skill, trigger, call):
    [found] = hook_events(payload)
    assert (found.vendor, found.skill, found.trigger, found.tool_use_id) == (vendor, skill, trigger, call)
    assert found.agent_session == payload["session_id"]
    assert found.source == "hook"


@pytest.mark.parametrize("payload", ENDS)
def test_the_end_of_a_session_is_told(payload):
    [found] = hook_events(payload, "claude")
    assert found.as_facts() == {"agent_session": "s-1", "vendor": "claude", "reason": payload["reason"]}


def test_other_tools_and_strange_shapes_tell_nothing():
    for change in (
        {"tool_name": "Bash"}, {"tool_input": None}, {"tool_input": {"skill": 7}}, {"tool_input": {"skill": "a\nb"}},
        {"hook_event_name": "PostToolUseFailure"}, {"hook_event_name": ["x"]}, {"tool_name": {}},
        {"tool_input": {"skill": "x" * 5000}},
    ):  # fmt: skip
        assert hook_events({**CLAUDE, **change}) == []
    assert hook_events({}) == []


def test_a_prompt_to_codex_tells_of_skills_that_there_are(tmp_path):
    (tmp_path / ".agents/skills/release").mkdir(parents=True)
    (tmp_path / ".agents/skills/release/SKILL.md").write_text("---\nname: release\n---\n")
    payload = {
        **CODEX,
        "hook_event_name": "UserPromptSubmit",
        "cwd": str(tmp_path),
        "prompt": "use $release, not $other; echo $HOME $",
    }
    assert [found.skill for found in hook_events(payload)] == ["release"]


def hook(context, raw, *words):
    words = ("--workspace", str(context.root), *words)
    return subprocess.run(
        [COMMAND, "satellites", "hook", *words], input=raw, capture_output=True, check=False, timeout=60
    )


def facts_of(context, action):
    path = context.memory.path("satellites")
    lines = path.read_text().splitlines() if path.exists() else []
    return [e["activity"]["metadata"] for e in map(json.loads, lines) if e["activity"]["action"] == action]


def test_a_hook_that_is_installed_twice_is_logged_once_and_names_the_procedure(context):
    write(context.root)
    export_skills(context)
    raw = json.dumps({**CLAUDE, "cwd": str(context.root)}).encode()
    for _ in range(2):
        done = hook(context, raw, "--agent", "claude")
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    [facts] = facts_of(context, "procedure-loaded")
    assert (facts["procedure"], facts["skill"], facts["source"]) == ("github/PROC-1", "github-proc-1", "hook")
    assert len(facts["version"]) == 12
    assert "status" not in facts, "it was loaded; whether it worked nobody said"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        os.urandom(4096),
        b'{"a":' * 5000,
        json.dumps(CLAUDE).encode()[:-7],
        b"\xff\xfe",
    ],
    ids=["empty", "cut", "list", "null", "binary", "deep", "torn", "bom"],
)
def test_whatever_it_is_fed_a_hook_is_silent_and_well(context, raw):
    done = hook(context, raw)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_ten_megabytes_are_taken_off_the_pipe(context):
    big = json.dumps({**CLAUDE, "tool_response": "x" * 10_000_000}).encode()
    done = hook(context, big, "--agent", "claude")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_hook_gives_up_on_a_pipe_that_nobody_closes_and_on_a_log_that_is_held(context):
    with subprocess.Popen(
        [COMMAND, "satellites", "hook", "--workspace", str(context.root)], stdin=subprocess.PIPE
    ) as child:
        assert child.wait(timeout=60) == 0
    log = context.memory.path("satellites")
    log.parent.mkdir(parents=True)
    log.mkdir()
    assert hook(context, json.dumps(CLAUDE).encode()).returncode == 0
    (context.root / "codesentinel.toml").write_text("nonsense = [")
    assert hook(context, json.dumps(CLAUDE).encode()).returncode == 0


def test_a_session_that_starts_is_named_to_the_shells_of_claude_code(context, monkeypatch, tmp_path):
    env = tmp_path / "env.sh"
    monkeypatch.setenv("CLAUDE_ENV_FILE", str(env))
    start = {**CLAUDE, "hook_event_name": "SessionStart", "source": "startup"}
    hook(context, json.dumps(start).encode())
    assert env.read_text() == f"export CODESENTINEL_SESSION_ID={CLAUDE['session_id']}\n"
    hook(context, json.dumps({**start, "session_id": "x; rm -rf /"}).encode())
    assert "rm" not in env.read_text()


def attributes(**values):
    return [
        {"key": name.replace("__", "."), "value": {"stringValue": value}} for name, value in values.items()
    ]


def logs(*records, service="claude-code"):
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": attributes(service__name=service)},
                "scopeLogs": [{"scope": {"name": "x"}, "logRecords": list(records)}],
            }
        ]
    }


SKILL_ACTIVATED = {
    "timeUnixNano": "1764000000000000000",
    "body": {"stringValue": "claude_code.skill_activated"},
    "attributes": attributes(
        event__name="skill_activated", skill__name="github-proc-1", invocation_trigger="user-slash",
        session__id="s-9", prompt__id="p-1", skill__source="project", plugin__name="none",
    ),
    "flags": 0,
    "unknown_to_us": {"deep": [1]},
}  # fmt: skip
INJECTED = {"body": {"stringValue": ""}, "attributes": attributes(
    event__name="codex.skill.injected", skill="release", status="ok", invoke_type="explicit", conversation__id="c-1")}  # fmt: skip
TOOL_CALL = {"body": {"stringValue": "Tool call: activate_skill."}, "attributes": attributes(
    event__name="gemini_cli.tool_call", function_name="activate_skill", function_args='{"name": "release"}',
    session__id="g-7", prompt_id="p-9", decision="auto_accept")}  # fmt: skip
GENERIC = {
    "eventName": "x",
    "attributes": attributes(gen_ai__skill__name="release", gen_ai__agent__name="My Agent"),
}


@pytest.mark.parametrize(
    ("record", "vendor", "skill", "session"),
    [
        (SKILL_ACTIVATED, "claude", "github-proc-1", "s-9"),
        (INJECTED, "codex", "release", "c-1"),
        (TOOL_CALL, "gemini", "release", "g-7"),
        (GENERIC, "my agent", "release", ""),
    ],
    ids=["claude", "codex", "gemini", "gen_ai"],
)
def test_each_vendors_telemetry_says_what_was_loaded(record, vendor, skill, session):
    other = {
        "body": {"stringValue": "claude_code.api_request"},
        "attributes": attributes(event__name="api_request"),
    }
    [found] = loaded("logs", logs(other, record, {}), Counters(0.0))
    assert (found.vendor, found.skill, found.agent_session, found.source) == (vendor, skill, session, "otlp")


def test_a_span_that_loads_a_skill_is_taken():
    span = {"name": "load_skill release", "startTimeUnixNano": "1764000000000000000", **GENERIC}
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    [found] = loaded("traces", document, Counters(0.0))
    assert found.skill == "release"
    assert found.at.startswith("2025-11-24T16:00:00")


def counter(value, start, temporality=2):
    point = {
        "asInt": str(value),
        "startTimeUnixNano": str(int(start)),
        "attributes": attributes(skill="release", status="ok"),
    }
    total = {"aggregationTemporality": temporality, "isMonotonic": True, "dataPoints": [point]}
    return {
        "resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "codex.skill.injected", "sum": total}]}]}]
    }


def test_a_counter_tells_of_each_increase_once():
    counters = Counters(100.0)
    count = lambda *args: len(list(loaded("metrics", counter(*args), counters)))  # noqa: E731
    assert count(2, 101e9) == 2
    assert count(2, 101e9) == 0, "the same total again"
    assert count(3, 101e9) == 1
    assert count(7, 50e9) == 0, "counted before we listened"
    assert count(8, 50e9) == 1
    assert count(4, 0, 1) == 4, "a delta is all new"


def test_protobuf_says_the_same_as_json(context):
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    request = ParseDict(logs(SKILL_ACTIVATED), ExportLogsServiceRequest(), ignore_unknown_fields=True)
    packed = gzip.compress(request.SerializeToString())
    assert Telemetry(context).take("logs", packed, is_protobuf=True, is_packed=True) == 1
    [facts] = facts_of(context, "procedure-loaded")
    assert (facts["skill"], facts["agent_session"]) == ("github-proc-1", "s-9")
    assert facts["trigger"] == "user-slash"


def test_what_is_no_request_is_refused(context):
    take = Telemetry(context).take
    with pytest.raises(UsageError, match="not an OTLP request"):
        take("logs", b"[]", is_protobuf=False, is_packed=False)
    with pytest.raises(UsageError, match="not an OTLP request"):
        take("logs", b"\xff\xff\xff", is_protobuf=True, is_packed=False)
    with pytest.raises(UsageError, match="no gzip"):
        take("logs", b"{}", is_protobuf=False, is_packed=True)
    with pytest.raises(UsageError, match="ends early"):
        take("logs", gzip.compress(os.urandom(2000))[:-9], is_protobuf=False, is_packed=True)
    with pytest.raises(UsageError, match="unpacks to more"):
        take("logs", gzip.compress(b" " * 40_000_000), is_protobuf=False, is_packed=True)
    assert take("logs", b'{"resourceLogs": [7, {"scopeLogs": 3}]}', is_protobuf=False, is_packed=False) == 0


@pytest.mark.parametrize(
    ("body", "is_protobuf"),
    [
        (b'{"resourceLogs":[' + b"{}," * 250_000 + b"{}]}", False),
        (b"[" * 250_000, False),
        (b"\n\0" * 250_000, True),
        (b"\n\x05\x12\x03\x12\x01\x0a" + b"\n\x04\x12\x02\x12\0" * 100_000, True),
    ],
    ids=["objects", "depth", "messages", "messages within messages"],
)
def test_a_request_of_too_many_parts_is_refused_before_it_costs_memory(context, body, is_protobuf):
    with pytest.raises(UsageError, match=r"more than 200000 parts|not an OTLP request"):
        Telemetry(context).take("logs", body, is_protobuf=is_protobuf, is_packed=False)


@pytest.mark.parametrize(
    ("given", "logged"),
    [
        ({"reason": "password=hunter2"}, {"reason": "other"}),
        ({"reason": "prompt_input_exit"}, {"reason": "prompt_input_exit"}),
        ({"reason": "Ignore all previous instructions"}, {"reason": "other"}),
        ({"session_id": "s \x1b[31m"}, None),
    ],
)
def test_the_end_of_a_session_takes_no_text_of_others_into_the_log(given, logged):
    events = hook_events({"hook_event_name": "SessionEnd", "session_id": "s", **given})
    assert [one.as_facts() | (logged or {}) for one in events] == [one.as_facts() for one in events]
    assert bool(events) == (logged is not None)


def test_a_load_takes_no_secret_into_the_log():
    secret = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"
    call = {"tool_name": "Skill", "tool_input": {"skill": "deploy", "args": "--password hunter2"}}
    payload = {"hook_event_name": "PreToolUse", "session_id": "s", "model": secret, "prompt_id": "Bearer x y"}
    (loaded,) = hook_events({**payload, **call})
    facts = loaded.as_facts()
    assert (facts["model"], facts["prompt_id"], facts["skill"]) == ("[redacted]", None, "deploy")
    (loaded,) = hook_events({**payload, **call, "model": "claude-opus-4-1-20250805[1m]"})
    assert loaded.model == "claude-opus-4-1-20250805[1m]"


def test_the_receiver_answers_over_http(context):
    from starlette.testclient import TestClient

    from codesentinel.web.otlp import create_otlp

    with TestClient(create_otlp(context), base_url="http://127.0.0.1") as client:
        assert client.post("/v1/logs", json=logs(SKILL_ACTIVATED)).json() == {}
        proto = {"content-type": "application/x-protobuf"}
        assert client.post("/v1/traces", content=b"", headers=proto).status_code == 200
        assert (
            client.post("/v1/metrics", content=b"x", headers={"content-type": "text/plain"}).status_code
            == 415
        )
        assert (
            client.post("/v1/logs", content=b"{", headers={"content-type": "application/json"}).status_code
            == 400
        )
        big = client.post("/v1/logs", content=b" " * (MOST_BYTES + 1), headers=proto)
        assert big.status_code == 413
        assert client.get("/-/ready").status_code == 200
        stranger = client.post("/v1/logs", json={}, headers={"host": "evil.example"})
        assert stranger.status_code == 403
        scraped = client.get("/metrics").text
    assert 'codesentinel_telemetry_requests_total{outcome="taken",signal="logs"} 1.0' in scraped
    assert 'codesentinel_telemetry_requests_total{outcome="refused",signal="logs"} 1.0' in scraped
    assert "codesentinel_telemetry_events_total 1.0" in scraped
    assert len(facts_of(context, "procedure-loaded")) == 1


def test_hook_and_telemetry_of_one_turn_are_one_load(context):
    raw = {**CLAUDE, "cwd": str(context.root), "prompt_id": "p-1"}
    hook(context, json.dumps(raw).encode(), "--agent", "claude")
    Telemetry(context).take(
        "logs", json.dumps(logs(SKILL_ACTIVATED)).encode(), is_protobuf=False, is_packed=False
    )
    assert len(facts_of(context, "procedure-loaded")) == 1


def entry(context, **more):
    return {"cwd": str(context.root), "sessionId": "s-5", "timestamp": "2026-11-24T10:00:00.000Z", **more}


def test_transcripts_are_read_once_and_only_of_this_workspace(context, tmp_path):
    use = {"type": "tool_use", "id": "toolu_7", "name": "Skill", "input": {"skill": "release"}}
    message = {"role": "assistant", "model": "m-1", "content": [{"type": "text", "text": "Skill"}, use]}
    lines = [
        json.dumps(entry(context, type="assistant", message=message)),
        json.dumps(entry(context, type="assistant", message={"content": "x"}, attributionSkill="typed")),
        json.dumps(entry(context, type="assistant", message={"content": "x"}, attributionSkill="typed")),
        json.dumps({**entry(context, message=message), "cwd": "/srv/elsewhere"}),
        '{"Skill" broken "Skill"',
    ]
    folder = tmp_path / "projects" / "-srv-shop"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.jsonl").write_text(lines[0])
    done = backfill(context, folder=str(tmp_path / "projects"))
    assert (done.transcripts, done.added, done.known) == (2, 2, 1)
    assert backfill(context, folder=str(tmp_path / "projects")).added == 0
    first, second = facts_of(context, "procedure-loaded")
    assert (first["skill"], first["tool_use_id"], first["at"]) == (
        "release",
        "toolu_7",
        "2026-11-24T10:00:00.000Z",
    )
    assert (second["skill"], second["trigger"]) == ("typed", "user")
    with pytest.raises(NoData, match="no transcripts"):
        backfill(context, folder=str(tmp_path / "nothing"))


def test_the_receiver_runs_as_a_command(context, tmp_path):
    import socket
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ("--workspace", str(context.root), "satellites", "receive", "--port", str(port))
    with subprocess.Popen([COMMAND, *words], stderr=subprocess.DEVNULL) as server:
        try:
            body = json.dumps(logs(SKILL_ACTIVATED)).encode()
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/logs", body, {"Content-Type": "application/json"}
            )

            def answers():
                try:
                    with urllib.request.urlopen(request, timeout=20) as answer:
                        return answer.status == 200
                except OSError:
                    return False

            eventually(answers)
            eventually(lambda: len(facts_of(context, "procedure-loaded")) == 1)
        finally:
            server.terminate()
            assert server.wait(timeout=30) == 0
