"""The tables of commands and shared options, and the help that is made of them.

``codesentinel --help`` reads this file and imports none of the commands, and no argument parser either.
"""

from __future__ import annotations

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("up", "run the monitoring stack and say what needs attention", "stack"),
    ("down", "stop the stack of this workspace", "stack"),
    ("status", "show what runs, where, and since when", "stack"),
    ("doctor", "check the set-up and say how to mend it", "doctor"),
    ("review", "list what needs attention now, most urgent first", "review"),
    ("alerts build", "write alert rules and routing from the code", "alerts"),
    ("alerts check", "say what is wrong with rules and routing, and how to mend it", "checks"),
    ("alerts test", "run the unit tests of rules, and try where alerts go", "alerts_test"),
    ("alerts quality", "say which alerts are not worth their noise, and what to change", "alerts_quality"),
    ("dashboards build", "write Grafana's dashboards from the code", "dashboards"),
    ("dashboards provision", "write what Grafana and Docker Compose deploy", "dashboards"),
    ("dashboards kubernetes", "write rules and dashboards as objects of a cluster", "dashboards"),
    ("dashboards push", "write dashboards into a Grafana over its API", "dashboards_push"),
    ("dashboards serve", "show dashboards, findings and alerts in a browser", "viewer"),
    ("metrics query", "ask Prometheus or the long history in PromQL", "metrics_query"),
    ("dashboards check", "say what is wrong with dashboards, and how to mend it", "checks"),
    ("metrics serve", "expose codesentinel's metrics and receive alerts", "metrics"),
    ("metrics refill", "copy samples that the long history lost in a crash", "metrics"),
    ("metrics cloudwatch list", "list the series that are read, and what that costs", "cloudwatch"),
    ("metrics cloudwatch read", "read the newest values once", "cloudwatch"),
    ("metrics cloudwatch serve", "expose the newest values to Prometheus", "cloudwatch"),
    ("metrics cloudwatch backfill", "copy a past window into the long history", "cloudwatch"),
    ("metrics backfill", "write samples of a file or a server into the long history", "metrics_backfill"),
    ("metrics export", "write series of a server into Parquet, CSV or JSON lines", "metrics_export"),
    ("metrics cardinality", "say which metric and which label have too many series", "metrics_cardinality"),
    ("metrics size", "say what storing the metrics of so many hosts takes", "metrics_size"),
    ("trends capacity", "say when everything that has a limit is full", "trends_capacity"),
    ("trends forecast", "say what series will be, with an interval that held", "trends_forecast"),
    ("trends seasonality", "say which rhythms are real, and when to scale", "trends_seasonality"),
    ("trends anomalies", "say what is strange in series though no alert fires", "trends_anomalies"),
    ("trends feedback", "say whether a finding on an anomaly was useful or noise", "trends_feedback"),
    ("bottleneck", "say which resource makes a service slow, and on what evidence", "bottleneck"),
    ("profile record", "sample what a Python process does, and keep it", "profile_take"),
    ("profile watch", "sample a service for a few seconds every minute", "profile_take"),
    ("profile report", "say which functions take the time, and how sure that is", "profile_judge"),
    ("profile diff", "say which functions got slower or faster", "profile_judge"),
    ("profile list", "list the profiles on record", "profile_judge"),
    ("profile import", "keep a profile of another profiler", "profile_files"),
    ("profile export", "write a profile for other viewers", "profile_files"),
    ("canary judge", "say whether a canary is worse than its baseline, however often asked", "canary_judge"),
    ("canary simulate", "say what a canary would find, and how long it takes", "canary_simulate"),
    ("canary run", "move traffic to a canary as far as the evidence allows", "canary_run"),
    ("deploy record", "record that a deployment began or ended, or run one", "deploy"),
    ("deploy list", "list deployments, and how often and how well they go", "deploy"),
    ("deploy ingest", "take deployments from a Pushgateway into the log", "deploy"),
    ("deploy retire", "forget a service that is no longer deployed", "deploy"),
    ("memory process system", "list the processes that use most memory, CPU or time", "process_views"),
    ("memory process detail", "show everything about one process", "process_views"),
    ("memory process tree", "show the ancestors and descendants of one process", "process_views"),
    ("memory process group", "sum up processes by command, user or container", "process_views"),
    ("memory process watch", "sample one process for a while", "process_watch"),
    ("memory process top", "keep the busiest processes on the screen", "process_watch"),
    ("memory process snapshot", "write all processes into a file, one JSON line each", "process_records"),
    ("memory process anomalies", "say which processes misbehave, and on what evidence", "process_anomalies"),
    ("memory process kill", "end a process, and be sure that it is that one", "process_kill"),
    ("memory process record", "sample all processes into the log for later replay", "process_records"),
    ("satellites list", "list the instruction files for agents, and their procedures", "satellites"),
    ("satellites show", "show one procedure", "satellites"),
    ("satellites lint", "say what is wrong with instruction files, and how to mend it", "satellites"),
    ("satellites pin", "keep the ids of procedures in satellites.lock", "satellites"),
    ("satellites start", "record that an agent begins to follow a procedure", "satellites_runs"),
    ("satellites finish", "record how that ended, or have a command find out", "satellites_runs"),
    ("satellites run", "run a command that carries out a procedure, and record both", "satellites_runs"),
    ("satellites close", "take runs for aborted that no end will come for", "satellites_runs"),
    ("satellites hook", "take what an agent's hook says on standard input", "satellites_hook"),
    ("satellites install-hooks", "have an agent's hooks call us, or undo that", "satellites_capture"),
    ("satellites receive", "take what agents' telemetry says, over OTLP/HTTP", "satellites_capture"),
    ("satellites backfill", "read from Claude Code's transcripts what was loaded", "satellites_capture"),
    ("satellites export-skills", "write a SKILL.md for each procedure", "satellites_capture"),
    ("satellites ship", "send what happened with procedures to an Elastic stack", "satellites_ship"),
    ("satellites feedback", "say how clear and how useful a procedure was", "satellites_health"),
    ("satellites review", "say what to rewrite, retire or keep after a quarter", "satellites_health"),
    ("satellites health", "say which procedures fail, drag, or got better with an edit", "satellites_health"),
    ("collect", "deliver the records of this host to a store that hosts share", "collect"),
    ("mcp", "serve the operations as tools for agents", "mcp"),
    ("completion", "complete commands and options in your shell", "completion"),
    ("memory log", "list what was done, newest last", "memory_log"),
    ("memory search", "find text in the log and in its archives", "memory_log"),
    ("memory verify", "check that nobody changed the log", "memory_log"),
    ("memory archive", "move old events into Parquet files, still readable", "memory_log"),
    ("memory index get", "show one record by its key", "memory_index"),
    ("memory index scan", "list the records below a path", "memory_index"),
    ("memory index subtree", "list a process's descendants in a snapshot", "memory_index"),
    ("memory index stats", "count records by domain and action", "memory_index"),
    ("memory index rebuild", "make the index anew from the log", "memory_index"),
    ("memory index verify", "check the index against the log", "memory_index"),
)
"""Words, what they do, and the file that knows their options."""

