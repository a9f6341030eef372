"""The stacks of profiles: one compressed file each beside their log, named by what is in it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from typing import TYPE_CHECKING

from codesentinel.model.errors import BadAnswer, Failed, NoData
from codesentinel.model.profile_document import profile_document, profile_of

if TYPE_CHECKING:
    from codesentinel.model.profile import Profile

FOLDER = "docs/domains/profile/stacks"
_LARGEST_BYTES = 1 << 30


def write_stacks(root: str, profile: Profile) -> str:
    """Keep the stacks; their path, relative to ``root``. The same profile has the same file.

    Raises:
        Failed: it cannot be written; nothing is left behind.
    """
    plain = json.dumps(profile_document(profile), separators=(",", ":")).encode()
    name = f"{FOLDER}/{hashlib.sha256(plain).hexdigest()[:32]}.json.gz"
    path = os.path.join(root, name)
    draft = f"{path}.{os.getpid()}.draft"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with open(fd, "wb") as file:
            file.write(gzip.compress(plain, 6, mtime=0))
        os.replace(draft, path)
    except OSError as exc:
        raise Failed(f"the stacks could not be written: {exc.strerror}: {path}") from exc
    return name


def read_stacks(root: str, name: str) -> Profile:
    """The profile that was kept under this name; its content has to be what the name says.

    Raises:
        NoData: the file is gone.
        BadAnswer: it was changed.
    """
    if not name.startswith(f"{FOLDER}/") or ".." in name:
        raise BadAnswer(f"no file of stacks: {name!r}")
    try:
        with gzip.open(os.path.join(root, name)) as file:
            plain = file.read(_LARGEST_BYTES)
    except FileNotFoundError as exc:
        raise NoData(
            f"the stacks are gone: {name}", hint="the event is on record, its file was removed"
        ) from exc
    except (OSError, EOFError, zlib.error) as exc:
        raise BadAnswer(f"the stacks cannot be read: {name}: {exc}") from exc
    if hashlib.sha256(plain).hexdigest()[:32] != os.path.basename(name).partition(".")[0]:
        raise BadAnswer(f"the stacks were changed: {name}")
    return profile_of(json.loads(plain))
