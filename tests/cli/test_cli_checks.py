import json

import pytest

from check_samples import dashboard, routing, rules
from codesentinel.cli.main import main
from hostile import HANG, answering, http, success


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop(workspace):
    folder = workspace / "dashboards"
    folder.mkdir()
    (folder / "shop.json").write_text(json.dumps(dashboard(), indent=2))
    return folder / "shop.json"


def _run(capsys, *words):
    status = main([*words])
    out, err = capsys.readouterr()
    return status, out, err


def _write(path, document):
    path.write_text(json.dumps(document, indent=2))


def test_good_dashboards_exit_0_and_what_was_not_judged_is_said(capsys, shop):
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 0
    assert out.splitlines()[0].startswith(
        "not judged: 9 checks that need a server (variable/resolved, query/counter"
    )
    assert out.splitlines()[-1] == "1 file, 50 checks: 0 errors, 0 warnings"


def test_a_problem_exits_1_with_its_line_and_its_mend(capsys, shop):
    _write(shop, dashboard() | {"schemaVersion": 12})
    line = next(n for n, t in enumerate(shop.read_text().splitlines(), 1) if "schemaVersion" in t)
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 1
    assert out.splitlines()[:3] == [
        "dashboards/shop.json",
        f"error   line {line}: dashboard 'Shop': has schemaVersion 12 [dashboard/schema-version]",
        "        mend: set a schemaVersion from 36 to 42; 39 is read by every Grafana since 10.3",
    ]


def test_json_is_one_document(capsys, shop):
    _write(shop, dashboard() | {"uid": ""})
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline", "--json")
    document = json.loads(out)
    assert (status, document["schema"]) == (1, "codesentinel/dashboards.check/v1")
    data = document["data"]
    assert data["counts"] == {"error": 1, "warning": 0}
    assert data["files"] == ["dashboards/shop.json"]
    [problem] = data["problems"]
    assert {k: problem[k] for k in ("check", "level", "file", "place", "subject")} == {
        "check": "dashboard/uid",
        "level": "error",
        "file": "dashboards/shop.json",
        "place": "uid",
        "subject": "dashboard 'Shop'",
    }
    assert "query/empty" in data["left_out"]
    assert "dashboard/uid" in data["checks"]


def test_checks_are_chosen_by_name_and_pattern(capsys, shop):
    _write(shop, dashboard() | {"uid": "", "tags": [], "editable": True})
    base = ("dashboards", "check", "dashboards", "--offline")
    assert (
        _run(capsys, *base, "--only", "dashboard/uid")[1].splitlines()[-1]
        == "1 file, 1 check: 1 error, 0 warnings"
    )
    assert _run(capsys, *base, "--skip", "dashboard/*")[0] == 0
    assert _run(capsys, *base, "--level", "error")[1].splitlines()[-1].endswith(": 1 error, 0 warnings")
    status, out, err = _run(capsys, *base, "--only", "dashboards/uid")
    assert (status, out) == (2, "")
    assert "no check is named 'dashboards/uid'" in err
    assert "panel/*" in err


def test_a_path_that_does_not_exist_is_wrong_use_and_an_empty_folder_cannot_be_judged(capsys, workspace):
    assert _run(capsys, "dashboards", "check", "nowhere", "--offline")[0] == 2
    (workspace / "empty").mkdir()
    status, _, err = _run(capsys, "dashboards", "check", "empty", "--offline")
    assert status == 3
    assert "nothing to check in empty" in err
    status, _, err = _run(capsys, "dashboards", "check")
    assert status == 2
    assert "there is no infrastructure/grafana/dashboards here" in err


def test_a_server_that_is_out_of_reach_is_no_pass(capsys, shop):
    status, out, err = _run(capsys, "dashboards", "check", "dashboards", "--url", "http://127.0.0.1:9")
    assert (status, out) == (3, "")
    assert "cannot be reached" in err


@pytest.mark.parametrize(
    "answer",
    [http("200 OK", b"<html>"), http("200 OK", b"[]"), success({"a": 1}), http("500 No", b"{}"), HANG],
    ids=["html", "list", "object", "500", "hang"],
)
def test_a_server_that_is_none_is_no_pass(capsys, shop, answer, monkeypatch):
    monkeypatch.setenv("CODESENTINEL_SOURCES_TIMEOUT_SECONDS", "0.5")
    with answering(answer) as url:
        status, out, err = _run(capsys, "dashboards", "check", "dashboards", "--url", url)
    assert (status, out) == (3, "")
    assert err


def test_what_is_accepted_is_told_with_its_reason_and_what_need_not_be_is_a_problem(capsys, shop):
    _write(shop, dashboard() | {"tags": []})
    accepted = "suppress:\n  - check: dashboard/tags\n    file: shop.json\n    reason: found by its folder\n"
    (shop.parent / "codesentinel-checks.yml").write_text(accepted)
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 0
    assert "accepted: found by its folder - dashboards/shop.json: dashboard/tags in dashboard 'Shop'" in out
    _write(shop, dashboard())
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 1
    assert "warning line 2: suppression of dashboard/tags: nothing is wrong any more" in out
    assert _run(capsys, "dashboards", "check", "dashboards", "--offline", "--skip", "dashboard/tags")[0] == 0


