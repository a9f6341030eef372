"""Settings: one file, the environment, then options; read strictly, all mistakes told together."""

from codesentinel.config.read import read_settings
from codesentinel.config.settings import Settings
from codesentinel.config.workspace import find_workspace

__all__ = ["Settings", "find_workspace", "read_settings"]
