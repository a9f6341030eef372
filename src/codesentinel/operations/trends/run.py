"""``trends ... --run``: very many series, results on the disk as they come, continued after any end."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.errors import UsageError
from codesentinel.model.series_run import SeriesRun
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.engines.place import Place, engine_at
from codesentinel.operations.history import needs_arrays
from codesentinel.operations.trends.asked import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codesentinel.analysis.trends.given import Given
    from codesentinel.operations.trends.run_kinds import Done, Kind
    from codesentinel.store.run_folder import RunFolder

KINDS = ("forecast", "anomalies")
TOGETHER = 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _facts(done: SeriesRun) -> Mapping[str, Any]:
    return {"judged": done.judged, "series": done.series, "parts": done.parts, "before": done.parts_before}


@operation("trends.run", Effect.WRITE, metadata=_facts)
def series_run(
    context: Context,
    query: str = "",
    *,
    name: str,
    what: str,
    parameters: Mapping[str, Any],
    input_path: str = "",
    since_seconds: float | None = None,
    step_seconds: float | None = None,
    end: float | None = None,
    counter: bool = False,
    engine: str = "local",
    workers: int = 0,
    engine_address: str = "",
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> SeriesRun:
    """Judge very many series in a run that has a name, and continue one that was ended before it was done.

    Series are read onto the disk first, then judged in parts of fifty, wherever ``engine`` says. A part's
    results are written as soon as they are there, below ``.codesentinel/runs``, and told to the log; the
    samples are deleted then. A second call with the same name does what is missing, of the same series at the
    same times, and refuses another question. ``parameters`` are those of the command for ``what``.

    Raises:
        UsageError: the name is none, the run asks something else, or a parameter is out of range.
        NoData: there is nothing to judge.
        BadQuery, Unreachable, BadAnswer, NotInstalled, Failed: it could not be read, judged or written.
    """
    one_of(query, input_path)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name} is no name for a run", hint="letters, digits, dots and dashes: --run nightly"
        )
    place = Place(engine, workers, engine_address)
    place.check()
    with needs_arrays():
        from codesentinel.operations.trends.run_kinds import done_part, kind_of, window_of
        from codesentinel.operations.trends.run_read import read_into
        from codesentinel.store.run_folder import RunFolder
    window = window_of(what, parameters, since_seconds, step_seconds)
    source = input_path or without_credentials(url or endpoints(context).history)
    question = {
        "what": what,
        "query": query,
        "input_path": input_path,
        "source": source,
        "counter": counter,
        "since_seconds": None if input_path else window.since_seconds,
        "step_seconds": step_seconds if input_path else window.step_seconds,
        "parameters": dict(parameters),
    }
    kind = kind_of(what, context, question)
    folder = RunFolder(str(context.state_dir / "runs" / name), TOGETHER)
    with folder.held():
        asked = _begun(folder, name, question, end)
        if not folder.is_ready:
            folder.begin({key: value for key, value in asked.items() if key != "state"})
            read_into(folder, context, url, progress)
            asked = folder.asked or {}
        missing, parts = folder.missing(), asked["parts"]
        if missing:
            with engine_at(
                place, series=len(missing) * TOGETHER, milliseconds_each=kind.milliseconds
            ) as where:
                results = where.map(partial(done_part, kind.work), _read(folder, kind, asked, missing))
                for count in _kept(context, name, folder, results):
                    if progress:
                        share = (parts - len(missing) + count) / parts
                        progress(share, round(share * asked["series"]))
        judged = sum(
            not line["could_not_judge_because"] for part in range(parts) for line in folder.lines(part)
        )
        kept = context.relative(f"{folder.path}/results")
        return SeriesRun(
            name, what, asked["source"], kept, asked["series"], judged, parts, parts - len(missing)
        )


def _begun(folder: RunFolder, name: str, question: Mapping[str, Any], end: float | None) -> dict[str, Any]:
    """What the run asks, the same as before where it was begun before.

    Raises:
        UsageError: it asks something else.
    """
    asked = folder.asked
    if asked is None:
        return {**question, "end": time.time() if end is None else end}
    for key, value in {**question, **({} if end is None else {"end": end})}.items():
        if asked.get(key) != value:
            raise UsageError(
                f"the run {name} asks for another {key}: {asked.get(key)}, not {value}",
                hint="give the question that it was begun with, or name another run",
            )
    return asked


def _read(
    folder: RunFolder, kind: Kind, asked: dict[str, Any], missing: list[int]
) -> Iterator[tuple[int, Any]]:
    from codesentinel.analysis.trends.given import Given
    from codesentinel.operations.trends.run_read import in_order

    for number in missing:
        given: list[Given] = [Given(*in_order(asked, series)) for series in folder.read(number)]
        yield number, kind.prepared(given)


def _kept(
    context: Context, name: str, folder: RunFolder, results: Iterator[tuple[int, Done]]
) -> Iterator[int]:
    """Write each part's results, and into the log that they are there; how many parts that were."""
    began = time.perf_counter()
    for count, (number, done) in enumerate(results, start=1):
        path = folder.write(number, done.lines)
        spent, began = time.perf_counter() - began, time.perf_counter()
        context.memory.log_domain_activity(
            "trends",
            {
                "action": "trends.part",
                "success": True,
                "duration_ms": round(spent * 1000, 3),
                "files_modified": [context.relative(path)],
                "metadata": {
                    "run": name,
                    "part": number,
                    "series": len(done.lines),
                    "judged": done.judged,
                },
            },
        )
        yield count
