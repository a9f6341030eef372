"""What is read of CloudWatch: the regions, the rules, and the series that both give."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from codesentinel.capture.cloudwatch import CloudWatch, Tally
from codesentinel.capture.cloudwatch_listing import MOST_FILTERS, list_metrics
from codesentinel.config.cloudwatch import read_wanted
from codesentinel.model.cloudwatch.catalogue import CATALOGUE, NAMESPACES
from codesentinel.model.cloudwatch.periods import PERIODS, is_period
from codesentinel.model.cloudwatch.selection import Selection, select
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from typing import TypedDict

    from codesentinel.model.cloudwatch.metric import Wanted
    from codesentinel.operations.base import Context

    class _Narrowing(TypedDict):
        """Arguments of ``list_metrics``."""

        name: str
        where: dict[str, str]


def connect(context: Context, tally: Tally) -> dict[str, CloudWatch]:
    """A connection to each region, by its name.

    Raises:
        NotInstalled: the ``cloud`` extra is missing.
        ConfigurationError: a region or a profile that does not exist.
    """
    settings = context.settings.cloudwatch
    clouds = [
        CloudWatch(
            region,
            timeout_seconds=settings.timeout_seconds,
            patience_seconds=settings.patience_seconds,
            tally=tally,
        )
        for region in dict.fromkeys(settings.regions.split()) or [""]
    ]
    return {cloud.region: cloud for cloud in clouds}


def rules(context: Context) -> tuple[Wanted, ...]:
    """Those of ``cloudwatch.file``; else the catalogue's, of the namespaces that are set.

    Raises:
        ConfigurationError: all mistakes in the file, or in the settings that belong to it.
    """
    settings = context.settings.cloudwatch
    chosen = settings.namespaces.split()
    problems = [
        f"cloudwatch.namespaces: the catalogue has no {one}, only {', '.join(NAMESPACES)}"
        for one in chosen
        if one not in NAMESPACES
    ]
    if not is_period(settings.period_seconds):
        problems.append(f"cloudwatch.period_seconds: should be {PERIODS}, not {settings.period_seconds}")
    if settings.file and chosen:
        problems.append(
            "cloudwatch.file and cloudwatch.namespaces: the file names its own; keep one of the two"
        )
    if problems:
        raise ConfigurationError(
            "the settings",
            problems,
            hint="other metrics are listed in a file: docs/how-to/read-cloudwatch.md",
        )
    if settings.file:
        return read_wanted(context.root / settings.file, settings.file)
    return tuple(rule for rule in CATALOGUE if not chosen or rule.namespace in chosen)


def discover(
    context: Context, cloud: CloudWatch, wanted: tuple[Wanted, ...], *, recently_active: bool
) -> Selection:
    """The series of one region; what was expected and is not there is among the notes.

    Raises:
        Unauthorized, Unreachable, BadAnswer: it did not list its metrics to the end.
    """
    settings = context.settings.cloudwatch
    by_namespace: dict[str, list[Wanted]] = {}
    for rule in wanted:
        by_namespace.setdefault(rule.namespace, []).append(rule)
    listings = (
        list_metrics(
            cloud,
            namespace,
            **_narrowed(same),
            recently_active=recently_active,
            linked_accounts=settings.linked_accounts,
        )
        for namespace, same in by_namespace.items()
    )
    found = select(
        chain.from_iterable(listings),
        wanted,
        period_seconds=settings.period_seconds,
        most=settings.most_series,
    )
    absent = _absent(found, wanted, each=bool(settings.file))
    return found._replace(notes=tuple(f"{cloud.region}: {note}" for note in (*found.notes, *absent)))


def discover_all(
    context: Context, clouds: dict[str, CloudWatch], wanted: tuple[Wanted, ...], *, recently_active: bool
) -> Selection:
    """The series of all regions.

    Raises:
        Unauthorized, Unreachable, BadAnswer: a region did not list its metrics to the end.
    """
    found = [discover(context, cloud, wanted, recently_active=recently_active) for cloud in clouds.values()]
    return Selection(
        tuple(query for one in found for query in one.queries),
        sum(one.left_out for one in found),
        notes=tuple(note for one in found for note in one.notes),
    )


def _narrowed(same: list[Wanted]) -> _Narrowing:
    """What the server may leave out of its list, where one rule alone speaks of the namespace."""
    if len(same) != 1:
        return {"name": "", "where": {}}
    (rule,) = same
    known = dict.fromkeys(sorted(rule.dimensions or ()), "") | dict(rule.where)
    name = rule.names[0] if len(rule.names) == 1 else ""
    return {"name": name, "where": dict(list(known.items())[:MOST_FILTERS])}


def _absent(found: Selection, wanted: tuple[Wanted, ...], *, each: bool) -> list[str]:
    """What is not there: each rule that somebody wrote; of the catalogue the namespaces without anything."""
    if each:
        return [f"nothing there: {_shown(rule)}" for rule in found.unmatched]
    present = {query.metric.namespace for query in found.queries}
    missing = [name for name in dict.fromkeys(rule.namespace for rule in wanted) if name not in present]
    return [f"nothing there of {', '.join(missing)}"] if missing else []


def _shown(rule: Wanted) -> str:
    where = "" if rule.dimensions is None else f" with the dimensions {', '.join(sorted(rule.dimensions))}"
    return f"{rule.namespace} {' '.join(rule.names) or 'any metric'}{where}"
