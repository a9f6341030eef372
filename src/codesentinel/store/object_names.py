"""Names of the objects in which a fleet's records lie.

    events/domain=<domain>/date=<day>/host=<host>/<epoch>-<number>.parquet        as a host delivered them
    events/domain=<domain>/date=<day>/host=<host>/merged-<digest>.parquet         several of these in one

``epoch`` is made when a host's collector begins anew, so that numbers are never used twice. Hosts' names come
from anywhere: what is no letter, digit, dot or hyphen is percent-encoded.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

ROOT = "events"
_NAME = re.compile(
    r"events/domain=([a-z][a-z0-9_-]{0,63})/date=([0-9]{4}-[0-9]{2}-[0-9]{2}|undated)/host=([^/]+)/([^/]+)\.parquet"
).fullmatch
_OWN = re.compile(r"([0-9a-f]{12})-([0-9]{10})").fullmatch
_LONGEST_HOST = 100  # encoded
_CUT = re.compile(r"%[0-9A-F]?$")


class Partition(NamedTuple):
    """What the name of an object says of every record in it."""

    domain: str
    date: str
    host: str


def name_of(domain: str, date: str, host: str, epoch: str, number: int) -> str:
    """The name of an object that a host delivers."""
    return f"{folder_of(Partition(domain, date, host))}/{epoch}-{number:010d}.parquet"


def merged_name(partition: Partition, digest: str) -> str:
    """The name of one that replaces several."""
    return f"{folder_of(partition)}/merged-{digest}.parquet"


def folder_of(partition: Partition) -> str:
    """What stands before the last slash."""
    host = quoted_host(partition.host)
    return f"{ROOT}/domain={partition.domain}/date={partition.date}/host={host}"


def quoted_host(host: str) -> str:
    """A host as a part of a name; long ones are cut."""
    text = quote(host.encode("utf-8", "backslashreplace"), safe="").replace("~", "%7E")[:_LONGEST_HOST]
    text = _CUT.sub("", text) or "unnamed"
    return text if text.strip(".") else text.replace(".", "%2E")


def partition_of(name: str) -> Partition | None:
    """What a name says; None for one that is not of ours."""
    found = _NAME(name)
    return Partition(found[1], found[2], unquote(found[3])) if found else None


def number_of(name: str) -> tuple[str, int] | None:
    """Epoch and number of an object as a host delivered it."""
    found = _OWN(name.rpartition("/")[2].removesuffix(".parquet"))
    return (found[1], int(found[2])) if found else None
