"""Reading settings: file, then environment; unknown words are refused, all mistakes told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.config.presence import OWN, PREFIX, SHARED
from codesentinel.config.settings import Settings
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def read_settings(root: Path, environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of the workspace at ``root``; ``file`` replaces the file found there.

    Raises:
        ConfigurationError: naming every unknown key and every wrong value in file and environment.
    """
    overrides = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    problems: list[str] = []
    source, table = _table(root, file, problems)
    if not table and not overrides and not problems:
        return Settings()  # the common case pays for no type inspection
    from codesentinel.config.check import check

    values: dict[str, dict[str, Any]] = {name: {} for name in Settings._fields}
    check(_from_table(table), values, problems, where=source)
    check(_from_environment(overrides), values, problems, where="environment")
    if problems:
        raise ConfigurationError("the settings", problems, hint="docs/reference/settings.md lists them all")
    defaults = Settings()
    return Settings(**{name: getattr(defaults, name)._replace(**values[name]) for name in Settings._fields})


def _table(root: Path, file: Path | None, problems: list[str]) -> tuple[str, Mapping[str, Any]]:
    """The name of the file that holds settings, and its table; an empty one where there is none."""
    if file is not None:
        return str(file), _parsed(file, str(file), problems, must_exist=True)
    own = _parsed(root / OWN, OWN, problems)
    tool = _parsed(root / SHARED, SHARED, problems, only_if=b"codesentinel").get("tool", {})
    shared = tool.get("codesentinel", {}) if isinstance(tool, dict) else {}
    if not isinstance(shared, dict):
        problems.append(f"{SHARED}: tool.codesentinel: should be a table, [tool.codesentinel]")
        shared = {}
    if own and shared:
        problems.append(f"{OWN} and {SHARED}: both hold settings; keep one of the two")
    return (SHARED, shared) if shared and not own else (OWN, own)


def _parsed(
    path: Path, name: str, problems: list[str], *, must_exist: bool = False, only_if: bytes = b""
) -> Mapping[str, Any]:
    """The content of a TOML file; empty, with a line in ``problems``, where it cannot be had."""
    try:
        content = path.read_bytes()
        if only_if not in content:
            return {}
        import tomllib

        return tomllib.loads(content.decode())
    except FileNotFoundError:
        problems += [f"{name}: no such file"] if must_exist else []
    except OSError as exc:
        problems.append(f"{name}: cannot be read: {exc.strerror}")
    except (ValueError, RecursionError) as exc:  # not UTF-8, not TOML, or an integer or a nest without end
        problems.append(f"{name}: not valid TOML: {exc}")
    return {}


def _from_table(table: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """Rows of (spelling, section, key, value)."""
    for section, content in table.items():
        if isinstance(content, dict):
            for key, value in content.items():
                yield f"{section}.{key}", section, key, value
        else:
            yield section, section, "", content


def _from_environment(overrides: Mapping[str, str]) -> Iterator[tuple[str, str, str, Any]]:
    for name, text in sorted(overrides.items()):
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        yield name, section, key, text
