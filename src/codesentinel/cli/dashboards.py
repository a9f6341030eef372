"""``codesentinel dashboards build``, ``provision`` and ``kubernetes``."""

from __future__ import annotations

from codesentinel.cli.generated import add_options, outcome
from codesentinel.cli.options import examples

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.cli.output import Outcome
    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """The options of one of the commands."""
    options = {
        "dashboards build": _build_options,
        "dashboards provision": _provision_options,
        "dashboards kubernetes": _kubernetes_options,
    }
    options[name](parser)


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write Grafana's dashboards from the code, and which of their panels may be empty."
    parser.epilog = examples(
        "codesentinel dashboards build",
        "codesentinel dashboards build --metrics fastapi.toml --output dashboards",
        "codesentinel dashboards build --check    # in CI: exit 1 when a committed file differs",
    )
    add_options(parser, "infrastructure/grafana/dashboards")
    parser.set_defaults(run=_build)


def _build(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.dashboards import build_dashboards

    built = build_dashboards(context, output=args.output, metrics=args.metrics, check=args.check)
    return outcome("dashboards.build", built, check=args.check)


def _provision_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write what a deployment reads: Grafana's data sources, dashboard folder, contact points and "
        "policies, Prometheus' configuration, and a Compose file."
    )
    parser.epilog = examples(
        "codesentinel dashboards provision",
        "codesentinel dashboards provision --check    # in CI: exit 1 when a committed file differs",
    )
    add_options(parser, "infrastructure", metrics=False)
    parser.set_defaults(run=_provision)


def _provision(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.provision import provision

    done = provision(context, output=args.output, check=args.check)
    return outcome("dashboards.provision", done, check=args.check)


def _kubernetes_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write the alert rules and dashboards as PrometheusRule and GrafanaDashboard, which the operators\n"
        "of Prometheus and of Grafana take up; the Helm chart and kustomize read them."
    )
    parser.epilog = examples(
        "codesentinel dashboards kubernetes",
        "codesentinel dashboards kubernetes --output deploy/monitoring --metrics fastapi.toml",
        "codesentinel dashboards kubernetes --check    # in CI: exit 1 when a committed file differs",
    )
    add_options(parser, "infrastructure/helm/codesentinel/monitoring")
    parser.set_defaults(run=_kubernetes)


def _kubernetes(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.kubernetes import kubernetes

    done = kubernetes(context, output=args.output, metrics=args.metrics, check=args.check)
    return outcome("dashboards.kubernetes", done, check=args.check)
