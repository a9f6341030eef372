"""The options of what serves: where it listens, and what it takes to be reached from elsewhere."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from codesentinel.web.serve import Reach


def add_options(parser: argparse.ArgumentParser, port: int) -> None:
    """Address, port, the file with the token, and names."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=port, help="port (default: %(default)s)")
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
        help="a name under which this server is reached; may be given again",
    )


def reach(args: argparse.Namespace) -> Reach:
    """Who may reach the server, as the options say.

    Raises:
        UsageError, Refused: the file with the token is not one.
    """
    from codesentinel.operations.token import read_token
    from codesentinel.web.serve import Reach

    token = read_token(args.token_file) if args.token_file else ""
    return Reach(args.host, token, tuple(args.host_name))
