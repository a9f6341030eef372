"""The services of the local stack: which programs, with which options, on which ports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import codesentinel
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.service import PORTS, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.act.components import Program
    from codesentinel.operations.base import Context

_FLUSH_DEADLINE = "5s"
"""Prometheus' own minute is longer than we wait before a program that was told to stop is killed."""


def stack_services(
    context: Context, programs: Mapping[str, Program], *, port_offset: int, demo: bool
) -> tuple[Service, ...]:
    """Every service, in the order in which they start: storage first, Prometheus last.

    Stopped in reverse, Prometheus goes before VictoriaMetrics; the other way round it would wait up to
    a minute to hand over its last samples.
    """
    build = _Build(context, programs, port_offset)
    services = [
        build.server("victoria-metrics", build.victoria_metrics(), "/health"),
        build.server("alertmanager", build.alertmanager(), "/-/ready"),
        build.server("pushgateway", build.pushgateway(), "/-/ready"),
        build.server("node-exporter", build.node_exporter(), "/"),
        build.python("process-recorder", context.command("memory", "process", "record")),
        build.python("codesentinel", build.own_metrics()),
        build.python("viewer", build.viewer()),
        build.python("telemetry", build.telemetry()),
    ]
    shop = shop_folder() if demo else None
    if shop:
        services.append(
            build.python("shop", [sys.executable, str(shop / "app.py"), "--port", str(build.port("shop"))])
        )
        url = f"http://127.0.0.1:{build.port('shop')}"
        services.append(build.python("shop-load", [sys.executable, str(shop / "load.py"), "--url", url]))
    return (*services, build.server("prometheus", build.prometheus(), "/-/ready"))


def shop_folder() -> Path | None:
    """The demo shop: inside an installed wheel, or beside the source in a checkout."""
    package = Path(codesentinel.__file__).parent
    for folder in (package / "examples" / "shop", package.parents[1] / "examples" / "shop"):
        if (folder / "app.py").exists():
            return folder
    return None


class _Build:
    """The command lines of one stack."""

    def __init__(self, context: Context, programs: Mapping[str, Program], port_offset: int) -> None:
        self._context = context
        self._settings = context.settings.stack
        self._programs = programs
        self._offset = port_offset
        self._config = context.state_dir / "stack"

    def port(self, name: str) -> int:
        return PORTS[name] + self._offset

    def server(self, name: str, options: list[str], ready_path: str) -> Service:
        program = self._programs[name]
        return Service(
            name,
            (str(program.path), *options),
            port=self.port(name),
            ready_path=ready_path,
            cwd=str(program.cwd) if program.cwd else None,
            env=_environment_without("CODESENTINEL_"),
        )

    def python(self, name: str, argv: list[str]) -> Service:
        port = self.port(name) if name in PORTS else None
        env = _environment_without("CODESENTINEL_ALERTING_")
        return Service(name, tuple(argv), port=port, env=env)

    def victoria_metrics(self) -> list[str]:
        return [
            f"-httpListenAddr={self._listen('victoria-metrics')}",
            f"-storageDataPath={self._data('victoria-metrics')}",
            f"-retentionPeriod={self._settings.history_retention_months}",
            "-dedup.minScrapeInterval=1ms",  # the same sample written twice, after a crash, counts once
            "-search.latencyOffset=0s",
            "-loggerLevel=WARN",
        ]

    def alertmanager(self) -> list[str]:
        return [
            f"--config.file={self._config / 'alertmanager.yml'}",
            f"--storage.path={self._data('alertmanager')}",
            f"--web.listen-address={self._listen('alertmanager')}",
            f"--web.external-url=http://{self._listen('alertmanager')}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ]

    def pushgateway(self) -> list[str]:
        return [
            f"--web.listen-address={self._listen('pushgateway')}",
            f"--persistence.file={self._data('pushgateway') / 'metrics'}",
            "--persistence.interval=1s",
            "--log.level=warn",
        ]

    def node_exporter(self) -> list[str]:
        return [f"--web.listen-address={self._listen('node-exporter')}", "--log.level=warn"]

    def own_metrics(self) -> list[str]:
        return self._context.command("metrics", "serve", "--port", str(self.port("codesentinel")))

    def viewer(self) -> list[str]:
        return self._context.command("dashboards", "serve", "--port", str(self.port("viewer")))

    def telemetry(self) -> list[str]:
        return self._context.command("satellites", "receive", "--port", str(self.port("telemetry")))

    def prometheus(self) -> list[str]:
        return [
            f"--config.file={self._config / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._data('prometheus')}",
            f"--storage.tsdb.retention.time={prometheus_duration(self._settings.prometheus_retention_seconds)}",
            f"--web.listen-address={self._listen('prometheus')}",
            f"--web.external-url=http://{self._listen('prometheus')}",
            # what could not be handed on is given up then; the own storage takes it within moments
            f"--storage.remote.flush-deadline={_FLUSH_DEADLINE}",
            "--rules.alert.resend-delay=5s",  # an Alertmanager that was restarted forgets what fires
            "--log.level=warn",
        ]

    def _listen(self, name: str) -> str:
        return f"127.0.0.1:{self.port(name)}"

    def _data(self, name: str) -> Path:
        folder = self._context.state_dir / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _environment_without(prefix: str) -> dict[str, str]:
    """Our environment less the settings that a service has no business with, keys above all."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefix)}
