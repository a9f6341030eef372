import json
import shutil
from pathlib import Path

import pytest

from codesentinel.cli.main import main
from codesentinel.config.settings import Grafana, Settings
from codesentinel.model.errors import BadAnswer, ConfigurationError, NoData, Refused, Unreachable, UsageError
from codesentinel.operations.dashboards_push import push
from grafana_server import TOKEN, running_grafana
from servers import free_port

OURS = Path(__file__).parents[2] / "infrastructure/grafana/dashboards"
OVERVIEW = "codesentinel-system-overview"


@pytest.fixture
def grafana():
    with running_grafana() as server:
        yield server


@pytest.fixture
def workspace(context, grafana):
    """Our dashboards in a workspace whose settings name the server and a token."""
    shutil.copytree(OURS, context.root / "infrastructure/grafana/dashboards")
    return context.but(settings=Settings(grafana=Grafana(url=f"{grafana.url}/", token=TOKEN)))


def outcomes(pushed):
    return {one.uid: one.outcome for one in pushed.dashboards}


def changed(workspace, title="Services at a glance"):
    """Our overview under another title."""
    file = workspace.root / "infrastructure/grafana/dashboards/system-overview.json"
    page = json.loads(file.read_text())
    file.write_text(json.dumps({**page, "title": title}))


def test_a_first_push_creates_the_folder_and_every_dashboard_and_a_second_one_writes_nothing(
    workspace, grafana
):
    first = push(workspace)
    assert first.folder_created
    assert set(outcomes(first).values()) == {"created"}
    assert len(grafana.dashboards) == 5
    assert grafana.folders == {"codesentinel": "codesentinel"}
    assert grafana.history[OVERVIEW][0]["folder"] == "codesentinel"
    grafana.writes.clear()
    second = push(workspace)
    assert set(outcomes(second).values()) == {"unchanged"}
    assert (second.succeeded, second.folder_created, grafana.writes) == (True, False, [])


@pytest.mark.parametrize("bare", [False, True], ids=["11 and later", "before"])
def test_what_changed_here_is_updated_there_and_nothing_else(workspace, grafana, bare):
    grafana.bare_versions = bare
    push(workspace)
    changed(workspace)
    again = outcomes(push(workspace))
    assert again.pop(OVERVIEW) == "updated"
    assert set(again.values()) == {"unchanged"}
    assert grafana.dashboards[OVERVIEW]["title"] == "Services at a glance"
    assert len(grafana.history[OVERVIEW]) == 2


def test_what_somebody_changed_there_is_kept_and_told_until_it_may_be_overwritten(workspace, grafana):
    push(workspace)
    theirs = {**grafana.dashboards[OVERVIEW], "title": "Mine"}
    grafana.keep(theirs, "made it nicer", "codesentinel", "ann")
    pushed = push(workspace)
    assert not pushed.succeeded
    (conflict,) = pushed.conflicts
    assert (conflict.uid, conflict.detail) == (OVERVIEW, "version 2 is by ann: made it nicer")
    assert grafana.dashboards[OVERVIEW]["title"] == "Mine"
    assert outcomes(push(workspace, overwrite=True))[OVERVIEW] == "updated"
    assert grafana.dashboards[OVERVIEW]["title"] == "System Overview"


def test_who_is_quicker_between_our_question_and_our_write_wins(workspace, grafana):
    push(workspace)
    changed(workspace)
    theirs = {**grafana.dashboards[OVERVIEW], "title": "Mine"}
    grafana.before_save = lambda: grafana.keep(theirs, "", "codesentinel", "bob")
    (conflict,) = push(workspace).conflicts
    assert conflict.detail == "The dashboard has been changed by someone else"
    assert grafana.dashboards[OVERVIEW]["title"] == "Mine"


def test_a_dashboard_that_was_moved_is_moved_back(workspace, grafana):
    push(workspace)
    assert set(outcomes(push(workspace, folder="platform")).values()) == {"updated"}
    assert grafana.history[OVERVIEW][0]["folder"] == "platform"


