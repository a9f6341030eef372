"""The mutants: where codesentinel is broken, how, and which target has to notice."""

# ruff: noqa: E501 - lines of the source stand here as they are

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """One line of one file, as it is and as it is broken."""

    name: str
    target: str
    file: str
    old: str
    new: str


_KILL = "kill-safety"
_KILLING = "operations/process/killing.py"
_GUARDS = "analysis/processes/guards.py"
_LIMITS = "analysis/processes/limits.py"

MUTATIONS = (
    Mutation(
        "a group's id is taken for a process",
        _KILL,
        "operations/process/kill.py",
        "if handle.pid <= 0:",
        "if handle.pid < -9:",
    ),
    Mutation("ancestors are not guarded", _KILL, _GUARDS, "if process.pid in own_line:", "if False:"),
    Mutation(
        "protected names are not guarded",
        _KILL,
        _GUARDS,
        'return name if name in protected else ""',
        'return ""',
    ),
    Mutation(
        "own servers are not guarded",
        _KILL,
        _GUARDS,
        "if is_own_server(subject.argv) or is_own_server(subject.parent_argv):",
        "if False:",
    ),
    Mutation(
        "a handle of another process is taken",
        _KILL,
        _KILLING,
        "if not self._handle.is_bare and (why :=",
        "if False and (why :=",
    ),
    Mutation(
        "nobody has to confirm",
        _KILL,
        _KILLING,
        '        if permit.asker is None:\n            self.outcome.refuse("there is no terminal',
        '        if permit.asker is None:\n            return True\n            self.outcome.refuse("there is no terminal',
    ),
    Mutation(
        "a no is taken for a yes, and nothing is looked at again",
        _KILL,
        _KILLING,
        "    def _check_again(self) -> bool:\n",
        "    def _check_again(self) -> bool:\n        self.target.send = lambda name: not __import__('os').kill(self.process.pid, __import__('signal').Signals[name])\n        return True\n",
    ),
    Mutation("a dry run kills", _KILL, _KILLING, "        if permit.dry_run:\n", "        if False:\n"),
    Mutation(
        "force needs no reason",
        _KILL,
        "operations/process/kill.py",
        "if yes and force and not reason.strip():",
        "if False:",
    ),
    Mutation(
        "the record comes after the signal",
        _KILL,
        _KILLING,
        "        plan, permit = self.plan, self.permit\n        metadata = {",
        "        return True\n        plan, permit = self.plan, self.permit\n        metadata = {",
    ),
    Mutation(
        "a kill goes on though it cannot be recorded",
        _KILL,
        _KILLING,
        '        self.outcome.refuse("the intent could not be recorded, and nothing is ended off the record")\n        return False',
        "        return True",
    ),
    Mutation(
        "SIGKILL comes first",
        _KILL,
        _KILLING,
        'if not self.send(self.target, "SIGTERM"):',
        'if not self.send(self.target, "SIGKILL"):',
    ),
    Mutation(
        "SIGKILL needs no leave",
        _KILL,
        _KILLING,
        "        if not permit.force:\n            because",
        "        if False:\n            because",
    ),
    Mutation(
        "what lives is told as ended",
        _KILL,
        _KILLING,
        'outcome.outcome = "ended" if ended else "alive"',
        'outcome.outcome = "ended"',
    ),
    Mutation(
        "the whole tree is always ended",
        _KILL,
        "operations/process/kill.py",
        "return end_tree(killing) if tree else killing.end()",
        "return end_tree(killing)",
    ),
    Mutation(
        "of a tree the root alone is ended",
        _KILL,
        "operations/process/kill.py",
        "return end_tree(killing) if tree else killing.end()",
        "return killing.end()",
    ),
    Mutation(
        "a stopped process is not continued",
        _KILL,
        _KILLING,
        'if self.process.state in ("T", "t"):',
        "if False:",
    ),
    Mutation("a refusal is exit status 0", _KILL, "model/kill.py", '"refused": 4', '"refused": 0'),
    Mutation(
        "the reason is not recorded",
        _KILL,
        "model/kill.py",
        "        self.reason = reason\n",
        '        self.reason = ""\n',
    ),
    Mutation(
        "names are not escaped",
        "process-telemetry",
        "render/ascii.py",
        '    safe = "".join(c if " " <= c <= "~" and c != "\\\\" else _spelled(c) for c in text)',
        "    safe = text",
    ),
    Mutation(
        "passwords in options are shown",
        "process-telemetry",
        "model/secrets.py",
        '        return (f"{name}{sign}{REDACTED}", False) if value and _is_secret(name) else (word, False)',
        "        return (word, False)",
    ),
    Mutation(
        "passwords in URLs are shown",
        "process-telemetry",
        "model/secrets.py",
        '(r"\\b([a-z][a-z0-9+.-]*://)[^\\s/@]+@", rf"\\1{REDACTED}@"),',
        "",
    ),
    Mutation(
        "the shape of a command line is all of it",
        "process-telemetry",
        "model/argv.py",
        '    return f"<{len(word)}>"',
        "    return word",
    ),
    Mutation(
        "a snapshot is readable by everybody",
        "process-telemetry",
        "store/snapshot.py",
        "os.O_NOFOLLOW, 0o600)",
        "os.O_NOFOLLOW, 0o644)",
    ),
    Mutation(
        "CPU use is always 0",
        "process-telemetry",
        "operations/process/reading.py",
        "self.scan.processes[pid].cpu_ratio = ratio",
        "self.scan.processes[pid].cpu_ratio = 0.0",
    ),
    Mutation(
        "children are not seen",
        "process-telemetry",
        "model/process.py",
        "found.setdefault(process.ppid, []).append(process.pid)",
        "found.setdefault(0, []).append(process.pid)",
    ),
    Mutation(
        "what is gone is told as fine",
        "process-telemetry",
        "model/errors.py",
        '    """There is no verdict: not a pass, not a failure."""\n\n    kind = "could_not_judge"\n    exit_status = 3',
        '    """There is no verdict: not a pass, not a failure."""\n\n    kind = "could_not_judge"\n    exit_status = 0',
    ),
    Mutation(
        "writers do not lock",
        "event-log",
        "store/log.py",
        "                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "                pass",
    ),
    Mutation(
        "a torn tail is not healed",
        "event-log",
        "store/log.py",
        'if end and end[-1:] != b"\\n":',
        "if False:",
    ),
    Mutation(
        "half a record is acknowledged",
        "event-log",
        "store/log.py",
        "            if written != len(line):\n",
        "            if False:\n",
    ),
    Mutation(
        "a record that was not written is acknowledged",
        "event-log",
        "store/session_memory.py",
        "            self._tell_once(domain, exc)\n            return False",
        "            return True",
    ),
    Mutation(
        "records are written over one another",
        "event-log",
        "store/log.py",
        "os.O_RDWR | os.O_APPEND |",
        "os.O_RDWR |",
    ),
    Mutation(
        "the chain is not checked",
        "event-log",
        "store/integrity.py",
        "if link(unsealed(line), before) != stated and",
        "if False and",
    ),
    Mutation(
        "the chain does not chain",
        "event-log",
        "store/chain.py",
        "blake2b(before + record, digest_size=16)",
        "blake2b(record, digest_size=16)",
    ),
    Mutation(
        "a broken chain is exit status 0",
        "event-log",
        "model/record.py",
        "return not any(state.breaks for state in self.domains)",
        "return True",
    ),
    Mutation(
        "fsync is left out", "event-log", "store/log.py", "        os.fsync(self._fd)\n", "        pass\n"
    ),
    Mutation(
        "damage to the index is a defect",
        "archive-index",
        "store/index.py",
        "        except sqlite3.DatabaseError as exc:\n            raise index_schema.damaged(exc) from exc\n        finally:",
        "        except sqlite3.DatabaseError as exc:\n            raise ValueError(str(exc)) from exc\n        finally:",
    ),
    Mutation(
        "a rebuild begins by removing the index",
        "archive-index",
        "store/index.py",
        "                connection, path = index_schema.new_generation(self.folder)\n                try:",
        "                os.path.lexists(index_schema.link_path(self.folder)) and os.unlink(index_schema.link_path(self.folder))\n                connection, path = index_schema.new_generation(self.folder)\n                try:",
    ),
    Mutation(
        "a scan stops early",
        "archive-index",
        "store/index_query.py",
        "(prefix, prefix + END, limit or -1)",
        "(prefix, prefix + END, limit or 50)",
    ),
    Mutation(
        "every Host is admitted",
        "web",
        "web/guard.py",
        "        return bool(hosts) and all(\n            _name(authority) in _NAMES for",
        "        return bool(hosts) and all(\n            True for",
    ),
    Mutation(
        "the viewer listens anywhere",
        "web",
        "web/serve.py",
        "    if not token:\n        raise Refused(",
        "    if False:\n        raise Refused(",
    ),
    Mutation(
        "runaways are not seen",
        "anomalies/faults-are-noticed",
        _LIMITS,
        "demand_ratio = 0.9\n",
        "demand_ratio = 90.0\n",
    ),
    Mutation(
        "leaks of memory are not seen",
        "anomalies/faults-are-noticed",
        _LIMITS,
        "leak_bytes = 3 * MIB\n",
        "leak_bytes = 3_000_000 * MIB\n",
    ),
    Mutation(
        "zombies are not seen",
        "anomalies/faults-are-noticed",
        _LIMITS,
        "zombies = 5\n",
        "zombies = 5_000_000\n",
    ),
    Mutation(
        "storms of forks are not seen",
        "anomalies/storm-is-noticed",
        _LIMITS,
        "starts_per_second = 100.0\n",
        "starts_per_second = 1e9\n",
    ),
    Mutation(
        "everybody is at fault",
        "anomalies/storm-is-noticed",
        _LIMITS,
        "stopped_seconds = 10.0\n",
        "stopped_seconds = 10.0\n    starts_per_second = 0.0\n    demand_ratio = -1.0\n    demand_cpu_seconds = -1.0\n    demand_seconds = 0.0\n",
    ),
    Mutation(
        "pages are not routed",
        "alerting",
        "mixin/alertmanager.py",
        '        routes.append({"receiver": PAGERDUTY, "matchers": [_PAGE], "continue": True})\n',
        "        pass\n",
    ),
    Mutation(
        "tickets are not routed",
        "alerting",
        "mixin/alertmanager.py",
        '        routes.append(slack | {"continue": True})  # a page and its ticket are two messages\n',
        "        pass\n",
    ),
    Mutation(
        "a target that is down is no alert",
        "alerting",
        "mixin/catalog/targets.py",
        'expr=f"sum by (job, service, environment) {UP} == 0",',
        'expr=f"sum by (job, service, environment) {UP} == -1",',
    ),
    Mutation(
        "notifications are not recorded",
        "alerting",
        "operations/notifications.py",
        '        context.memory.log_domain_activity("alerts", event)\n',
        "        pass\n",
    ),
    Mutation(
        "what dies is not restarted",
        "stack",
        "act/services.py",
        'elif self.state.state == "waiting" and time.monotonic() >= self._not_before:',
        "elif False:",
    ),
    Mutation(
        "servers outlive their supervisor",
        "stack",
        "act/child.py",
        "if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) or os.getppid() != parent:",
        "if os.getppid() != parent:",
    ),
)

SURVIVORS = {
    "passwords in options are shown": "a second fence, the patterns for free text, takes the same passwords out",
    "damage to the index is a defect": "the damage is met when the index is opened, before the line that is broken",
    "fsync is left out": "only a power cut would show it: from outside, a killed process loses nothing that the kernel has",
}
"""Why a mutant cannot be caught from outside."""
