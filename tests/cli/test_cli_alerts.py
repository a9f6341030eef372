import json

import pytest

from codesentinel.cli.main import main
from codesentinel.config.settings import Settings
from codesentinel.operations.alerts import infrastructure

HOSTS = "infrastructure/prometheus/rules/hosts.yml"
COUNT = len(infrastructure(Settings()))


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def _run(capsys, workspace, *words):
    status = main(["--workspace", str(workspace), *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_build_names_each_file_it_wrote_and_the_second_time_none(capsys, workspace):
    status, out, _ = _run(capsys, workspace, "alerts", "build")
    assert status == 0
    assert f"written: {HOSTS}" in out.splitlines()
    assert out.splitlines()[-1] == f"{COUNT} files, {COUNT} written, 0 removed"
    assert _run(capsys, workspace, "alerts", "build")[:2] == (0, f"{COUNT} files, 0 written, 0 removed\n")


def test_check_exits_1_when_a_file_differs_and_0_when_none_does(capsys, workspace):
    _run(capsys, workspace, "alerts", "build")
    assert _run(capsys, workspace, "alerts", "build", "--check")[:2] == (
        0,
        f"{COUNT} files, 0 differs, 0 stale\n",
    )
    (workspace / HOSTS).write_text("groups: []\n")
    assert _run(capsys, workspace, "alerts", "build", "--check")[:2] == (
        1,
        f"differs: {HOSTS}\n{COUNT} files, 1 differs, 0 stale; `codesentinel alerts build` writes them\n",
    )


def test_global_options_work_after_the_words_and_the_json_is_one_document(capsys, workspace):
    status = main(["alerts", "build", "--output", "out", "--json", "--workspace", str(workspace)])
    document = json.loads(capsys.readouterr().out)
    assert status == 0
    assert document["schema"] == "codesentinel/alerts.build/v1"
    assert document["data"]["changed"] == document["data"]["files"] == document["data"]["files_modified"]
    assert document["data"]["files"][-1] == "out/alertmanager/alertmanager.yml"


def test_a_group_without_a_word_is_wrong_use(capsys, workspace):
    status, out, err = _run(capsys, workspace, "alerts")
    assert (status, out) == (2, "")
    assert (
        err
        == "codesentinel: alerts needs one more word: build, check, test, quality\nhint: see `codesentinel alerts --help`\n"
    )


def test_help_shows_examples(capsys):
    assert main(["alerts", "--help"]) == 0
    assert "examples:\n  codesentinel alerts build\n" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        main(["alerts", "build", "--help"])
    assert caught.value.code == 0
    assert "examples:\n  codesentinel alerts build\n" in capsys.readouterr().out


def test_rules_that_nobody_tests_exit_3_and_broken_ones_1(capsys, workspace):
    rules = workspace / "rules"
    rules.mkdir()
    (rules / "a.yml").write_text("groups: [{name: a, rules: [{record: 'a:b:c', expr: up}]}]\n")
    status, out, _ = _run(capsys, workspace, "alerts", "test", "--rules", "rules")
    assert status == 3
    assert "not tested: no unit test in tests" in out
    (rules / "a.yml").write_text("groups: [{name: a, rules: [{record: 'a:b:c', expr: 'up ='}]}]\n")
    status, out, _ = _run(capsys, workspace, "alerts", "test", "--rules", "rules")
    assert (status, out.splitlines()[0]) == (1, "FAIL rules/a.yml")
