"""Where a fleet's records lie: a folder, or a bucket that speaks S3.

Every method maps what its library says to Unreachable, Unauthorized or BadAnswer. An object is there whole or
not at all, and writing it again replaces it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from codesentinel.model.errors import BadAnswer, Unauthorized, Unreachable, UsageError
from codesentinel.store.archive_blocks import pyarrow

if TYPE_CHECKING:
    from codesentinel.config.fleet import S3

_SHOWN_CHARACTERS = 200
_DENIED = (
    "ACCESS_DENIED",
    "INVALID_ACCESS_KEY",
    "SIGNATURE_DOES_NOT_MATCH",
    "UNRECOGNIZED_CLIENT",
    "HTTP status 403",
)


class Listed(NamedTuple):
    """An object: its name, its size, and when it was written by the clock of the store (epoch seconds)."""

    name: str
    size: int
    written_at: float


class Objects(Protocol):
    """A place for objects under names with slashes."""

    shown: str
    """How it is called in messages: without secrets."""

    def put(self, name: str, content: bytes) -> None:
        """Write an object, or replace it."""

    def get(self, name: str) -> bytes | None:
        """The content of an object; None where there is none."""

    def listed(self, folder: str) -> list[Listed]:
        """All objects below a folder, by name."""

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""


def open_objects(url: str, s3: S3, secret_key: str) -> Objects:
    """The store that a URL names: ``s3://BUCKET/PREFIX``, ``file:///FOLDER`` or a folder.

    Raises:
        UsageError: it names none.
        NotInstalled: pyarrow is missing.
    """
    parts = urlsplit(url)
    if parts.scheme in ("", "file") and not parts.netloc:
        return Folder(Path(unquote(parts.path) if parts.scheme else url).expanduser().absolute())
    if parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc and not parts.query:
        return Bucket(f"{parts.netloc}{parts.path}".rstrip("/"), s3, secret_key)
    raise UsageError(
        "not a store of records: the URL is none of a bucket or a folder",
        hint="s3://BUCKET/PREFIX, file:///FOLDER, or a folder; keys are settings, not part of it",
    )


class Folder:
    """Objects as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shown = str(folder)

    def put(self, name: str, content: bytes) -> None:
        """Write an object, or replace it."""
        path = self._folder / name
        draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
        with _mapped(self.shown):
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)

    def get(self, name: str) -> bytes | None:
        """The content of an object; None where there is none."""
        with _mapped(self.shown):
            path = self._folder / name
            return path.read_bytes() if path.is_file() else None

    def listed(self, folder: str) -> list[Listed]:
        """All objects below a folder, by name."""
        found = []
        with _mapped(self.shown):
            for path in sorted((self._folder / folder).rglob("*.parquet")):
                if not path.name.startswith(".") and path.is_file():
                    facts = path.stat()
                    found.append(
                        Listed(path.relative_to(self._folder).as_posix(), facts.st_size, facts.st_mtime)
                    )
        return found

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""
        with _mapped(self.shown):
            (self._folder / name).unlink(missing_ok=True)


class Bucket:
    """Objects in a bucket, by pyarrow's own client: retries are its caller's."""

    def __init__(self, base: str, s3: S3, secret_key: str) -> None:
        pyarrow()
        from pyarrow import fs

        self.shown = f"s3://{base}"
        self._base = base
        self._fs = fs
        endpoint = urlsplit(s3.endpoint) if "://" in s3.endpoint else None
        options: dict[str, Any] = {
            "region": s3.region or os.environ.get("AWS_REGION") or ("us-east-1" if s3.endpoint else None),
            "access_key": s3.access_key_id or None,
            "secret_key": secret_key or None,
            "endpoint_override": (endpoint.netloc if endpoint else s3.endpoint) or None,
            "scheme": (endpoint.scheme if endpoint else "") or "https",
            "connect_timeout": s3.timeout_seconds,
            "request_timeout": s3.timeout_seconds,
            "retry_strategy": fs.AwsStandardS3RetryStrategy(max_attempts=1),
            "allow_delayed_open": True,  # a small object is one request
            "background_writes": False,
            "tls_ca_file_path": s3.ca_file or None,
        }
        with _mapped(self.shown):
            self._files = fs.S3FileSystem(**options)

    def put(self, name: str, content: bytes) -> None:
        """Write an object, or replace it."""
        with _mapped(self.shown), self._files.open_output_stream(self._path(name), compression=None) as file:
            file.write(content)

    def get(self, name: str) -> bytes | None:
        """The content of an object; None where there is none."""
        with _mapped(self.shown):
            try:
                with self._files.open_input_file(self._path(name)) as file:
                    return bytes(file.read())
            except FileNotFoundError:
                return None

    def listed(self, folder: str) -> list[Listed]:
        """All objects below a folder, by name."""
        wanted = self._fs.FileSelector(self._path(folder), allow_not_found=True, recursive=True)
        with _mapped(self.shown):
            found = self._files.get_file_info(wanted)
        return sorted(
            Listed(one.path.removeprefix(f"{self._base}/"), one.size, one.mtime.timestamp())
            for one in found
            if one.type == self._fs.FileType.File and one.path.endswith(".parquet")
        )

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""
        with _mapped(self.shown):
            try:
                self._files.delete_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return f"{self._base}/{name}"


class _mapped:  # noqa: N801 - a with statement reads as a verb
    """Maps what a file system says to our errors, once."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        """Raise ours instead of theirs."""
        if not isinstance(exc, OSError | ValueError):
            return
        said = (str(exc).splitlines() or [type(exc).__name__])[0][:_SHOWN_CHARACTERS]
        if isinstance(exc, PermissionError) or any(word in said for word in _DENIED):
            raise Unauthorized(
                f"{self._shown} does not let us: {said}", hint="its keys, and what they may: settings s3.*"
            ) from exc
        if "NO_SUCH_BUCKET" in said:
            raise BadAnswer(f"{self._shown}: there is no such bucket", hint="make it first") from exc
        raise Unreachable(f"{self._shown} cannot be used: {said}", hint="nothing is lost: try again") from exc
