"""The built pages: read once, compressed once, served from memory.

Names below ``assets/`` carry a hash of their content, so a browser may keep them for ever; the page that
names them is asked for each time.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starlette.responses import Response

from codesentinel.model.errors import NotInstalled

if TYPE_CHECKING:
    from starlette.requests import Request

STATIC = Path(__file__).resolve().parent.parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class _Asset(NamedTuple):
    plain: bytes
    small: bytes
    kind: str
    tag: str
    cache: str


class Assets:
    """Every file of the build, by its path.

    Raises:
        NotInstalled: this installation has no build.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _asset(path, path.parent != folder)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        if "index.html" not in self._files:
            raise NotInstalled(
                "the viewer's pages are missing", hint="build them: cd viewer && npm ci && npm run build"
            )

    def answer(self, request: Request, name: str) -> Response:
        """One file, or 404."""
        asset = self._files.get(name)
        if asset is None:
            return Response("not found\n", status_code=404, media_type="text/plain")
        headers = {"etag": asset.tag, "cache-control": asset.cache, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        body = asset.plain
        if asset.small and "gzip" in request.headers.get("accept-encoding", ""):
            body = asset.small
            headers["content-encoding"] = "gzip"
        return Response(body, headers={**headers, "content-type": asset.kind})


def _asset(path: Path, hashed: bool) -> _Asset:
    plain = path.read_bytes()
    small = gzip.compress(plain, 9, mtime=0)
    tag = f'"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"'
    cache = _FOR_EVER if hashed else _ASK_AGAIN
    return _Asset(plain, small if len(small) < len(plain) else b"", _TYPES[path.suffix], tag, cache)
