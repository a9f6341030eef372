"""``codesentinel dashboards serve``: the viewer in a browser."""

from __future__ import annotations

from codesentinel.cli.exposure import add_options, reach
from codesentinel.cli.options import examples

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.operations.base import Context


def add_to(parser: argparse.ArgumentParser, _: str) -> None:
    """The options of ``dashboards serve``."""
    parser.description = "Show dashboards, findings and alerts in a browser; no Grafana is needed."
    parser.epilog = examples(
        "codesentinel dashboards serve",
        "codesentinel dashboards serve --folder my-dashboards",
        "codesentinel dashboards serve --host 0.0.0.0 --token-file viewer.token",
    )
    add_options(parser, 8700)
    parser.add_argument(
        "--folder",
        action="append",
        metavar="DIR",
        default=[],
        help="show the dashboards (*.json) of this folder too; may be given again",
    )
    parser.set_defaults(run=_serve)


def _serve(context: Context, args: argparse.Namespace) -> None:
    from functools import partial

    from codesentinel.operations.viewer.shelf import named_folder
    from codesentinel.web.serve import serve, viewer_app

    folders = tuple(named_folder(text) for text in args.folder)
    app = partial(viewer_app, reach=reach(args), folders=folders)
    serve(context, host=args.host, port=args.port, create_app=app, guarded=True)
