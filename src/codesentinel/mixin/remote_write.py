"""Where Prometheus writes every sample for the long term: our own storage, and one of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OWN_NAME = "history"
EXTERNAL_NAME = "external"

_PROMPT = {
    "batch_send_deadline": "500ms",  # how old a sample grows before it is sent in a batch that is not full
    "max_samples_per_send": 5000,
    "capacity": 20000,
    "min_shards": 1,
    "max_shards": 4,
    "min_backoff": "100ms",
    "max_backoff": "5s",
}
"""Prompt rather than frugal: the receiver lies on the same machine or in the same network."""

_FRUGAL = {
    "batch_send_deadline": "5s",
    "max_samples_per_send": 2000,
    "capacity": 10000,
    "min_shards": 1,
    "max_shards": 10,
    "min_backoff": "500ms",
    "max_backoff": "30s",
}
"""For a receiver that others use too, and that may be far away."""


@dataclass(frozen=True, slots=True)
class RemoteStorage:
    """A storage of the user's: a VictoriaMetrics, a Thanos Receive, or whatever takes remote_write.

    Attributes:
        url: with the path, such as ``https://metrics.example/api/v1/receive``.
        username: for basic authentication, with ``password_file``.
        bearer_token_file: for a token instead.
        ca_file: of the authority that signed the receiver's certificate, where it is not a public one.
        cluster: the label that tells our samples from those of others; empty for none.
    """

    url: str
    username: str = ""
    password_file: str = ""
    bearer_token_file: str = ""
    ca_file: str = ""
    cluster: str = ""


def own_storage(url: str) -> dict[str, Any]:
    """An entry of ``remote_write``."""
    return {"name": OWN_NAME, "url": url, "queue_config": dict(_PROMPT)}


def external_storage(storage: RemoteStorage) -> dict[str, Any]:
    """An entry of ``remote_write``; secrets stay in their files, which Prometheus reads itself."""
    entry: dict[str, Any] = {"name": EXTERNAL_NAME, "url": storage.url}
    if storage.password_file:
        entry["basic_auth"] = {"username": storage.username, "password_file": storage.password_file}
    if storage.bearer_token_file:
        entry["authorization"] = {"type": "Bearer", "credentials_file": storage.bearer_token_file}
    if storage.ca_file:
        entry["tls_config"] = {"ca_file": storage.ca_file}
    if storage.cluster:
        entry["write_relabel_configs"] = [{"target_label": "cluster", "replacement": storage.cluster}]
    return entry | {"queue_config": dict(_FRUGAL)}
