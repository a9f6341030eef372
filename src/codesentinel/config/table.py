"""Reading a mapping strictly: unknown keys, missing ones and wrong values are put down, and told together."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.duration import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Range(NamedTuple):
    """The numbers allowed; both ends are left out where ``open_``."""

    low: float
    high: float
    open_: bool = False

    def __contains__(self, value: object) -> bool:
        number = float(value)  # type: ignore[arg-type]
        return self.low < number < self.high if self.open_ else self.low <= number <= self.high


class Table:
    """A mapping, where it stands, and where its mistakes are put.

    Args:
        where: put before the key in a message.
        given: the mapping.
        problems: takes a line for each mistake.
        known: the keys there are.
    """

    def __init__(
        self, where: str, given: Mapping[str, Any], problems: list[str], known: tuple[str, ...]
    ) -> None:
        self.given = given
        self.where = where
        self.problems = problems
        for key in given:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                problems.append(
                    f"{where}unknown key {key!r}" + (f" (did you mean {close[0]}?)" if close else "")
                )

    def wrong(self, key: str, what: str) -> None:
        """Put down what is wrong with a key."""
        self.problems.append(f"{self.where}{key}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """Text that is not blank; needed where there is no default."""
        value = self.given.get(key, default)
        if value is None:
            self.wrong(key, "is missing")
        elif not isinstance(value, str) or (key in self.given and not value.strip()):
            self.wrong(key, f"should be text, not {value!r}")
        else:
            return value
        return ""

    def word(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        """One of several words."""
        value = self.given.get(key, default)
        if isinstance(value, str) and value in words:
            return value
        told = "is missing" if value is None else f"should not be {value!r}"
        self.wrong(key, f"{told}; one of {', '.join(words)}")
        return words[0]

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.given.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, f"should be true or false, not {value!r}")
        return value is True

    def number(self, key: str, default: float, allowed: Range) -> float:
        """A number."""
        return self._checked(key, self.given.get(key, default), default, allowed, lambda value: value)

    def seconds(self, key: str, default: float, allowed: Range) -> float:
        """A duration, as text or as a number of seconds."""
        return self._checked(key, self.given.get(key, default), default, allowed, _seconds)

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A mapping; an empty one where it is left out."""
        value = self.given.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(key, f"should be a mapping, not {value!r}")
        return {}

    def _checked(
        self, key: str, value: Any, default: float, allowed: Range, read: Callable[[Any], Any]
    ) -> float:
        number = read(value)
        if is_number(number) and number in allowed:
            return float(number)
        between = "lie strictly between" if allowed.open_ else "lie between"
        self.wrong(key, f"should {between} {allowed.low:g} and {allowed.high:g}, not {value!r}")
        return default


def is_number(value: object) -> bool:
    """Whether it is one; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: Any) -> Any:
    """A duration as text, or a number of seconds; what is neither is left as it is."""
    if not isinstance(value, str):
        return value
    try:
        return parse_duration(value)
    except ValueError:
        return value