GROUPS: tuple[tuple[str, str], ...] = (
    ("alerts", "alert rules and routing as code"),
    ("dashboards", "Grafana's dashboards as code, checked, and a viewer for them"),
    ("metrics", "codesentinel's own metrics, and the long history"),
    ("metrics cloudwatch", "metrics of AWS CloudWatch, in Prometheus' names and base units"),
    ("trends", "what series are heading for, what their rhythm is, and what is strange in them"),
    ("profile", "see what programs spend their time on, and what changed"),
    ("canary", "a new version beside the old one: judged, rolled out, and simulated before"),
    ("deploy", "deployments on record, and the DORA keys"),
    ("satellites", "instruction files for agents: whether their procedures are used, and work"),
    ("memory", "processes now and in the past, and the log of what was done"),
    ("memory process", "inspect processes, and end them safely"),
    ("memory index", "find records by their path"),
)
"""Words that only lead to other words."""

GLOBAL_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("--json", "", "print one JSON document"),
    ("--workspace", "DIR", "workspace root (default: found from here)"),
    ("--config", "FILE", "settings file instead of codesentinel.toml"),
    ("--quiet", "", "no progress on standard error"),
    ("--debug", "", "show tracebacks"),
    ("--no-color", "", "no colour in a terminal"),
)
"""Name, metavar of its value (empty for a flag), and meaning; allowed before and after a command."""

