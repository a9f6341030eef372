"""The file that tells under which names services expose their HTTP metrics."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from typing import TYPE_CHECKING, Any

from codesentinel.act.provision import read_text
from codesentinel.mixin.http_names import OTEL, HttpNames
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from codesentinel.operations.base import Context

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_OPTIONAL = ("active", "environment", "version")
_HINT = "the keys are in docs/how-to/dashboards.md"


def http_names(context: Context, file: str = "") -> HttpNames:
    """The names in ``file``, else in ``mixin.http_names_file``, else OpenTelemetry's.

    Raises:
        ConfigurationError: all mistakes in the file, or there is none.
    """
    file = file or context.settings.mixin.http_names_file
    return read_http_names(context.root / file) if file else OTEL


def read_http_names(path: Path) -> HttpNames:
    """The names in a TOML file whose table ``[http]`` holds fields of ``HttpNames``.

    Raises:
        ConfigurationError: naming every unknown key and every value that is no name.
    """
    text = read_text(path)
    if text is None:
        raise ConfigurationError(path.name, ["no such file, or no text"], hint=_HINT)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError(path.name, [f"not valid TOML: {exc}"], hint=_HINT) from exc
    table = document.get("http")
    unknown = [f"{key}: unknown; the names stand in [http]" for key in document if key != "http"]
    if not isinstance(table, dict):
        raise ConfigurationError(path.name, [*unknown, "http: should be a table, [http]"], hint=_HINT)
    problems = unknown + [text for key, value in table.items() for text in _problems(key, value)]
    if problems:
        raise ConfigurationError(path.name, problems, hint=_HINT)
    return HttpNames(**table)


def _problems(key: str, value: Any) -> list[str]:
    known = [field.name for field in dataclasses.fields(HttpNames)]
    if key not in known:
        return [f"http.{key}: unknown; known are {', '.join(known)}"]
    if not isinstance(value, str):
        return [f"http.{key}: should be text, not {value!r}"]
    if key == "failed":
        return _problems_of_pattern(value)
    if value == "" and key in _OPTIONAL:
        return []
    return [] if _NAME.fullmatch(value) else [f"http.{key}: not a name in Prometheus: {value!r}"]


def _problems_of_pattern(value: str) -> list[str]:
    try:
        re.compile(value)
    except re.error as exc:
        return [f"http.failed: not a regular expression: {exc}"]
    return ["http.failed: holds a quote or a backslash"] if {'"', "\\", "\n"} & set(value) else []
