"""The user's own long-term storage, from the settings to Prometheus' configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codesentinel.mixin.remote_write import RemoteStorage
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from codesentinel.operations.base import Context


def remote_storage(context: Context) -> RemoteStorage | None:
    """What ``[remote]`` says; None where it says nothing.

    Raises:
        ConfigurationError: all that is wrong with it.
    """
    remote = context.settings.remote
    problems: list[str] = []
    if not remote.write_url:
        problems += [
            f"remote.{name}: nothing is written there without remote.write_url"
            for name, value in remote._asdict().items()
            if value
        ]
    else:
        problems += _problems_of_url(remote.write_url)
    files = {
        name: _file(context, f"remote.{name}", getattr(remote, name), problems)
        for name in ("password_file", "bearer_token_file", "ca_file")
    }
    if bool(remote.username) != bool(remote.password_file):
        problems.append("remote.username and remote.password_file: one is of no use without the other")
    if remote.password_file and remote.bearer_token_file:
        problems.append("remote.password_file and remote.bearer_token_file: keep one of the two")
    if problems:
        raise ConfigurationError("the settings", problems, hint="docs/how-to/keep-years-of-history.md")
    if not remote.write_url:
        return None
    return RemoteStorage(remote.write_url, username=remote.username, cluster=remote.cluster, **files)


def _problems_of_url(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        return ["remote.write_url: not a server's URL"]
    if not is_url:
        return ["remote.write_url: not a server's URL"]
    if parts.username is not None or parts.password is not None:
        return ["remote.write_url: a password does not belong in it; remote.password_file names a file"]
    if parts.path in ("", "/"):
        return [
            "remote.write_url: has no path; VictoriaMetrics has /api/v1/write, Thanos Receive /api/v1/receive"
        ]
    return []


def _file(context: Context, name: str, file: str, problems: list[str]) -> str:
    """The absolute path, for Prometheus runs elsewhere."""
    if not file:
        return ""
    path = context.root / Path(file).expanduser()
    if not path.is_file():
        problems.append(f"{name}: no such file: {file}")
    return str(path)
