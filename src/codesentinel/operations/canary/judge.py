"""``canary judge``: whether a canary is worse than its baseline, now or in the past."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.capture.http_stream import without_credentials
from codesentinel.config.canary import read_canary
from codesentinel.model.canary import INCONCLUSIVE
from codesentinel.model.canary_judgement import CanaryJudgement
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.canary.observe import observe
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import needs_arrays
from codesentinel.render.document import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from codesentinel.model.canary import CanaryVerdict


def recorded(done: CanaryJudgement) -> dict[str, Any]:
    """A judgement as its event has it."""
    return dict(plain(done.as_record()))


@operation("canary.judge", action="verdict", metadata=recorded)
def judge(
    context: Context,
    *,
    baseline: str,
    canary: str,
    config_path: str,
    start: float | None = None,
    end: float | None = None,
    started_at: float | None = None,
    canary_share: float | None = None,
    url: str = "",
    live: bool = False,
    on_look: Callable[[CanaryVerdict], None] = lambda _: None,
    wait: Callable[[float], None] = time.sleep,
) -> CanaryJudgement:
    """Judge a canary by what Prometheus counted of it and of its baseline.

    By default what began a deadline ago is judged once. ``live`` judges after every block, from now or from
    ``start`` on, until there is a verdict or the deadline has come.

    Raises:
        UsageError: the arms, the window or a selector make no sense.
        ConfigurationError: all mistakes in the file.
        Unreachable, NotInstalled: nothing could be read.
    """
    with needs_arrays():
        from codesentinel.analysis.experiments.judge import judge as judged
        from codesentinel.capture.canary import Arms
    config = read_canary(context.root / config_path, config_path)
    _check(baseline, canary, canary_share)
    arms = Arms(baseline, canary)
    now = time.time()
    until = now if end is None else end
    begin = start if start is not None else now if live else until - config.deadline_seconds
    if begin >= until and not live:
        raise UsageError("the window ends before it begins", hint="--from TIME --to TIME, in this order")
    began = begin if started_at is None else started_at

    def look(at: float) -> CanaryVerdict:
        seen = observe(
            context,
            config,
            arms,
            start=begin,
            end=at,
            started_at=began,
            canary_share=canary_share,
            url=url,
        )
        verdict = judged(config, seen)
        on_look(verdict)
        return verdict

    looks, deadline = 1, begin + config.deadline_seconds
    if live:
        until = max(began + config.warm_up_seconds, begin) + config.block_seconds
        wait(max(until - now, 0.0))
    verdict = look(until)
    while live and verdict.verdict == INCONCLUSIVE and until < deadline:
        until += config.block_seconds
        wait(max(until - time.time(), 0.0))
        verdict, looks = look(until), looks + 1
    source = without_credentials(url or endpoints(context).prometheus)
    return CanaryJudgement(verdict, baseline, canary, source, begin, until, looks=looks)


def _check(baseline: str, canary: str, canary_share: float | None) -> None:
    """See that there are two arms.

    Raises:
        UsageError: there are not.
    """
    if not baseline.strip() or not canary.strip() or baseline == canary:
        raise UsageError(
            "a canary is compared with another arm",
            hint="--baseline 'version=\"1\"' --canary 'version=\"2\"'",
        )
    if canary_share is not None and not 0 < canary_share < 1:
        raise UsageError("the canary's share of the traffic lies between 0 and 1", hint="--canary-share 0.05")
