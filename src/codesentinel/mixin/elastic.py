"""What an Elastic stack keeps procedure events with: template, lifecycle, and what shippers read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "logs-codesentinel"
_PATTERN = "logs-codesentinel.*-*"
_PRIORITY = 200  # above the built-in logs-*-* at 100
_KEYWORD = {"type": "keyword", "ignore_above": 1024}
_TEXT = {"type": "text"}


def data_stream(namespace: str) -> str:
    """The stream that procedure events go to."""
    return f"logs-codesentinel.procedure-{namespace}"


def index_template() -> dict[str, Any]:
    """An index template with explicit mappings, in types that OpenSearch knows, too."""
    own: dict[str, Any] = {
        **dict.fromkeys(("satellite", "procedure", "cited", "version", "steps_version", "status"), _KEYWORD),
        **dict.fromkeys(("status_source", "trigger", "vendor", "source"), _KEYWORD),
        "note": _TEXT,
        "session": _object(id=_KEYWORD),
        "run": _object(id=_KEYWORD),
        "feedback": _object(clarity={"type": "byte"}, usefulness={"type": "byte"}, comment=_TEXT),
    }
    event: dict[str, Any] = {
        **dict.fromkeys(("id", "kind", "category", "type", "action", "outcome", "reason"), _KEYWORD),
        **dict.fromkeys(("module", "dataset"), _KEYWORD),
        "duration": {"type": "long"},
        "original": {"type": "keyword", "index": False, "doc_values": False},
        "start": {"type": "date"},
        "end": {"type": "date"},
    }
    properties = {
        "@timestamp": {"type": "date"},
        "message": _TEXT,
        "ecs": _object(version=_KEYWORD),
        "event": _object(**event),
        "file": _object(path=_KEYWORD),
        "host": _object(name=_KEYWORD),
        "gen_ai": _object(agent=_object(name=_KEYWORD, id=_KEYWORD), request=_object(model=_KEYWORD)),
        "codesentinel": {**_object(**own), "dynamic": False},
    }
    return {
        "index_patterns": [_PATTERN],
        "data_stream": {},
        "priority": _PRIORITY,
        "template": {
            "settings": {"index": {"lifecycle": {"name": NAME}}},
            "mappings": {"dynamic": True, "properties": properties},
        },
    }


def lifecycle_policy() -> dict[str, Any]:
    """Two years, in a new index each month or 25 GB: what a procedure's effect is compared over."""
    return {
        "policy": {
            "phases": {
                "hot": {
                    "min_age": "0ms",
                    "actions": {"rollover": {"max_age": "30d", "max_primary_shard_size": "25gb"}},
                },
                "delete": {"min_age": "730d", "actions": {"delete": {}}},
            }
        }
    }


def filebeat(segments: str) -> str:
    """Filebeat's configuration: it tails the segments and creates each document under the id of its event."""
    return f"""\
# Ships codesentinel's segments of procedure events; see docs/how-to/ship-to-elasticsearch.md.
filebeat.inputs:
  - type: filestream
    id: codesentinel-procedures
    paths: ["{segments}/procedure-*.jsonl"]
    parsers:
      - ndjson:
          target: ""
          overwrite_keys: true
          document_id: event.id
setup.template.enabled: false
setup.ilm.enabled: false
output.elasticsearch:
  hosts: ["${{ELASTIC_URL:http://127.0.0.1:9200}}"]
  api_key: "${{ELASTIC_API_KEY:}}"
  index: {data_stream("default")}
"""


def rsyslog(
    segments: str, *, host: str = "127.0.0.1", port: int = 9200, state: str = "/var/spool/rsyslog"
) -> str:
    """Configuration of rsyslog: the same by omelasticsearch, with a queue for a server that is away."""
    return f"""\
# Ships codesentinel's segments of procedure events; see docs/how-to/ship-to-elasticsearch.md.
module(load="imfile")
module(load="mmjsonparse")
module(load="omelasticsearch")
global(workDirectory="{state}")
template(name="document" type="list") {{ property(name="$!all-json") }}
template(name="id" type="list") {{ property(name="$!event!id") }}
input(type="imfile" file="{segments}/procedure-*.jsonl" tag="codesentinel"
      ruleset="ship" freshStartTail="off")
ruleset(name="ship") {{
  action(type="mmjsonparse" cookie="")
  action(type="omelasticsearch" server="{host}" serverport="{port}"
         searchIndex="{data_stream("default")}" searchType="" template="document"
         bulkmode="on" writeoperation="create" dynbulkid="on" bulkid="id"
         queue.type="linkedlist" queue.size="50000" action.resumeRetryCount="-1" action.resumeInterval="1")
}}
"""


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"properties": properties}


def as_json(document: Mapping[str, Any]) -> str:
    """A file's text."""
    return json.dumps(document, indent=2) + "\n"
