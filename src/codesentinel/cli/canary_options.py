"""Options that the commands of ``canary`` share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

CONFIG = "canary.yaml"


def add_canary_config(parser: argparse.ArgumentParser) -> None:
    """``--config`` is what the canary is judged by here; codesentinel's own settings are ``--settings``."""
    parser.add_argument(
        "--config",
        dest="canary_config",
        default=CONFIG,
        metavar="YAML",
        help="what the canary is judged by (%(default)s)",
    )
    parser.add_argument(
        "--settings",
        dest="config",
        default="",
        metavar="FILE",
        help="settings file instead of codesentinel.toml",
    )