EXAMPLES = {
    "": ("codesentinel up", "codesentinel review --since 24h", "codesentinel COMMAND --help"),
    "metrics": ("codesentinel metrics query 'up == 0'", "codesentinel metrics backfill old.om --dry-run"),
    "metrics cloudwatch": (
        "codesentinel metrics cloudwatch list",
        "codesentinel metrics cloudwatch backfill --since 30d --dry-run",
    ),
    "alerts": ("codesentinel alerts build", "codesentinel alerts check --offline"),
    "dashboards": ("codesentinel dashboards build", "codesentinel dashboards check --offline"),
    "trends": (
        "codesentinel trends capacity --horizon 14d",
        "codesentinel trends anomalies 'service:http_server_requests:rate' --since 7d",
        "codesentinel trends forecast 'service:http_server_requests:rate' --horizon 24h",
        "codesentinel trends seasonality 'service:http_server_requests:rate' --capacity-per-unit 150",
    ),
    "canary": (
        "codesentinel canary judge --baseline 'version=\"1\"' --canary 'version=\"2\"' --config canary.yaml",
        "codesentinel canary run --dry-run",
    ),
    "profile": (
        "codesentinel profile record --service shop --duration 60s",
        "codesentinel profile report --tree",
    ),
    "deploy": (
        "codesentinel deploy record --service shop -- ./deploy.sh",
        "codesentinel deploy list --since 90d",
    ),
    "satellites": (
        "codesentinel satellites list",
        "codesentinel satellites run github/PROC-1 -- make release",
        "codesentinel satellites ship --segments",
    ),
    "memory": ("codesentinel memory process system", "codesentinel memory process --help"),
    "memory index": (
        "codesentinel memory index stats",
        "codesentinel memory index scan process/process_kill",
    ),
    "memory process": (
        "codesentinel memory process system --sort cpu --limit 10",
        "codesentinel memory process kill --pid 4711 --reason 'holds the deploy lock'",
    ),
}


def split_command(words: list[str]) -> tuple[str, list[str]]:
    """The words of the command, and all the others in their order.

    Options and their values are stepped over. The command is as long as the table knows it; an unknown
    word ends it and is part of it, so that it can be told. Empty when there is no word.
    """
    valued = {name for name, metavar, _ in GLOBAL_OPTIONS if metavar}
    groups = {name for name, _ in GROUPS}
    name, rest, skip = "", list(words), False
    for word in words:
        if skip or word.startswith("-"):
            skip = word in valued and not skip
            continue
        rest.remove(word)
        name = f"{name} {word}".lstrip()
        if name not in groups:
            break
    return name, rest


def help_text(group: str = "") -> str:
    """What ``--help`` prints without a command, or behind a group's words."""
    options = [
        ("-h, --help", "show this and exit"),
        ("--version", "show the version and exit"),
        *((f"{name} {metavar}".rstrip(), text) for name, metavar, text in GLOBAL_OPTIONS),
    ]
    about = dict(GROUPS).get(group, "measures what acts on this system and says what needs attention")
    return "\n".join(
        [
            f"usage: {' '.join(['codesentinel', *group.split(), 'COMMAND'])} [options]",
            "",
            f"{about[0].upper()}{about[1:]}.",
            "",
            "commands:",
            *_columns(list(below(group))),
            "",
            "options, before or after the command:",
            *_columns(options),
            "",
            "examples:",
            *(f"  {line}" for line in EXAMPLES[group]),
        ]
    )


def below(group: str) -> tuple[tuple[str, str], ...]:
    """The next words after those of ``group``, with what they do."""
    start = f"{group} " if group else ""
    known = [(name, text) for name, text, _ in COMMANDS] + list(GROUPS)
    found = {name.removeprefix(start): text for name, text in known if name.startswith(start)}
    return tuple((word, text) for word, text in found.items() if " " not in word and word != group)


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    return [f"  {name:<17} {text}" for name, text in rows]
