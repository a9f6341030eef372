"""The mutants that the target ``canary`` has to notice."""

# ruff: noqa: E501 - lines of the source stand here as they are

from __future__ import annotations

from mutation import Mutation

_LOOP = "operations/canary/rollout_loop.py"
_DECIDE = "analysis/rollout/decide.py"

CANARY = (
    Mutation(
        "a server that cannot be read is a pass",
        "canary/metrics-server-lies",
        _LOOP,
        "        except CodesentinelError as exc:\n            judged = Judged(INCONCLUSIVE, exc.message)",
        '        except CodesentinelError as exc:\n            judged = Judged("PASS", exc.message)',
    ),
    Mutation(
        "no data is a pass",
        "canary/no-data-is-no-pass",
        "operations/canary/rollout_look.py",
        "return Judged(verdict.verdict, verdict.reason, verdict)",
        'return Judged("PASS" if verdict.verdict == INCONCLUSIVE else verdict.verdict, verdict.reason, verdict)',
    ),
    Mutation(
        "harm is held",
        "canary/harm-goes-back",
        _DECIDE,
        "return Decision(ROLL_BACK, judged.reason)",
        'return Decision(HOLD if now < progress.began_at + 8 else ROLL_BACK, "")',
    ),
    Mutation(
        "at the deadline all goes to the canary",
        "canary/no-data-is-no-pass",
        _DECIDE,
        "return Decision(plan.on_deadline, told)",
        "return Decision(PROMOTE, told)",
    ),
    Mutation(
        "traffic need not follow the weights",
        "canary/traffic-does-not-follow",
        _DECIDE,
        "kept >= step.min_seconds and not problem",
        "kept >= step.min_seconds",
    ),
    Mutation(
        "weights are not read back",
        "canary/weights-cannot-be-read-back",
        "act/traffic/envoy.py",
        "while (served := self.read()) != split:",
        "while (served := self.read()) != split and False:",
    ),
    Mutation(
        "weights that somebody else sets are kept",
        "canary/somebody-else-sets-weights",
        _LOOP,
        "if not self._traffic.strays(self._progress.split):",
        "if True:",
    ),
    Mutation(
        "what is meant is not on disk before it is done",
        "canary/killed-and-gone-on-with",
        "operations/canary/rollout_journal.py",
        "        self._log.append(strict_json(record), durable=True)",
        "        if kind != records.INTENT:\n            self._log.append(strict_json(record), durable=True)",
    ),
    Mutation(
        "a rollout that was cut off begins anew",
        "canary/killed-and-gone-on-with",
        "operations/canary/rollout.py",
        "recorder, progress = Recorder(context, plan), journal.progress\n    if progress is None:",
        "recorder, progress = Recorder(context, plan), journal.progress\n    if True:",
    ),
    Mutation(
        "a signal leaves the weights as they are",
        "canary/one-at-a-time",
        _LOOP,
        '                self.act(Decision(RESTORE, "interrupted by a signal"))',
        "                return self._result(INTERRUPTED, None)",
    ),
    Mutation(
        "two workspaces move the same traffic",
        "canary/one-at-a-time",
        "act/traffic/claim.py",
        'claim.bind(f"\\0codesentinel-canary-{digest}")',
        'digest and claim.bind("")',
    ),
    Mutation(
        "damage to the journal is passed over",
        "canary/forged-journal",
        "operations/canary/rollout_journal.py",
        "                raise self._damaged(str(exc)[:_SHOWN_CHARACTERS]) from exc",
        "                del exc",
    ),
    Mutation(
        "weights are set that the plan does not have",
        "canary/forged-journal",
        "operations/canary/rollout_journal.py",
        "if self.progress is not None and (problem := contradiction(plan, self.progress)):",
        "if False and self.progress is not None and (problem := contradiction(plan, self.progress)):",
    ),
    Mutation(
        "a lock empties what it leads to",
        "canary/lock-leads-elsewhere",
        "act/single.py",
        "os.O_NOFOLLOW",
        "os.O_TRUNC",
    ),
    Mutation(
        "an answer that drips is waited for",
        "canary/metrics-server-lies",
        "capture/http_pace.py",
        "        return waited > self._patience_seconds + self.arrived / SLOWEST_BYTES_PER_SECOND",
        "        return waited > 1e9",
    ),
    Mutation(
        "a rollout begins that nobody can judge",
        "canary/nobody-counts",
        "operations/canary/rollout.py",
        "        look.check()\n",
        "        pass\n",
    ),
    Mutation(
        "rollouts that were cut off are not told",
        "canary/killed-and-gone-on-with",
        "operations/canary/rollout_watch.py",
        "        if progress is not None:\n",
        "        if False and progress is not None:\n",
    ),
)
