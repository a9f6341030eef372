"""The flame graph as one file: nothing is loaded, and nothing in it but our own script may run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def page(graph: dict[str, Any], summary: Sequence[str], script: str, style: str) -> str:
    """The file.

    Names of functions and threads are foreign: they stand as JSON, in which ``<`` is spelled out, and reach
    the page as text alone. The policy allows one script and one style, by what is in them, and no request.
    """
    data = json.dumps(graph, separators=(",", ":")).translate(_SPELLED)
    script = script.replace("</script", "<\\/script")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    told = "".join(f"<li>{html.escape(line)}</li>" for line in summary)
    title = html.escape(str(graph["title"]))
    return _PAGE.format(policy=policy, title=title, style=style, told=told, data=data, script=script)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="content-security-policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1><div id="graph"></div><ul>{told}</ul></main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script></body></html>
"""
_SPELLED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
