"""A real client of the protocol talks to the installed program."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import mcp
import pytest
from mcp import StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from servers import eventually, free_port, get
from stack_under_test import COMMAND

SECONDS = 60


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def over_stdio(workspace, talk, **environment):
    """What ``talk`` makes of a client whose server is a child."""
    child = StdioServerParameters(
        command=COMMAND,
        args=["mcp", "--workspace", str(workspace)],
        env={**os.environ, **environment},
    )
    return conversation(child, talk)


def conversation(server, talk):
    async def run():
        async with mcp.Client(server) as client:
            return await talk(client)

    return asyncio.run(asyncio.wait_for(run(), SECONDS))


@contextmanager
def http_server(workspace, *options):
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", "codesentinel", "mcp", "--http", "--port", str(port), *options],
        cwd=workspace,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: status(port, "127.0.0.1") is not None, within=SECONDS)
        yield port
    finally:
        child.terminate()
        child.communicate(timeout=SECONDS)


def status(port, host, origin="", authorization=""):
    """What the server answers to an empty post under this name; None while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/mcp",
        data=b"{}",
        headers={"Host": f"{host}:{port}", "Content-Type": "application/json"}
        | ({"Origin": origin} if origin else {})
        | ({"Authorization": authorization} if authorization else {}),
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def test_an_agent_reads_over_stdio(workspace):
    async def talk(client):
        listed = await client.list_tools()
        table = await client.call_tool("process_system", {"limit": 3})
        return client.server_info, client.instructions, listed.tools, table

    info, instructions, listed, table = over_stdio(workspace, talk)
    assert info.name == "codesentinel"
    assert "review" in instructions
    names = {tool.name for tool in listed}
    assert {"review", "process_detail", "trends_anomalies", "memory_log"} <= names
    assert not {"process_kill", "deploy_record"} & names
    assert all(tool.annotations.destructive_hint is False for tool in listed)
    assert not table.is_error
    assert table.structured_content["schema"] == "codesentinel/process.system/v1"
    assert len(table.structured_content["data"]["processes"]) == 3
    assert json.loads(table.content[0].text) == table.structured_content


def test_a_failure_is_told_as_commands_tell_it(workspace):
    async def talk(client):
        return await client.call_tool("process_detail", {"pid": "999999999"})

    answer = over_stdio(workspace, talk)
    assert answer.is_error
    assert answer.structured_content["schema"] == "codesentinel/error/v1"
    assert answer.structured_content["error"]["kind"]


def test_a_tool_that_is_not_offered_cannot_be_called(workspace):
    async def talk(client):
        await client.list_tools()
        with pytest.raises(mcp.MCPError, match="no such tool"):
            await client.call_tool("process_kill", {"pid": "1"})

    over_stdio(workspace, talk)


def test_writing_is_offered_where_the_settings_say_so(workspace):
    async def talk(client):
        names = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert names["deploy_record"].annotations.read_only_hint is False
        return await client.call_tool(
            "deploy_record", {"service": "shop", "environment": "test", "status": "success"}
        )

    answer = over_stdio(workspace, talk, CODESENTINEL_MCP_WRITES="deploy.record")
    assert not answer.is_error, answer
    log = (workspace / "docs/domains/deploy/history.jsonl").read_text()
    assert '"shop"' in log


GUIDE = """# GitHub

## Common Procedures

### Procedure 1: Release

1. Tag it.
2. Push the tag.
3. Watch the pipeline.
"""


async def follow(client):
    """An agent follows a procedure to its end, and rates it where that is offered."""
    names = {tool.name: tool for tool in (await client.list_tools()).tools}
    started = await client.call_tool("procedure_start", {"procedure": "github/PROC-1", "model": "m-1"})
    assert not started.is_error, started
    run = started.structured_content["data"]["run_id"]
    wrong = await client.call_tool("procedure_finish", {"run": run, "status": "Fine"})
    assert wrong.is_error
    ended = await client.call_tool("procedure_finish", {"run": run, "status": "Success"})
    assert not ended.is_error, ended
    if "procedure_feedback" in names:
        rated = await client.call_tool(
            "procedure_feedback",
            {"procedure": "github/PROC-1", "clarity": 4, "usefulness": 5, "comment": "ok"},
        )
        assert not rated.is_error, rated
    return names, started, ended


def followed(workspace, talk_to):
    (workspace / "github").mkdir()
    (workspace / "github/AGENT_INSTRUCTIONS.md").write_text(GUIDE)
    names, started, ended = talk_to(follow)
    assert "Push the tag." in started.content[0].text, "the text that is followed is known"
    assert "check" not in names["procedure_finish"].input_schema["properties"], "agents run no commands by us"
    log = (workspace / "docs/domains/satellites/history.jsonl").read_text()
    events = [json.loads(line) for line in log.splitlines()]
    facts = {one["activity"]["action"]: one["activity"]["metadata"] for one in events}
    assert facts["procedure-start"]["trigger"] == "mcp"
    assert facts["procedure-start"]["agent_name"], "the client has a name"
    assert facts["procedure-finish"]["status"] == "Success"
    assert facts["procedure-finish"]["status_source"] == "declared"
    assert facts["procedure-finish"]["version"] == facts["procedure-start"]["version"]
    return ended


def test_an_agent_follows_a_procedure_over_stdio(workspace):
    followed(workspace, lambda talk: over_stdio(workspace, talk))


def test_an_agent_follows_a_procedure_over_http(workspace):
    with http_server(workspace) as port:
        followed(workspace, lambda talk: conversation(f"http://127.0.0.1:{port}/mcp", talk))


def test_settings_that_allow_a_kill_are_refused(workspace):
    done = subprocess.run(
        [COMMAND, "mcp"],
        cwd=workspace,
        env={**os.environ, "CODESENTINEL_MCP_WRITES": "process.kill"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "process.kill destroys" in done.stderr


def test_an_agent_reads_over_http_and_pages_of_elsewhere_do_not(workspace):
    async def talk(client):
        return await client.call_tool("memory_index_stats", {})

    with http_server(workspace) as port:
        answer = conversation(f"http://127.0.0.1:{port}/mcp", talk)
        assert answer.structured_content["schema"] == "codesentinel/memory.index_stats/v1"
        assert status(port, "evil.example") in {403, 421}
        assert status(port, "127.0.0.1", "http://evil.example") == 403


def test_on_a_network_agents_show_a_token(workspace):
    token = "a-token-of-the-test-0123456789"
    (workspace / "token").write_text(token)
    (workspace / "token").chmod(0o600)

    async def ask(port):
        headers = {"Authorization": f"Bearer {token}"}
        async with create_mcp_http_client(headers=headers) as http:
            transport = streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http)
            async with mcp.Client(transport) as client:
                return await client.call_tool("memory_index_stats", {})

    with http_server(workspace, "--token-file", "token", "--host-name", "agents.example") as port:
        assert status(port, "agents.example") == 401
        assert status(port, "agents.example", authorization="Bearer wrong") == 401
        assert status(port, "evil.example", authorization=f"Bearer {token}") == 403
        assert get(f"http://127.0.0.1:{port}/-/ready") == b"ready\n"
        answer = asyncio.run(asyncio.wait_for(ask(port), SECONDS))
        assert answer.structured_content["schema"] == "codesentinel/memory.index_stats/v1"