def test_a_dry_run_tells_the_same_and_writes_nothing(workspace, grafana):
    dry = push(workspace, dry_run=True)
    assert set(outcomes(dry).values()) == {"created"}
    assert (dry.folder_created, grafana.writes, grafana.dashboards) == (True, [], {})


def test_a_token_is_read_from_a_file(workspace, grafana):
    (workspace.root / "token").write_text(f"{TOKEN}\n")
    settings = Settings(grafana=Grafana(url=grafana.url))
    assert push(workspace.but(settings=settings), token_file="token").succeeded


@pytest.mark.parametrize("content", ["", "two words", "glsa_\u00e4", "a\nb"])
def test_a_file_without_a_token_is_told(workspace, content):
    (workspace.root / "token").write_text(content)
    with pytest.raises(UsageError, match="holds no token"):
        push(workspace, token_file="token")


def test_a_wrong_token_is_refused_and_never_shown(workspace, grafana):
    settings = Settings(grafana=Grafana(url=grafana.url, token="glsa_wrong"))
    with pytest.raises(Refused) as caught:
        push(workspace.but(settings=settings))
    assert "401: Invalid API key [token]" in caught.value.message
    assert "glsa_wrong" not in f"{caught.value.message}{caught.value.hint}"


def test_a_token_goes_nowhere_else(workspace, grafana):
    settings = Settings(grafana=Grafana(url=f"{grafana.url}/other", token=TOKEN))
    with pytest.raises(BadAnswer, match="answered 302"):
        push(workspace.but(settings=settings))


@pytest.mark.parametrize(
    "url",
    ["grafana:3000", "ftp://grafana", "http://admin:s3cret@grafana:3000", "http://[", "http://g/?orgId=1"],
)
def test_what_is_no_base_url_is_refused_without_showing_secrets(workspace, url):
    with pytest.raises(UsageError) as caught:
        push(workspace, url=url)
    assert "s3cret" not in f"{caught.value.message}{caught.value.hint}"


def test_a_server_that_does_not_answer_is_told(workspace):
    with pytest.raises(Unreachable, match="cannot be reached"):
        push(workspace, url=f"http://127.0.0.1:{free_port()}")


def test_a_folder_without_dashboards_and_files_that_are_none_are_told(workspace):
    with pytest.raises(NoData, match="no dashboard in elsewhere"):
        push(workspace, source="elsewhere")
    (workspace.root / "infrastructure/grafana/dashboards/a.json").write_text("[]")
    (workspace.root / "infrastructure/grafana/dashboards/b.json").write_text("{")
    with pytest.raises(ConfigurationError) as caught:
        push(workspace)
    assert len(caught.value.problems) == 2


def test_without_a_url_or_a_token_it_says_where_they_come_from(context):
    with pytest.raises(UsageError, match="which Grafana"):
        push(context)
    shutil.copytree(OURS, context.root / "infrastructure/grafana/dashboards")
    with pytest.raises(UsageError, match="no token") as caught:
        push(context, url="http://127.0.0.1:1")
    assert "CODESENTINEL_GRAFANA_TOKEN" in caught.value.hint


def test_the_command_says_what_it_did_and_exits_1_on_a_conflict(workspace, grafana, monkeypatch, capsys):
    monkeypatch.setenv("CODESENTINEL_GRAFANA_TOKEN", TOKEN)
    words = ["dashboards", "push", "--url", grafana.url, "--workspace", str(workspace.root), "--quiet"]
    assert main([*words, "--dry-run"]) == 0
    assert "System Overview: would be created" in capsys.readouterr().out
    assert main(words) == 0
    assert "5 dashboards, 0 in conflict" in capsys.readouterr().out
    grafana.keep(grafana.dashboards[OVERVIEW], "", "codesentinel", "ann")
    assert main([*words, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/dashboards.push/v1"
    log = (workspace.root / "docs/domains/dashboards/history.jsonl").read_text()
    assert TOKEN not in log
