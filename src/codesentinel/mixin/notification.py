"""What a notification says: templates for PagerDuty's Events v2 and for Slack.

Both open with alert, service and summary, and go on with one line for each alert of the group. What
comes from the watched systems is data: where a receiver has a markup, it is escaped.
"""

from __future__ import annotations

from typing import Any

_SUMMARY = "{{ .CommonAnnotations.summary }}"
_RUNBOOK = "{{ .CommonAnnotations.runbook_url }}"
_RUNBOOK_LINK = f'{{{{ if match "^https?://" .CommonAnnotations.runbook_url }}}}{_RUNBOOK}{{{{ end }}}}'
"""Empty for a path inside a repository, which is no link; Alertmanager leaves empty ones out."""


def pagerduty(routing_key_file: str, url: str) -> dict[str, Any]:
    """An entry of ``pagerduty_configs``; an empty ``url`` means PagerDuty's own."""
    config: dict[str, Any] = {"routing_key_file": routing_key_file}
    if url:
        config["url"] = url
    service = "{{ with .CommonLabels.service }} ({{ . }}){{ end }}"
    return config | {
        "send_resolved": True,
        "description": f"{{{{ .CommonLabels.alertname }}}}{service}: {_SUMMARY}",
        "severity": "critical",
        "class": "{{ .CommonLabels.alertname }}",
        "component": "{{ .CommonLabels.service }}",
        "group": "{{ .CommonLabels.environment }}",
        "client": "codesentinel",
        "client_url": "{{ .ExternalURL }}",
        "details": {
            "description": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
            "runbook": _RUNBOOK,
            "severity": "{{ .CommonLabels.severity }}",
            "team": "{{ .CommonLabels.team }}",
        },
        "links": [{"href": _RUNBOOK_LINK, "text": "Runbook"}],
    }


def slack(webhook_url_file: str, channel: str) -> dict[str, Any]:
    """An entry of ``slack_configs``."""
    service = f"{{{{ with .CommonLabels.service }}}} ({_escaped('.')}){{{{ end }}}}"
    alert = "{{ .CommonLabels.severity }} {{ .CommonLabels.alertname }}"
    heading = f"[{{{{ .Status | toUpper }}}}] {alert}{service}: {_SUMMARY}"
    lines = f"{{{{ range .Alerts }}}}- {_escaped('.Annotations.description')}\n{{{{ end }}}}"
    return {
        "api_url_file": webhook_url_file,
        "channel": channel,
        "send_resolved": True,
        "color": (
            '{{ if ne .Status "firing" }}good'
            '{{ else if eq .CommonLabels.severity "P1" }}danger{{ else }}warning{{ end }}'
        ),
        "title": heading,
        "title_link": "{{ .ExternalURL }}/#/alerts",
        "fallback": heading,
        "text": f"{lines}Runbook: {_RUNBOOK}",
        "fields": [_field(title) for title in ("Service", "Environment", "Instance", "Team")],
    }


def _field(title: str) -> dict[str, Any]:
    value = _escaped(f'or .CommonLabels.{title.lower()} "-"')
    return {"title": title, "value": value, "short": True}


def _escaped(expression: str) -> str:
    """With Slack's control characters spelled out; else a label could mention a whole channel."""
    pipes = "".join(
        f' | reReplaceAll "{character}" "{entity}"'
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
    )
    return f"{{{{ {expression}{pipes} }}}}"
