"""``calamum``: the harness that attacks the installed program. Its targets are not built yet."""

from __future__ import annotations

import sys

from codesentinel import __version__
from codesentinel.cli.options import Parser
from codesentinel.model.errors import UsageError

NOTHING_COULD_RUN = 3


def main() -> int:
    """Answer ``--help`` and ``--version``; anything else says honestly that nothing can run."""
    parser = Parser(prog="calamum", description="Attacks codesentinel itself. No target is built yet.")
    parser.add_argument("--version", action="version", version=f"calamum {__version__}")
    parser.add_argument("words", nargs="*", metavar="test|list|clean")
    try:
        parser.parse_known_args()
    except UsageError as exc:
        sys.stderr.write(f"calamum: {exc.message}\n")
        return exc.exit_status
    sys.stderr.write("calamum: no target is built yet, so nothing could run\n")
    return NOTHING_COULD_RUN
