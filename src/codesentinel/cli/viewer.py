"""``codesentinel dashboards serve``: the viewer in a browser."""

from __future__ import annotations

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
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8700, help="port (default: %(default)s)")
    parser.add_argument(
        "--folder",
        action="append",
        metavar="DIR",
        default=[],
        help="show the dashboards (*.json) of this folder too; may be given again",
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        default="",
        help="ask for the token that FILE holds; needed for any address but a loopback one",
    )
    parser.add_argument(
        "--host-name",
        action="append",
        metavar="NAME",
        default=[],
        help="a name under which browsers reach this server; may be given again",
    )
    parser.set_defaults(run=_serve)


def _serve(context: Context, args: argparse.Namespace) -> None:
    from functools import partial

    from codesentinel.operations.viewer.shelf import named_folder
    from codesentinel.operations.viewer.token import read_token
    from codesentinel.web.serve import serve, viewer_app

    token = read_token(args.token_file) if args.token_file else ""
    app = partial(
        viewer_app,
        host=args.host,
        folders=tuple(named_folder(text) for text in args.folder),
        token=token,
        names=tuple(args.host_name),
    )
    serve(context, host=args.host, port=args.port, create_app=app, guarded=True)
