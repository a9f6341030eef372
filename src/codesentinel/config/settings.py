"""Every setting, its type, default, bounds and meaning.

Sections are named tuples rather than dataclasses: they are read by every command, and importing
``dataclasses`` costs as much as half a Python start. The annotations are evaluated only when
something is set, and when the reference is written.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from codesentinel.config.fleet import S3, Collect, Fleet
from codesentinel.config.kinds import SECONDS, Between, OneOf, Secret


class Stack(NamedTuple):
    """The servers that ``codesentinel up`` runs."""

    port_offset: Annotated[int, Between(0, 50000), "Added to every port."] = 0
    demo: Annotated[bool, "Run the demo shop and its load generator."] = True
    scrape_interval_seconds: Annotated[
        float, Between(1, 300), SECONDS, "How often Prometheus scrapes and evaluates rules."
    ] = 3.0
    ready_timeout_seconds: Annotated[
        float, Between(1, 600), SECONDS, "How long a server may take to become ready."
    ] = 60.0
    prometheus_retention_seconds: Annotated[
        float, Between(3600, 31536000), SECONDS, "How long Prometheus itself keeps samples."
    ] = 15 * 86400.0
    history_retention_months: Annotated[int, Between(1, 1200), "How long VictoriaMetrics keeps samples."] = 24
    components_dir: Annotated[str, "Where fetched server programs are kept."] = (
        "~/.cache/codesentinel/components"
    )
    prometheus_path: Annotated[str, "Program to use instead of one found or fetched."] = ""
    alertmanager_path: Annotated[str, "Program to use instead of one found or fetched."] = ""
    pushgateway_path: Annotated[str, "Program to use instead of one found or fetched."] = ""
    node_exporter_path: Annotated[str, "Program to use instead of one found or fetched."] = ""
    victoria_metrics_path: Annotated[str, "Program to use instead of one found or fetched."] = ""


class Remote(NamedTuple):
    """A storage of your own that the stack's Prometheus writes to as well; secrets come from files only."""

    write_url: Annotated[
        str, "Such as a VictoriaMetrics' /api/v1/write, a Thanos Receive's /api/v1/receive."
    ] = ""
    username: Annotated[str, "For basic authentication."] = ""
    password_file: Annotated[str, "File with the password for it."] = ""
    bearer_token_file: Annotated[str, "File with a token instead."] = ""
    ca_file: Annotated[str, "Certificate of the authority that signed the receiver's."] = ""
    cluster: Annotated[str, "The label `cluster` of all that is written there; tells stacks apart."] = ""


class Sources(NamedTuple):
    """The servers that are read; empty means the stack of this workspace."""

    prometheus_url: Annotated[str, "A Prometheus to judge instead of the stack's."] = ""
    history_url: Annotated[str, "A server with the Prometheus API that keeps the long history."] = ""
    alertmanager_url: Annotated[str, "An Alertmanager to ask instead of the stack's."] = ""
    pushgateway_url: Annotated[str, "A Pushgateway to take deployments from instead of the stack's."] = ""
    timeout_seconds: Annotated[float, Between(0.1, 600), SECONDS, "How long one answer may take."] = 10.0


class Alerting(NamedTuple):
    """Where alerts go. Keys come from files or the environment, never from the settings file."""

    pagerduty_routing_key_file: Annotated[str, "File with the Events v2 routing key: P1 goes there."] = ""
    pagerduty_routing_key: Annotated[str, Secret(), "The Events v2 routing key itself."] = ""
    pagerduty_url: Annotated[str, "Events v2 endpoint; empty means PagerDuty's own."] = ""
    slack_webhook_url_file: Annotated[str, "File with the incoming webhook's URL: P2 goes there."] = ""
    slack_webhook_url: Annotated[str, Secret(), "The incoming webhook's URL itself."] = ""
    slack_channel: Annotated[str, "The channel named in a message to Slack."] = "#alerts"
    runbook_base_url: Annotated[str, "Put before <alert>.md in every runbook_url."] = "docs/runbooks"
    team: Annotated[str, "The `team` label of every alert."] = "platform"


class Mixin(NamedTuple):
    """What rules and dashboards are made from; files are relative to the workspace root."""

    objectives_file: Annotated[str, "What services promise."] = "infrastructure/slo.yml"
    http_names_file: Annotated[str, "Names of HTTP metrics; empty means those of OpenTelemetry."] = ""


class Grafana(NamedTuple):
    """The Grafana that ``codesentinel dashboards push`` writes to."""

    url: Annotated[str, "Its base URL."] = ""
    token: Annotated[str, Secret(), "A service account's token that may write dashboards and folders."] = ""
    token_file: Annotated[str, "File with that token."] = ""


class Review(NamedTuple):
    """What ``codesentinel review`` looks at."""

    since_seconds: Annotated[float, Between(60, 31536000), SECONDS, "How much history is read."] = (
        30 * 86400.0
    )
    horizon_seconds: Annotated[
        float, Between(60, 31536000), SECONDS, "Exhaustion later than this is no finding."
    ] = 7 * 86400.0


