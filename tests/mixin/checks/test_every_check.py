"""The manner of the house: a check is one file, one test, one page, and says what it demands."""

import inspect
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import codesentinel.mixin.checks
from check_samples import blame, blame_dashboard, blame_rules, dashboard, routing, rules
from codesentinel.mixin.checks.all import CHECKS
from codesentinel.mixin.checks.judge import UNREADABLE
from codesentinel.mixin.checks.suppressions import UNUSED

ROOT = Path(__file__).parents[3]
SOURCE = Path(codesentinel.mixin.checks.__file__).parent
PAGES = ROOT / "docs" / "checks"
GROUPS = {check.name.partition("/")[0] for check in CHECKS}

each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)


@each
def test_a_check_has_its_file_its_test_and_its_page(check):
    group, name = check.name.split("/")
    stem = name.replace("-", "_")
    assert Path(inspect.getsourcefile(check.examine)) == SOURCE / group / f"{stem}.py"
    test = (ROOT / "tests/mixin/checks" / group / f"test_{group}_{stem}.py").read_text()
    assert f'"{check.name}"' in test
    assert "one] =" in test or "one, two =" in test or re.search(r"== \[\n", test), (
        "nothing is blamed in its test"
    )
    assert (PAGES / group / f"{name}.md").is_file()


@each
def test_a_page_says_what_the_check_says_and_shows_both_ways(check):
    page = (PAGES / f"{check.name}.md").read_text()
    assert page.startswith(f"# {check.name}\n\n{check.about}\n")
    needs = " Needs a server." if check.needs_server else ""
    level = "An error." if check.level.value == "error" else "A warning."
    assert f"\n{level}{needs} Mend: {check.mend}.\n" in page
    assert "\nWrong:\n" in page
    assert "\nRight:\n" in page


@each
def test_a_check_says_what_it_demands_in_a_sentence_and_how_to_mend_it(check):
    assert check.about.endswith(".")
    assert check.mend
    assert not check.mend.endswith(".")
    assert check.about.isascii()
    assert check.mend.isascii()


def test_every_file_holds_a_check_that_is_in_the_table_and_no_name_stands_twice():
    files = {
        f"{f.parent.name}/{f.stem.replace('_', '-')}" for f in SOURCE.glob("*/*.py") if f.stem != "__init__"
    }
    assert files == {check.name for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_every_page_is_of_a_check_and_the_index_lists_them_all():
    pages = {str(page.relative_to(PAGES))[:-3] for page in PAGES.glob("*/*.md")}
    assert pages == {check.name for check in CHECKS} | {UNREADABLE, UNUSED}
    index = (PAGES / "README.md").read_text()
    for check in CHECKS:
        level = check.level.value + (", server" if check.needs_server else "")
        about = check.about.replace("|", "\\|")
        assert f"| [{check.name}]({check.name}.md) | {level} | {about} |\n" in index


def test_the_front_page_counts_them():
    assert f"| {len(CHECKS)} checks of dashboards, rules and routing" in (ROOT / "README.md").read_text()


def test_nobody_blames_the_good_samples():
    assert blame_dashboard(dashboard()) == []
    assert blame_rules(rules()) == []
    assert (
        blame(
            rule_files={"a.yml": rules()}, routings={"b.yml": routing()}, dashboards={"c.json": dashboard()}
        )
        == []
    )


def test_patterns_of_names_choose_groups():
    for group in GROUPS:
        assert any(fnmatchcase(check.name, f"{group}/*") for check in CHECKS)
