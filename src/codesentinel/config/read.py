"""Reading settings: file, then environment; unknown words are refused, all mistakes told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.config.settings import Settings
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PREFIX = "CODESENTINEL_"
_TABLE = b"[tool.codesentinel"


def read_settings(root: Path, environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of the workspace at ``root``; ``file`` replaces the file found there.

    Raises:
        ConfigurationError: naming every unknown key and every wrong value in file and environment.
    """
    overrides = {name: value for name, value in environ.items() if name.startswith(_PREFIX)}
    source, table = _table(root, file)
    if not table and not overrides:
        return Settings()  # the common case pays for no type inspection
    from codesentinel.config.check import check

    problems: list[str] = []
    values: dict[str, dict[str, Any]] = {name: {} for name in Settings._fields}
    check(_from_table(table), values, problems, where=source)
    check(_from_environment(overrides), values, problems, where="environment")
    if problems:
        raise ConfigurationError("the settings", problems, hint="docs/reference/settings.md lists them all")
    defaults = Settings()
    return Settings(**{name: getattr(defaults, name)._replace(**values[name]) for name in Settings._fields})


def _table(root: Path, file: Path | None) -> tuple[str, Mapping[str, Any]]:
    """The name of the file that holds settings, and its table; an empty one where there is none."""
    if file is not None:
        return str(file), _parse(file, str(file), must_exist=True)
    own = _parse(root / "codesentinel.toml", "codesentinel.toml")
    shared = _parse(root / "pyproject.toml", "pyproject.toml", only_if=_TABLE)
    inner = shared.get("tool", {}).get("codesentinel", {})
    if own and inner:
        raise ConfigurationError(
            "the settings",
            ["they stand both in codesentinel.toml and in pyproject.toml"],
            hint="keep one of the two",
        )
    return ("pyproject.toml", inner) if inner else ("codesentinel.toml", own)


def _parse(path: Path, name: str, *, must_exist: bool = False, only_if: bytes = b"") -> Mapping[str, Any]:
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        if must_exist:
            raise ConfigurationError(name, ["no such file"]) from exc
        return {}
    except OSError as exc:
        raise ConfigurationError(name, [f"cannot be read: {exc.strerror}"]) from exc
    if only_if not in content:
        return {}
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigurationError(name, [f"not valid TOML: {exc}"]) from exc


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
        section, _, key = name.removeprefix(_PREFIX).lower().partition("_")
        yield name, section, key, text
