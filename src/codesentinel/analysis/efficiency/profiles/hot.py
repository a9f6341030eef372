"""The hot functions of a profile: what share of the time they take, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.efficiency.profiles.tally import Count, dispersion, tally
from codesentinel.model.interval import Interval
from codesentinel.model.profile_views import Hot, Report, Share
from codesentinel.stats.proportion import proportion

if TYPE_CHECKING:
    from codesentinel.analysis.efficiency.profiles.tally import Tally
    from codesentinel.model.profile import Function, Profile, Stored

UNORDERED = (
    "the order of the samples is not known, so they are taken as independent: where calls last longer than "
    "the time between two samples, the intervals are too narrow"
)


def report(profile: Profile, stored: Stored | None = None) -> Report:
    """Functions, modules and threads, hottest first, each with a 95% interval."""
    found = tally(profile)
    functions = [_hot(found, function) for function in found.total]
    notes = [] if profile.has_course else [UNORDERED]
    if profile.lost:
        notes.append(f"{profile.lost} samples could not be taken")
    return Report(
        stored,
        profile,
        tuple(sorted(functions, key=lambda one: (-one.self_samples, -one.total_samples, one.name, one.file))),
        _shares(found.modules, found.whole),
        _shares(found.threads, found.whole),
        tuple(notes),
    )


def _hot(found: Tally, function: Function) -> Hot:
    own, total = found.own.get(function, Count()), found.total[function]
    spread = dispersion([own], [found.whole])
    return Hot(
        function.function,
        function.file,
        function.module,
        _ratio(own, found.whole),
        _ratio(total, found.whole),
        own.samples,
        total.samples,
        found.whole.samples / spread,
    )


def _shares(counts: dict[str, Count], whole: Count) -> tuple[Share, ...]:
    found = [Share(name, _ratio(count, whole), count.samples) for name, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.samples, one.name)))


def _ratio(count: Count, whole: Count) -> Interval:
    """Wilson's interval from as many samples as those of the profile are worth."""
    spread = dispersion([count], [whole])
    hits, trials = round(count.samples / spread), max(round(whole.samples / spread), 1)
    found = proportion(min(hits, trials), trials)
    estimate = count.samples / max(whole.samples, 1)
    return Interval(estimate, *found[1:]) if found else Interval(estimate, None, None)
