"""What is to be checked, by which checks, and what is accepted: from paths and words to records."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.texts import files_below, text_of
from codesentinel.model.errors import ConfigurationError, NoData, NotInstalled, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codesentinel.mixin.checks.base import Check, Subject
    from codesentinel.mixin.checks.reading import Source
    from codesentinel.mixin.checks.suppressions import Suppression
    from codesentinel.operations.base import Context

SUPPRESSIONS = "codesentinel-checks.yml"
EMPTY_PANELS = "empty-panels.yml"
_LISTS = (SUPPRESSIONS, EMPTY_PANELS)


class Choice(NamedTuple):
    """What the words of a command choose.

    ``only`` and ``skip`` are patterns of names of checks; ``level`` is the least that is reported.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    level: str = "warning"
    suppressions: str = ""
    url: str = ""
    offline: bool = False
    severities: tuple[str, ...] = ("P1", "P2")
    scrape_interval_seconds: float = 15.0
    slow_seconds: float = 1.0


def chosen(subjects: Sequence[Subject], choice: Choice) -> list[Check]:
    """The checks of these subjects that were asked for.

    Raises:
        UsageError: a pattern fits none.
        NotInstalled: the extra is missing.
    """
    try:
        from codesentinel.mixin.checks.all import CHECKS
    except ImportError as exc:
        raise NotInstalled(
            f"checking queries needs the extra 'dashboards' ({exc.name} is missing)",
            hint="pip install 'codesentinel[dashboards]'",
        ) from exc
    known = [check for check in CHECKS if check.subject in subjects]
    for pattern in (*choice.only, *choice.skip):
        if not any(fnmatchcase(check.name, pattern) for check in known):
            groups = sorted({check.name.partition("/")[0] for check in known})
            raise UsageError(
                f"no check is named {pattern!r}",
                hint=f"docs/checks lists them; a group is written {', '.join(f'{g}/*' for g in groups)}",
            )
    return [
        check
        for check in known
        if (not choice.only or any(fnmatchcase(check.name, pattern) for pattern in choice.only))
        and not any(fnmatchcase(check.name, pattern) for pattern in choice.skip)
        and (choice.level != "error" or check.level.value == "error")
    ]


def read_sources(context: Context, paths: Sequence[Path], endings: Sequence[str]) -> Source:
    """Everything below the paths that has one of the endings.

    Raises:
        UsageError: a path does not exist.
        NoData: there is nothing to check.
        Failed: a file cannot be read.
    """
    from codesentinel.mixin.checks.reading import Source
    from codesentinel.mixin.checks.yaml_documents import Mistake

    source = Source()
    for path in files_below(paths, endings):
        if path.name in _LISTS:
            continue
        shown, text = context.relative(path), text_of(path)
        if text is None:
            source.unreadable[shown] = Mistake(1, "is no text in UTF-8, or larger than 32 MB")
        elif path.suffix == ".json":
            source.add_json(shown, text)
        else:
            source.add_yaml(shown, text)
    if not (source.dashboards or source.rule_files or source.routings or source.unreadable):
        shown = ", ".join(context.relative(path) for path in paths)
        raise NoData(
            f"nothing to check in {shown}", hint=f"it looks for files that end in {', '.join(endings)}"
        )
    return source


def read_accepted(
    context: Context, paths: Sequence[Path], source: Source, choice: Choice
) -> list[Suppression]:
    """What is accepted: by the list that was named, or by those in the folders checked and above them.

    Raises:
        ConfigurationError: a list is wrong, told with all its mistakes.
        UsageError: the list that was named does not exist.
    """
    from codesentinel.mixin.checks.suppressions import empty_panels, read_suppressions

    folders = list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))
    lists = _lists(context, folders)
    if choice.suppressions:
        lists = [context.root / choice.suppressions]
        if not lists[0].is_file():
            raise UsageError(f"no such file: {context.relative(lists[0])}")
    found: list[Suppression] = []
    for path in lists:
        shown = context.relative(path)
        good, wrong = read_suppressions(text_of(path) or "", shown)
        if wrong:
            hint = "each entry has a check and a reason; file, subject and place narrow it down"
            raise ConfigurationError(shown, wrong, hint=hint)
        found += good
    uids = {dashboard.uid: dashboard.file for dashboard in source.dashboards if dashboard.uid}
    for folder in folders:
        if (folder / EMPTY_PANELS).is_file():
            found += empty_panels(text_of(folder / EMPTY_PANELS) or "", uids)
    return found


def _lists(context: Context, folders: Sequence[Path]) -> list[Path]:
    """The lists in these folders and, below the root of the workspace, in those around them."""
    found: dict[Path, None] = {}
    for folder in folders:
        around = folder.parents if folder.is_relative_to(context.root) else ()
        for place in (folder, *(parent for parent in around if parent.is_relative_to(context.root))):
            if (place / SUPPRESSIONS).is_file():
                found[place / SUPPRESSIONS] = None
    return list(found)
