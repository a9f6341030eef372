"""The environment of a child that is not measured: what measures imports libraries, and stands in the way of signals."""

from __future__ import annotations

import os

UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
