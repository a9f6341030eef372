"""Samples for a plain Prometheus: a file for promtool, or its blocks."""

from __future__ import annotations

import os
import shlex
import time
from typing import TYPE_CHECKING

from codesentinel.act import promtool
from codesentinel.act.new_file import check_free, draft_of, drafted, forget, publish
from codesentinel.model.errors import NotInstalled, Refused, UsageError
from codesentinel.operations.rule_tools import promtool_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codesentinel.analysis.backfill.tally import Tally
    from codesentinel.model.samples import Samples
    from codesentinel.operations.base import Context

_HEAD_SECONDS = 3 * 3600.0
"""What a running Prometheus still holds in memory: blocks of that time would overlap it."""


class Blocks:
    """Where the file goes, and the data folder; of the two one may be empty.

    A file that nobody named lies beside the data folder, and stays only where promtool fails.

    Raises:
        Refused, Failed: the file is there already, or the folder is no Prometheus' data.
        NotInstalled: there is no promtool to fill the folder with.
    """

    def __init__(self, context: Context, path: str, folder: str, *, overwrite: bool) -> None:
        self._path = path or f"{folder.rstrip('/')}.openmetrics"
        self._is_kept = bool(path)
        self._folder = folder
        self._overwrite = overwrite
        self._program = str(promtool_path(context) or "")
        if folder:
            promtool.check_data_folder(folder)
            if not self._program:
                raise NotInstalled("promtool is not there", hint="Debian: apt-get install prometheus")
        check_free(self._path, overwrite=overwrite)

    def check(self, tally: Tally, confirms: Callable[[str], bool] | None) -> None:
        """See that promtool could take what was counted, and that it is wanted.

        Raises:
            UsageError: samples are not in the order that Prometheus asks for.
            Refused: they are too new, or nobody confirmed.
        """
        if any(not seen.is_ascending for seen in tally.series.values()):
            raise UsageError(
                "the samples of a series are not in the order of time, as promtool needs them",
                hint="sort the file, or write into a VictoriaMetrics, which takes any order",
            )
        if not self._folder:
            return
        span = tally.span_ms
        if span and span[1] / 1000 > time.time() - _HEAD_SECONDS:
            raise Refused(
                "samples of the last three hours would overlap what Prometheus holds in memory",
                hint="leave them out, or write into a VictoriaMetrics",
            )
        question = f"let promtool write blocks of {tally.read} samples into {self._folder}?"
        if confirms is None or not confirms(question):
            raise Refused(f"not confirmed: {question}", hint="repeat it with --yes")

    def write(self, batches: Iterable[list[Samples]], span_seconds: float) -> tuple[int, str]:
        """Write the file, and the blocks where a folder was given; how many samples, and what is to do next.

        Raises:
            Failed: it could not be done.
        """
        draft = draft_of(self._path)
        with drafted(draft) as file:
            written = promtool.write_openmetrics(file, batches)
        publish(draft, self._path, overwrite=self._overwrite)
        path = os.path.abspath(self._path)
        program = self._program or "promtool"
        if self._folder:
            promtool.make_blocks(promtool.command(program, path, self._folder, span_seconds))
            if not self._is_kept:
                forget(path)
            return written, "restart Prometheus, or wait until it looks for new blocks (a minute)"
        argv = promtool.command(program, path, "PROMETHEUS_DATA_FOLDER", span_seconds)
        return written, f"next: {shlex.join(argv)}"
