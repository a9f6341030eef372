import re
import subprocess
from pathlib import Path

import pytest
import yaml

from codesentinel.cli.main import parse
from codesentinel.mixin.rules import groups
from codesentinel.mixin.timing import PRODUCTION
from servers import tool

PAGES = sorted((Path(__file__).parents[2] / "docs" / "runbooks").glob("*.md"))
SEVERITIES = {}
for alert in (alert for group in groups(PRODUCTION) for alert in group.alerts):
    SEVERITIES.setdefault(alert.name, []).append(alert.severity.value)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def _commands(page):
    return "\n".join(re.findall(r"```sh\n(.*?)```", page.read_text(encoding="ascii"), flags=re.DOTALL))


@pages
def test_a_page_says_for_each_severity_what_it_means_how_to_check_and_how_to_mend(page):
    text = page.read_text(encoding="ascii")
    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"\*\*(P\d|info)\*\*:", text) == SEVERITIES[page.stem]
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["What it means", "Check", "Mend"]
    assert _commands(page)


@pages
def test_the_commands_of_a_page_are_shell(page):
    done = subprocess.run(["bash", "-n"], input=_commands(page), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pages
def test_the_queries_of_a_page_are_queries(page, tmp_path):
    queries = re.findall(r"--data-urlencode 'query=([^']+)'", _commands(page))
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(
        [tool("prometheus", "promtool"), "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pages
def test_the_codesentinel_commands_of_a_page_exist(page):
    for line in re.findall(r"`?codesentinel ((?:[a-z-]+ ?)+)", _commands(page)):
        words = line.split()
        assert hasattr(parse(words), "run")
