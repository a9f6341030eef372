"""The simulated resources of the benchmark, for tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).resolve().parent.parent / "benchmarks" / "trends" / "resources.py"
_spec = importlib.util.spec_from_file_location("simulated_resources", _PATH)
_module = importlib.util.module_from_spec(_spec)
sys.modules["simulated_resources"] = _module
_spec.loader.exec_module(_module)

KINDS, FUTURE, simulate = _module.KINDS, _module.FUTURE, _module.simulate
