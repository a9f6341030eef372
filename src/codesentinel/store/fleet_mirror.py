"""The records of many hosts as the archives of one workspace, kept here to answer from.

Only objects that are new in the store are fetched, and only of the domains and days that are asked for. The
result is read by whatever reads a workspace: the archive index, the search, the folds of procedures. It can
be removed, and is fetched again.
"""

from __future__ import annotations

import fcntl
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import Failed
from codesentinel.store import record_tables
from codesentinel.store.archive_read import segments
from codesentinel.store.object_names import ROOT, partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from codesentinel.store.object_names import Partition
    from codesentinel.store.objects import Listed, Objects

_AT_ONCE = 8  # objects that are fetched side by side
_FILE_BYTES = 32 << 20  # of lines in one file here: readers hold it in memory
_MOST_FILES = 64  # of a domain; of more the small ones are joined
_PATIENCE_SECONDS = 60.0


class FleetMirror:
    """What was fetched of one store.

    Args:
        folder: a workspace of its own.
        objects: the store.
        most_bytes: how much may be kept here.
        tell: takes progress.
    """

    def __init__(
        self, folder: Path, objects: Objects, *, most_bytes: int, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._objects = objects
        self._most_bytes = most_bytes
        self._tell = tell
        self.notes: list[str] = []
        """What could not be read."""

    def fetch(self, domains: Sequence[str], since: str = "", until: str = "") -> int:
        """Fetch what is new of these domains (all where none is named) and days; how many objects that were.

        Raises:
            Unreachable, Unauthorized, BadAnswer: the store does not answer.
            Failed: it would not fit, or cannot be written here.
        """
        try:
            with self._alone():
                return self._fetch(domains, since, until)
        except OSError as exc:
            raise Failed(
                f"the fleet's records cannot be kept: {exc}", hint=f"free space, or remove {self._folder}"
            ) from exc

    def _fetch(self, domains: Sequence[str], since: str, until: str) -> int:
        wanted = [f"{ROOT}/domain={domain}" for domain in domains] or [ROOT]
        of_domain: dict[str, list[tuple[Partition, Listed]]] = {}
        for folder in wanted:
            for one in self._objects.listed(folder):
                if partition := partition_of(one.name):
                    of_domain.setdefault(partition.domain, []).append((partition, one))
        fetched = 0
        for domain, found in of_domain.items():
            seen = self._seen(domain)
            new = [
                (partition, one)
                for partition, one in found
                if one.name not in seen and _lies_within(partition.date, since, until)
            ]
            if new:
                self._check_room(sum(one.size for _, one in new))
                self._tell(f"fetching {len(new)} objects of {domain}")
                fetched += self._take(domain, new, seen)
            gone = seen.difference(one.name for _, one in found)
            if gone:
                self._keep_seen(domain, seen - gone)
            self._join_small_ones(domain)
        return fetched

    def _take(self, domain: str, new: list[tuple[Partition, Listed]], seen: set[str]) -> int:
        tables: list[Any] = []
        names: list[str] = []
        size = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for (partition, one), content in _in_turn(pool, self._objects, new):
                table = record_tables.table_of(content) if content is not None else None
                if table is None:
                    if content is not None:
                        self.notes.append(f"{one.name}: not read, it is no object of ours")
                    continue  # else it was merged into another meanwhile
                names.append(one.name)
                if not _is_known(table, seen):
                    tables.append(record_tables.told_whose(table, partition.host, domain))
                    size += record_tables.line_bytes(table)
                if size >= _FILE_BYTES:
                    self._write(domain, tables)
                    seen.update(names)
                    self._keep_seen(domain, seen)
                    tables, size = [], 0
        self._write(domain, tables)
        seen.update(names)
        self._keep_seen(domain, seen)
        return len(names)

    def _write(self, domain: str, tables: list[Any]) -> None:
        if not tables:
            return
        folder = self._folder / "docs" / "domains" / domain / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.time_ns():020d}.parquet"
        draft = folder / f".{path.name}"
        draft.write_bytes(record_tables.content_of(record_tables.joined(tables)))
        draft.replace(path)

    def _join_small_ones(self, domain: str) -> None:
        """Few files are quicker to read than many; a kill in between leaves events twice: readers know."""
        paths = [self._folder / name for name in segments(str(self._folder), domain)]
        if len(paths) <= _MOST_FILES:
            return
        tables, joined, size = [], [], 0
        for path in sorted(paths, key=lambda one: one.stat().st_size)[: _MOST_FILES * 3 // 4]:
            table = record_tables.table_of(path.read_bytes())
            if table is None or size + record_tables.line_bytes(table) > _FILE_BYTES:
                break
            tables.append(table)
            joined.append(path)
            size += record_tables.line_bytes(table)
        self._write(domain, tables)
        for path in joined:
            path.unlink()

    def _seen(self, domain: str) -> set[str]:
        try:
            return set(json.loads((self._folder / "seen" / f"{domain}.json").read_bytes()))
        except (FileNotFoundError, ValueError):
            return set()

    def _keep_seen(self, domain: str, seen: set[str]) -> None:
        path = self._folder / "seen" / f"{domain}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(sorted(seen)), encoding="ascii")
        draft.replace(path)

    def _check_room(self, needed: int) -> None:
        kept = sum(path.stat().st_size for path in self._folder.glob("docs/domains/*/archive/*.parquet"))
        if kept + needed > self._most_bytes:
            raise Failed(
                f"{needed} bytes of the fleet's records are to be fetched, {kept} are kept already, and"
                f" {self._most_bytes} may be",
                hint=f"ask for fewer days or domains, remove {self._folder}, or raise fleet.cache_bytes",
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Failed(
                            "another process fetches the fleet's records", hint="try again"
                        ) from None
                    time.sleep(0.05)
                else:
                    break
            yield


def _in_turn(
    pool: ThreadPoolExecutor, objects: Objects, new: list[tuple[Partition, Listed]]
) -> Iterator[tuple[tuple[Partition, Listed], bytes | None]]:
    """Objects with their contents, some fetched ahead, never all of them in memory."""
    for start in range(0, len(new), _AT_ONCE):
        some = new[start : start + _AT_ONCE]
        yield from zip(some, pool.map(lambda one: objects.get(one[1].name), some), strict=True)


def _is_known(table: Any, seen: set[str]) -> bool:
    """Whether it was made of objects that were all read."""
    replaced = record_tables.replaced_by(table)
    return bool(replaced) and seen.issuperset(replaced)


def _lies_within(date: str, since: str, until: str) -> bool:
    """Days are those of the hosts' clocks; what has none may be of any."""
    return not date[:1].isdigit() or ((not since or since <= date) and (not until or date <= until))
