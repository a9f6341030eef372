"""Manifests as Helm and kustomize make them, and what their schemas say of them."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from npm_packages import modules

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "infrastructure" / "helm" / "codesentinel"
OVERLAYS = ROOT / "infrastructure" / "kubernetes" / "overlays"
PROJECT = ROOT / "tests" / "kubernetes"
OLDEST, NEWEST = "1.29", "1.37"

Manifest = dict[str, Any]

needs_kustomize = pytest.mark.skipif(
    shutil.which("kubectl") is None and shutil.which("kustomize") is None,
    reason="no kubectl and no kustomize here: what overlays make of the base is not seen",
)


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Helm on the chart."""
    program = Path(sys.executable).with_name("helm")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def charted(values: str = "", *options: str) -> list[Manifest]:
    """What the chart gives with these values, written as YAML."""
    words = ["template", "codesentinel", str(CHART), "--namespace", "codesentinel", "-f", "-", *options]
    program = Path(sys.executable).with_name("helm")
    done = subprocess.run([program, *words], input=values, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


@functools.cache
def overlaid(name: str) -> str:
    """The text that kustomize makes of an overlay."""
    program = ["kustomize", "build"] if shutil.which("kustomize") else ["kubectl", "kustomize"]
    done = subprocess.run(
        [*program, str(OVERLAYS / name)], capture_output=True, text=True, check=False, env=_no_cluster()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def documents(text: str) -> list[Manifest]:
    """The objects in a text."""
    return [one for one in yaml.safe_load_all(text) if one]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one object of this kind and name."""
    (found,) = [one for one in manifests if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def wrong_with(manifests: list[Manifest], versions: tuple[str, ...] = (OLDEST, NEWEST)) -> list[str]:
    """Every mistake that the schemas find; Kubernetes' own for its kinds, the definitions' for the others."""
    own = [one for one in manifests if _is_built_in(one)]
    others = [one for one in manifests if not _is_built_in(one)]
    found = [text for one in own for version in versions if (text := _built_in(one, version))]
    return found + (_custom(others) if others else [])


def _is_built_in(manifest: Manifest) -> bool:
    group = manifest["apiVersion"].rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _built_in(manifest: Manifest, version: str) -> str:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        where = ".".join(str(part) for part in error.path)
        return f"{manifest['kind']} {manifest['metadata']['name']} {where}: {error.message}"
    return ""


def _custom(manifests: list[Manifest]) -> list[str]:
    folder = modules(PROJECT)
    script = folder.parent / "strict.mjs"
    script.write_text((PROJECT / "strict.mjs").read_text())
    lines = "".join(json.dumps(one) + "\n" for one in manifests)
    done = subprocess.run(["node", script], input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        f"{one['kind']} {one['metadata']['name']} {text}"
        for one, answer in zip(manifests, answers, strict=True)
        for text in answer
    ]


def _no_cluster() -> dict[str, str]:
    return {**os.environ, "KUBECONFIG": os.devnull}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The pod's specification of everything that runs."""
    return {
        re.sub(r"^codesentinel-", "", one["metadata"]["name"]): one["spec"]["template"]
        for one in manifests
        if one["kind"] in {"DaemonSet", "Deployment", "Job", "StatefulSet"}
    }