class Process(NamedTuple):
    """Watching processes, and ending them."""

    protected_names: Annotated[
        str, "Programs that are never killed, by the name of their file; separated by blanks."
    ] = (
        "systemd init tini dumb-init s6-svscan runsvdir sshd dbus-daemon dbus-broker containerd dockerd"
        " containerd-shim containerd-shim-runc-v2 conmon crio kubelet k3s systemd-journald systemd-logind"
        " systemd-udevd systemd-networkd systemd-resolved NetworkManager agetty login Xorg"
    )
    record_interval_seconds: Annotated[
        float, Between(1, 3600), SECONDS, "How often `process record` samples all processes."
    ] = 5.0
    record_retention_seconds: Annotated[
        float, Between(600, 31536000), SECONDS, "How long the recorded samples are kept."
    ] = 2 * 86400.0
    record_most_bytes: Annotated[
        int, Between(1_000_000, 10**12), "Beyond this the oldest samples go, whatever their age."
    ] = 1_000_000_000


class Deploy(NamedTuple):
    """What ``codesentinel deploy`` takes where an option is not given."""

    service: Annotated[str, "The service that this workspace deploys."] = ""
    environment: Annotated[str, "Where it is deployed to."] = "production"
    push_url: Annotated[str, "A Pushgateway to tell instead of the log, from where that is out of reach."] = (
        ""
    )


class Cloudwatch(NamedTuple):
    """What is read from AWS CloudWatch. Credentials are found by boto3 alone, and are no setting."""

    regions: Annotated[str, "Regions, separated by blanks; empty means the one that boto3 is set to."] = ""
    namespaces: Annotated[str, "Namespaces of the catalogue to read, separated by blanks; empty: all."] = ""
    file: Annotated[str, "TOML file that lists the metrics to read instead of the catalogue's."] = ""
    linked_accounts: Annotated[bool, "Read the accounts that share their metrics with this one, too."] = False
    period_seconds: Annotated[int, Between(1, 86400), "What one value sums up."] = 300
    refresh_seconds: Annotated[
        float, Between(10, 86400), SECONDS, "How often the exporter asks for new data; each time is paid."
    ] = 300.0
    delay_seconds: Annotated[
        float, Between(0, 86400), SECONDS, "How long a period is over before its data is taken for whole."
    ] = 120.0
    most_series: Annotated[
        int, Between(1, 1_000_000), "Series of a region beyond this are left out, and counted."
    ] = 5000
    timeout_seconds: Annotated[float, Between(0.1, 600), SECONDS, "How long one answer may take."] = 30.0
    patience_seconds: Annotated[
        float, Between(0, 86400), SECONDS, "How long a request that is throttled is tried again."
    ] = 120.0


class Instrument(NamedTuple):
    """What ``codesentinel.instrument`` takes from the environment of the service that it measures."""

    max_routes: Annotated[
        int, Between(0, 100_000), "Route templates with series of their own; further ones share one."
    ] = 500
    max_names: Annotated[
        int, Between(0, 100_000), "Functions and jobs with series of their own; further ones share one."
    ] = 200


class Elastic(NamedTuple):
    """The Elasticsearch that ``codesentinel satellites ship`` writes to."""

    url: Annotated[str, "Of the cluster."] = ""
    api_key: Annotated[str, Secret(), "An API key that may write the data stream."] = ""
    api_key_file: Annotated[str, "File with that key."] = ""
    ca_file: Annotated[str, "Certificate of the authority that signed the cluster's."] = ""
    namespace: Annotated[str, "The last part of the data stream's name."] = "default"
    timeout_seconds: Annotated[float, Between(0.1, 600), SECONDS, "How long one answer may take."] = 30.0


class Satellites(NamedTuple):
    """Runs of procedures that agents follow."""

    run_limit_seconds: Annotated[
        float, Between(60, 2592000), SECONDS, "A run that is open so long is taken for aborted."
    ] = 4 * 3600.0
    longest_procedure_lines: Annotated[
        int, Between(10, 100_000), "`lint` calls a procedure with more lines too long to follow."
    ] = 200
    most_steps: Annotated[
        int, Between(3, 10_000), "`lint` calls a procedure with more steps too long to follow."
    ] = 25


class Mcp(NamedTuple):
    """What agents may do over the Model Context Protocol, beside reading and reporting on procedures."""

    writes: Annotated[
        str,
        "Operations that write and that agents may call too, by name, such as `deploy.record`; separated by"
        " blanks.",
    ] = ""


class Log(NamedTuple):
    """The append-only record of what was done."""

    fsync: Annotated[
        str, OneOf(("never", "always")), "Whether each record reaches the disk before it counts as written."
    ] = "never"


class Agent(NamedTuple):
    """Who acts; written on every record."""

    id: Annotated[str, "Name of the person or agent; empty means the login name."] = ""


class Session(NamedTuple):
    """What groups the records of one piece of work."""

    id: Annotated[str, "Shared by several commands; empty means one session a process."] = ""


class Settings(NamedTuple):
    """All sections, with their defaults."""

    stack: Stack = Stack()
    remote: Remote = Remote()
    sources: Sources = Sources()
    grafana: Grafana = Grafana()
    alerting: Alerting = Alerting()
    mixin: Mixin = Mixin()
    review: Review = Review()
    process: Process = Process()
    deploy: Deploy = Deploy()
    cloudwatch: Cloudwatch = Cloudwatch()
    instrument: Instrument = Instrument()
    elastic: Elastic = Elastic()
    collect: Collect = Collect()
    fleet: Fleet = Fleet()
    s3: S3 = S3()
    satellites: Satellites = Satellites()
    mcp: Mcp = Mcp()
    log: Log = Log()
    agent: Agent = Agent()
    session: Session = Session()
