"""The mutants that the target ``satellites``, and the servers and requests of ``web``, have to notice."""

from __future__ import annotations

from mutation import Mutation

_HOOKS = "satellites/hooks-never-fail"
_TELEMETRY = "satellites/telemetry-is-bounded"
_SERVERS = "web/servers-that-answer-anything"
_LOADED = "model/loaded.py"
_REQUEST = "capture/satellites/otlp_request.py"

SATELLITES = (
    Mutation(
        "a hook that fails blocks its agent",
        _HOOKS,
        "cli/satellites_hook.py",
        "nothing of ours may stop an agent\n        return 0",
        "nothing of ours may stop an agent\n        return 2",
    ),
    Mutation(
        "free text of a hook is logged",
        _HOOKS,
        _LOADED,
        "return text if len(text) <= _LONGEST_WORD and _WORD.issuperset(text) else _OTHER",
        "return text",
    ),
    Mutation(
        "a secret in the place of a model is logged",
        _HOOKS,
        _LOADED,
        "return redacted_text(text[:_LONGEST])",
        "return text",
    ),
    Mutation(
        "whatever stands in the place of an id is logged",
        _HOOKS,
        _LOADED,
        'return text if len(text) <= _LONGEST and all("!" <= c <= "~" for c in text) else ""',
        "return text",
    ),
    Mutation(
        "the name of a skill climbs",
        _HOOKS,
        "capture/satellites/hooks.py",
        'if name and "/" not in name and name.strip("."):',
        "if name:",
    ),
    Mutation(
        "a bomb is unpacked as a whole",
        _TELEMETRY,
        "operations/satellites/telemetry.py",
        "plain = unpacker.decompress(body, MOST_UNPACKED_BYTES)",
        "plain = unpacker.decompress(body)",
    ),
    Mutation(
        "messages are not counted",
        _TELEMETRY,
        _REQUEST,
        "if _parts(request, 0) > _MOST_PARTS:",
        "if False and _parts(request, 0) > _MOST_PARTS:",
    ),
    Mutation(
        "objects are not counted",
        _TELEMETRY,
        _REQUEST,
        'if body.count(b"{") + body.count(b"[") > _MOST_PARTS:',
        "if False:",
    ),
    Mutation(
        "a body may be as long as it likes",
        _TELEMETRY,
        "web/otlp.py",
        "            if len(body) > MOST_BYTES:",
        "            if False:",
    ),
    Mutation(
        "what lies outside of the workspace is read",
        "satellites/files-that-instruct-nobody",
        "capture/satellites/files.py",
        "_read(whole) if _is_below(real, root) else",
        "_read(whole) if real else",
    ),
    Mutation(
        "a run ends twice",
        "satellites/forged-runs",
        "operations/satellites/usage.py",
        "    if before.status_source in (VERIFIED, DECLARED):",
        "    if False:",
    ),
    Mutation(
        "text of procedures is not escaped",
        "satellites/shown-escaped",
        "render/ascii.py",
        '    safe = "".join(c if " " <= c <= "~" and c != "\\\\" else _spelled(c) for c in text)',
        "    safe = text",
    ),
    Mutation(
        "half requests to the receiver are kept",
        "satellites/floods-keep-nobody-out",
        "web/connections.py",
        "        if len(self.connections) > MOST_CONNECTIONS:",
        "        if False:",
    ),
)

WEB = (
    Mutation(
        "half requests to the viewer are kept",
        "web/half-requests-keep-nobody-out",
        "web/connections.py",
        "        if len(self.connections) > MOST_CONNECTIONS:",
        "        if False:",
    ),
    Mutation(
        "a server sends us elsewhere",
        _SERVERS,
        "capture/http_stream.py",
        "preload_content=False, redirect=False, headers=headers",
        "preload_content=False, redirect=True, retries=2, headers=headers",
    ),
    Mutation(
        "depth is a defect",
        _SERVERS,
        "capture/http_json.py",
        "except (ValueError, RecursionError):",
        "except ValueError:",
    ),
    Mutation(
        "a server that drips is waited for",
        _SERVERS,
        "capture/http_pace.py",
        "        return waited > self._patience_seconds + self.arrived / SLOWEST_BYTES_PER_SECOND",
        "        return waited > 1e9",
    ),
    Mutation(
        "a page is handed on as data",
        "web/viewer-before-anything",
        "capture/http_relay.py",
        '        elif kind != "application/json":',
        "        elif False:",
    ),
)
