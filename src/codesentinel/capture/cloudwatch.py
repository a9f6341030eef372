"""A connection to CloudWatch in one region: who asks, how patiently, and what it cost so far."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codesentinel.capture.cloudwatch_errors import (
    THROTTLES,
    code_of,
    configured,
    mapped,
    not_installed,
    strange,
    understood,
)
from codesentinel.model.errors import BadAnswer
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_ATTEMPTS = 3  # boto3's own, with its own backoff and quota; we go on where it gives up
_LONGEST_PAUSE_SECONDS = 20.0


@dataclass(slots=True)
class Tally:
    """What was asked of AWS since the start, every attempt counted."""

    requests: dict[str, int] = field(default_factory=dict)
    throttled: int = 0
    failed: int = 0
    metrics_requested: int = 0


class CloudWatch:
    """Asks one region. Credentials, profile and endpoint are found by boto3's own chain.

    Args:
        region: empty for the one boto3 is set to.
        timeout_seconds: for one answer.
        patience_seconds: how long a request that is throttled is tried again after boto3 gave it up.
        tally: where requests are counted; several connections may share one.
        chance: spreads the pauses, so that many who were throttled at once do not return at once.

    Raises:
        NotInstalled: the ``cloud`` extra is missing.
        ConfigurationError: no region, or a profile that does not exist.
        Unauthorized: credentials that cannot be had.
    """

    def __init__(
        self,
        region: str = "",
        *,
        timeout_seconds: float,
        patience_seconds: float,
        tally: Tally | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        try:
            import boto3.session
            import botocore.session
            from botocore.config import Config
        except ModuleNotFoundError as exc:
            raise not_installed(exc) from exc
        self.tally = tally if tally is not None else Tally()
        self._patience_seconds = patience_seconds
        self.pause, self._clock = pause, clock
        self.chance = chance or random.Random()  # noqa: S311 - spreads pauses, keeps no secret
        config = Config(
            connect_timeout=min(timeout_seconds, 10.0),
            read_timeout=timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        )
        core = botocore.session.get_session()
        core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
        with configured(), mapped(f"CloudWatch in {region or 'the default region'}"):
            session = boto3.session.Session(botocore_session=core, region_name=region or None)
            self._client = session.client("cloudwatch", config=config)
        self.region = str(self._client.meta.region_name)
        self.shown = f"CloudWatch in {self.region}"
        self._client.meta.events.register("needs-retry.cloudwatch", self._count)

    def ask(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One answer, with throttling waited out.

        Raises:
            Unauthorized, Unreachable, BadAnswer, ConfigurationError: there is none.
        """
        give_up_at = self._clock() + self._patience_seconds
        longest = 1.0
        while True:
            try:
                with understood(self.shown), mapped(self.shown):
                    answer = self._client._make_api_call(operation, parameters)  # noqa: SLF001 - what each method calls
            except BadAnswer as exc:
                pause = self.chance.uniform(0, longest)
                if code_of(exc.__cause__) not in THROTTLES or self._clock() + pause > give_up_at:
                    raise
                self.pause(pause)
                longest = min(2 * longest, _LONGEST_PAUSE_SECONDS)
            else:
                return dict(answer)

    def pages(self, operation: str, parameters: dict[str, Any], field: str) -> Iterator[dict[str, Any]]:
        """Every page of the answer, in order; each holds ``field``.

        Raises:
            Unauthorized, Unreachable, BadAnswer, ConfigurationError: a page could not be had.
        """
        tokens: set[str] = set()
        while True:
            answer = self.ask(operation, parameters)
            if field not in answer:  # botocore takes any body for an empty answer, a proxy's page too
                self.tally.failed += 1
                raise strange(self.shown)
            yield answer
            token = answer.get("NextToken")
            if not token:
                return
            if token in tokens:
                raise BadAnswer(f"{self.shown} gives the same page of {operation} again and again")
            tokens.add(token)
            parameters = {**parameters, "NextToken": token}

    def _count(self, response: Any, operation: Any, **_: object) -> None:
        """Called by botocore after every attempt; returning nothing leaves the decision to it."""
        requests = self.tally.requests
        requests[operation.name] = requests.get(operation.name, 0) + 1
        error = response[1].get("Error") if response else None
        code = error.get("Code", "") if error else ""
        self.tally.throttled += code in THROTTLES
        self.tally.failed += response is None or bool(error and code not in THROTTLES)


def _moment(value: Any) -> datetime:
    """A time in an answer. botocore's own way by the local time zone takes two thirds of a long reading."""
    if isinstance(value, int | float):
        return utc(value)
    from botocore.utils import parse_timestamp

    parsed: datetime = parse_timestamp(value)
    return parsed
