"""The files that rules are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.act.provision import read_text
from codesentinel.config.settings import Mixin
from codesentinel.mixin.objectives import DEFAULT, Objectives, objectives
from codesentinel.model.errors import ConfigurationError

if TYPE_CHECKING:
    from codesentinel.operations.base import Context


def read_objectives(context: Context) -> Objectives:
    """What ``mixin.objectives_file`` says; the built-in objectives where the default file is absent.

    Raises:
        ConfigurationError: with every mistake in the file, or because there is none.
    """
    file = context.settings.mixin.objectives_file
    text = read_text(context.root / file)
    if text is not None:
        return objectives(_document(text, file), file)
    if file != Mixin().objectives_file:
        raise ConfigurationError("the settings", [f"mixin.objectives_file: no such file: {file}"])
    return DEFAULT


def _document(text: str, file: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as exc:
        problem = " ".join(str(exc).split())
        raise ConfigurationError(file, [f"not valid YAML: {problem}"]) from exc
