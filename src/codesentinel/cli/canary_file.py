"""``--config`` of the commands on canaries: here it is ``canary.yaml``, and not the settings."""

from __future__ import annotations

from codesentinel.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_canary_file(parser: argparse.ArgumentParser) -> None:
    """The option."""
    parser.add_argument(
        "--config",
        dest="files",
        action="append",
        metavar="FILE",
        help="what is judged, and how the traffic is moved (default: canary.yaml)",
    )


def canary_file(args: argparse.Namespace) -> str:
    """What was given.

    Raises:
        UsageError: it was given twice, maybe once in the sense that it has elsewhere.
    """
    files = args.files or ["canary.yaml"]
    if len(files) > 1:
        raise UsageError(
            "--config was given twice",
            hint="here it names canary.yaml; settings are read from codesentinel.toml and the environment",
        )
    return str(files[0])
