"""``codesentinel profile import`` and ``export``."""

from __future__ import annotations

from codesentinel.cli.options import examples, moment
from codesentinel.cli.output import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """Which file, and which format."""
    if name == "profile import":
        _import_options(parser)
    else:
        _export_options(parser)


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="gzipped or not")
    parser.add_argument("--service", required=True, metavar="NAME", help="of which service")
    parser.add_argument("--host", default="", metavar="NAME", help="default: this one")
    parser.add_argument("--revision", default="", metavar="REV", help="default: as deployed, or git's")
    parser.add_argument("--started-at", type=moment, metavar="TIME", help="default: as the file says, or now")
    parser.add_argument(
        "--format", default="", metavar="NAME", help="py-spy, collapsed, speedscope, pprof or perf (seen)"
    )
    parser.description = (
        "Keep a profile of another profiler: py-spy's raw output, collapsed stacks, speedscope, pprof, and\n"
        "what `perf script` prints."
    )
    parser.epilog = examples(
        "codesentinel profile import cpu.pprof --service shop --revision 1f3a",
        "codesentinel profile import perf.txt --service shop --format perf",
    )
    parser.set_defaults(run=_import)


def _export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", metavar="PROFILE", help="an id, a file, or latest")
    parser.add_argument("output", metavar="FILE", help="where to write it")
    parser.add_argument(
        "--format", default="speedscope", metavar="NAME", help="speedscope, collapsed or pprof"
    )
    parser.add_argument("--service", default="", metavar="NAME", help="only of this service")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.description = "Write a profile as a file for other viewers."
    parser.epilog = examples(
        "codesentinel profile export latest shop.speedscope.json",
        "codesentinel profile export 3f2a shop.pb.gz --format pprof",
    )
    parser.set_defaults(run=_export)


def _import(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.files import import_file

    found = import_file(
        context,
        path=args.file,
        kind=args.format,
        service=args.service,
        host=args.host,
        revision=args.revision,
        started_at=args.started_at,
    )

    def text() -> str:
        from codesentinel.render.profile_text import stored_text

        return stored_text(found)

    return Outcome("profile.import", found, text)


def _export(context: Context, args: argparse.Namespace) -> Outcome:
    from codesentinel.operations.profile.files import export

    found = export(
        context,
        profile=args.profile,
        output=args.output,
        kind=args.format,
        service=args.service,
        overwrite=args.overwrite,
    )
    return Outcome("profile.export", found, lambda: f"{found.samples} samples written as {found.format}")
