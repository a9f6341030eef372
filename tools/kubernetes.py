"""Write infrastructure/kubernetes/{base,canary,monitoring} from the Helm chart, the one source of both.

Usage: python tools/kubernetes.py [--check]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

INFRASTRUCTURE = Path(__file__).resolve().parent.parent / "infrastructure"
CHART = INFRASTRUCTURE / "helm" / "codesentinel"
FOLDER = INFRASTRUCTURE / "kubernetes"
HEADER = "# rendered from infrastructure/helm/codesentinel by `make kubernetes`; do not edit\n"
RELEASE = NAMESPACE = "codesentinel"
OF_HELM = ("helm.sh/chart:", "app.kubernetes.io/managed-by:")
"""Labels that say who installed an object: here it is not Helm."""

CANARY = (*"canary.enabled=true canary.route.namespace=shop canary.route.name=shop".split(),)
PARTS = {
    "base": ((), ("accounts", "agent", "judge", "mcp", "network", "settings", "web")),
    "canary": (CANARY, ("canary",)),
    "monitoring": (("monitoring.monitors=true",), ("monitors",)),
}
"""Folder to the values that differ from the chart's defaults, and the templates that are rendered."""


def main() -> int:
    """Write the files; with --check, 1 when one differs."""
    differing = [path for path, text in rendered().items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in differing:
            print(f"differs: {path.relative_to(INFRASTRUCTURE.parent)}")
        return int(bool(differing))
    for path in differing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered()[path])
        print(f"written: {path.relative_to(INFRASTRUCTURE.parent)}")
    return 0


def rendered() -> dict[Path, str]:
    """Every file, and its text."""
    return {
        FOLDER / folder / f"{name}.yaml": HEADER + documents(template(name, values))
        for folder, (values, names) in PARTS.items()
        for name in names
    }


def template(name: str, values: tuple[str, ...]) -> str:
    """What Helm makes of one template."""
    words = [Path(sys.executable).with_name("helm"), "template", RELEASE, CHART, "--namespace", NAMESPACE]
    words += ["--show-only", f"templates/{name}.yaml"]
    if values == CANARY:
        words += ["--set-file", f"canary.config={FOLDER / 'canary.yaml'}"]
    for value in values:
        words += ["--set", value]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def documents(text: str) -> str:
    """Without Helm's own labels and its words on whence a document is."""
    lines = [
        line.rstrip()
        for line in text.splitlines()
        if not line.startswith("# Source: ") and not line.strip().startswith(OF_HELM)
    ]
    return "\n".join(lines).removeprefix("---\n").strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
