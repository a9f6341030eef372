"""A server that answers as Grafana's HTTP API does, as far as folders and dashboards go."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from typing import Any
from urllib.parse import urlsplit

TOKEN = "glsa_0123456789abcdef"


class Grafana:
    """Keeps folders, and of each dashboard every version with its message."""

    def __init__(self) -> None:
        self.folders: dict[str, str] = {}
        self.dashboards: dict[str, dict[str, Any]] = {}
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.writes: list[str] = []
        self.bare_versions = False
        self.before_save = lambda: None
        grafana = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(*grafana.get(self))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(*grafana.post(self, body))

            def answer(self, status: int, document: object) -> None:
                text = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                if status == 302:
                    self.send_header("Location", "/login")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def refused(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any] | None:
        """What is said to those whose token is not the right one."""
        sent = request.headers.get("Authorization", "")
        if sent == f"Bearer {TOKEN}":
            return None
        return 401, {"message": f"Invalid API key {sent.removeprefix('Bearer ')}", "statusCode": 401}

    def get(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any]:
        refused = self.refused(request)
        match urlsplit(request.path).path.strip("/").split("/"):
            case _ if refused:
                return refused
            case ["api", "folders", uid] if uid in self.folders:
                return 200, {"uid": uid, "title": self.folders[uid]}
            case ["api", "folders", _]:
                return 404, {"message": "folder not found", "status": "not-found"}
            case ["api", "dashboards", "uid", uid] if uid in self.dashboards:
                last = self.history[uid][0]
                meta = {"folderUid": last["folder"], "updatedBy": last["createdBy"]}
                return 200, {"meta": meta, "dashboard": self.dashboards[uid]}
            case ["api", "dashboards", "uid", _]:
                return 404, {"message": "Dashboard not found"}
            case ["api", "dashboards", "uid", uid, "versions"]:
                found = self.history[uid][:1]
                return 200, found if self.bare_versions else {"continueToken": "", "versions": found}
        return 302, {}

    def post(self, request: http.server.BaseHTTPRequestHandler, body: Any) -> tuple[int, Any]:
        refused = self.refused(request)
        if refused:
            return refused
        self.writes.append(request.path)
        if request.path == "/api/folders":
            self.folders[body["uid"]] = body["title"]
            return 200, {"uid": body["uid"], "title": body["title"]}
        self.before_save()
        page = body["dashboard"]
        there = self.dashboards.get(page["uid"])
        if there and not body["overwrite"] and there["version"] != page["version"]:
            reason = "The dashboard has been changed by someone else"
            return 412, {"message": reason, "status": "version-mismatch"}
        version = self.keep(page, body["message"], body["folderUid"], "sa-codesentinel")
        return 200, {"id": 1, "uid": page["uid"], "status": "success", "version": version}

    def keep(self, page: dict[str, Any], message: str, folder: str, author: str) -> int:
        """Keep a new version; the schema is brought up to date, as newer servers do."""
        changes = self.history.setdefault(page["uid"], [])
        version = len(changes) + 1
        self.dashboards[page["uid"]] = {**page, "id": 7, "version": version, "schemaVersion": 42}
        changes.insert(0, {"version": version, "message": message, "createdBy": author, "folder": folder})
        return version


@contextlib.contextmanager
def running_grafana():
    """One that runs until the block ends."""
    grafana = Grafana()
    try:
        yield grafana
    finally:
        grafana.close()
