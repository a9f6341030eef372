"""The store that hosts share, opened with the keys of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import UsageError
from codesentinel.operations.keys import read_key
from codesentinel.store.objects import open_objects

if TYPE_CHECKING:
    from codesentinel.operations.base import Context
    from codesentinel.store.objects import Objects


def open_store(context: Context, url: str) -> Objects:
    """The store of a URL, with the keys of the settings.

    Raises:
        UsageError: it names none.
        NotInstalled: the extra is missing.
    """
    s3 = context.settings.s3
    secret = s3.secret_access_key
    if not secret and s3.secret_access_key_file:
        secret = read_key(context, s3.secret_access_key_file, hint="one line, the secret alone")
    if bool(secret) != bool(s3.access_key_id):
        raise UsageError(
            "half a key for the object storage is set",
            hint="s3.access_key_id, and CODESENTINEL_S3_SECRET_ACCESS_KEY or s3.secret_access_key_file",
        )
    return open_objects(url, s3, secret)