def test_all_mistakes_of_the_list_are_told_together(capsys, shop):
    (shop.parent / "codesentinel-checks.yml").write_text(
        "suppress:\n  - check: panel/unit\n  - {reason: r, panel: x}\nignore: []\n"
    )
    status, _, err = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 2
    for said in (
        "unknown key 'ignore'",
        "suppress[0]: no reason",
        "suppress[1]: no check",
        "suppress[1]: unknown key 'panel'",
    ):
        assert said in err


def test_panels_that_may_be_empty_are_accepted_while_they_are(capsys, shop):
    (shop.parent / "empty-panels.yml").write_text(
        "shop:\n  - {panel: 1, title: Requests, reason: nobody buys}\n"
    )
    with answering(success([])) as url:
        # a server that answers everything with an empty list knows no metric, and its queries fail
        status, out, _ = _run(
            capsys,
            "dashboards",
            "check",
            "dashboards",
            "--url",
            url,
            "--only",
            "query/metric",
            "--only",
            "query/error",
        )
    assert status == 1
    assert "accepted: nobody buys - dashboards/shop.json: query/metric in panel 'Requests'" in out
    assert "panel 'Resident': query A reads process_resident_memory_bytes, which nobody exports" in out


def test_hostile_names_reach_the_terminal_escaped(capsys, shop):
    document = dashboard() | {"title": "\x1b[2J\u202eShop\n"}
    _write(shop, document | {"uid": "\x1b]0;x\x07"})
    _, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert out.isascii()
    assert "\x1b" not in out
    assert "\\x1b" in out


def test_rules_and_routing_are_checked_together(capsys, workspace):
    folder = workspace / "rules"
    folder.mkdir()
    document = rules()
    document["groups"][0]["rules"][3]["labels"]["severity"] = "P3"
    _write(folder / "shop.yaml", document)
    _write(folder / "alertmanager.yml", routing())
    (workspace / "docs/runbooks").mkdir(parents=True)
    (workspace / "docs/runbooks/ShopErrorsHigh.md").write_text("# ShopErrorsHigh\n")
    status, out, _ = _run(capsys, "alerts", "check", "rules", "--offline")
    assert status == 1
    assert "[alert/routed]" in out
    assert "has the severity 'P3': none of P1, P2" in out
    assert out.splitlines()[-1] == "2 files, 30 checks: 2 errors, 0 warnings"
    words = ("alerts", "check", "rules", "--offline", "--severities", "P1, P2, P3")
    assert _run(capsys, *words)[1].splitlines()[-1] == "2 files, 30 checks: 1 error, 0 warnings"


def test_a_runbook_that_does_not_exist_is_a_problem(capsys, workspace):
    _write(workspace / "shop.yml", rules())
    status, out, _ = _run(capsys, "alerts", "check", "shop.yml", "--offline")
    assert status == 1
    assert "leads to docs/runbooks/ShopErrorsHigh.md, which does not exist" in out


def test_objects_of_the_operator_are_rules_with_their_own_lines(capsys, workspace):
    document = rules()
    document["groups"][0]["rules"][0]["record"] = "no_level"
    text = json.dumps(
        {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": document}, indent=1
    )
    (workspace / "a.yaml").write_text(f"---\nkind: ConfigMap\n---\n{text}\n")
    _, out, _ = _run(capsys, "alerts", "check", "a.yaml", "--offline", "--only", "recording/name")
    line = next(
        n for n, t in enumerate((workspace / "a.yaml").read_text().splitlines(), 1) if "no_level" in t
    )
    assert f"error   line {line}: recording 'no_level'" in out


def test_what_cannot_be_read_is_a_problem_and_the_rest_is_checked(capsys, shop):
    (shop.parent / "broken.json").write_text('{"panels": [\n,')
    (shop.parent / "binary.json").write_bytes(b"\xff\xfe\x00")
    (shop.parent / "package.json").write_text('{"name": "not a dashboard"}')
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline")
    assert status == 1
    assert "error   line 2: file: not JSON: Expecting value [file/unreadable]" in out
    assert "is no text in UTF-8" in out
    assert "passed over: 1 file with nothing of the kind" in out


def test_sarif_goes_to_standard_output(capsys, shop):
    _write(shop, dashboard() | {"uid": ""})
    status, out, _ = _run(capsys, "dashboards", "check", "dashboards", "--offline", "--format", "sarif")
    log = json.loads(out)
    assert (status, log["version"]) == (1, "2.1.0")
    [result] = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("dashboard/uid", "error")
    rules_ = log["runs"][0]["tool"]["driver"]["rules"]
    assert rules_[result["ruleIndex"]]["id"] == "dashboard/uid"


@pytest.mark.parametrize("group", ["dashboards", "alerts"])
def test_help_shows_examples(capsys, group):
    with pytest.raises(SystemExit):
        main([group, "check", "--help"])
    assert f"codesentinel {group} check --offline" in capsys.readouterr().out
