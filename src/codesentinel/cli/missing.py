"""Which extra brings a library that was not found: for commands that find out only in the middle."""

from __future__ import annotations

from codesentinel.model.errors import NotInstalled

_EXTRAS = {
    "trends": ("numba", "numpy", "scipy"),
    "models": ("pandas", "statsforecast"),
    "plots": ("matplotlib",),
    "archive": ("duckdb",),
    "web": ("starlette", "uvicorn"),
    "mcp": ("anyio", "mcp"),
    "dashboards": ("promql_parser",),
    "profile": ("google", "py_spy"),
    "canary": ("envoy", "lightkube"),
    "satellites": ("markdown_it", "opentelemetry", "statsmodels"),
    "cloud": ("boto3", "botocore"),
    "elastic": ("elasticsearch",),
    "fleet": ("pyarrow",),
    "dask": ("dask", "distributed", "fugue"),
    "ray": ("ray",),
    "spark": ("pyspark",),
}


def not_installed(error: ModuleNotFoundError) -> NotInstalled | None:
    """What is to be installed; None where the module belongs to no extra."""
    module = (error.name or "").partition(".")[0]
    for extra, modules in _EXTRAS.items():
        if module in modules:
            return NotInstalled(
                f"this needs the {extra} extra ({module} is missing)",
                hint=f"pip install 'codesentinel[{extra}]'",
            )
    return None
