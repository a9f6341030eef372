"""Settings of records that leave their host, and of those that read them together."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from codesentinel.config.kinds import SECONDS, Between, Secret


class Collect(NamedTuple):
    """What ``codesentinel collect`` delivers, and how."""

    to: Annotated[
        str,
        "Where to: s3://BUCKET/PREFIX, file:///FOLDER, a folder, or `elastic` for the cluster of [elastic].",
    ] = ""
    host_name: Annotated[str, "The host that records are of; empty means the name of this machine."] = ""
    domains: Annotated[str, "Only these domains of the log, separated by blanks; empty means all."] = ""
    flush_seconds: Annotated[
        float,
        Between(0.2, 3600),
        SECONDS,
        "How often the log is looked at: records arrive as late, in as few objects.",
    ] = 10.0
    buffer_bytes: Annotated[
        int,
        Between(1_000_000, 10**12),
        "What may wait on the disk beside the log; beyond it the log itself waits.",
    ] = 256_000_000
    block_bytes: Annotated[
        int, Between(10_000, 100_000_000), "How much of a log is held in memory at a time."
    ] = 1_000_000
    state_dir: Annotated[
        str, "Where the buffer is kept; empty means .codesentinel/collect of the workspace."
    ] = ""
    stop_seconds: Annotated[
        float, Between(0, 600), SECONDS, "How long it goes on delivering after it was told to stop."
    ] = 10.0
    longest_pause_seconds: Annotated[
        float, Between(0.1, 3600), SECONDS, "Between two tries of a store that is away."
    ] = 60.0
    metrics_port: Annotated[int, Between(0, 65535), "Where its own metrics are shown; 0 for nowhere."] = 0
    metrics_address: Annotated[str, "The address that they are shown at."] = "127.0.0.1"


class Fleet(NamedTuple):
    """What ``memory log``, ``satellites health`` and ``review`` read instead of this workspace's log."""

    url: Annotated[str, "The store that hosts deliver to: s3://BUCKET/PREFIX, or a folder."] = ""
    cache_bytes: Annotated[
        int, Between(1_000_000, 10**13), "How much of it may be kept here to answer from."
    ] = 10_000_000_000


class S3(NamedTuple):
    """The object storage of ``collect`` and of a fleet, where it is not found by the AWS way."""

    endpoint: Annotated[
        str, "Such as https://s3.example:9000; empty means AWS. Only http:// is without TLS."
    ] = ""
    region: Annotated[str, "Region; empty means AWS_REGION, or what the AWS way finds."] = ""
    access_key_id: Annotated[str, "Empty: found by the AWS way (environment, ~/.aws, instance)."] = ""
    secret_access_key: Annotated[str, Secret(), "The secret of that key."] = ""
    secret_access_key_file: Annotated[str, "File with that secret."] = ""
    ca_file: Annotated[str, "Certificate of the authority that signed the endpoint's."] = ""
    timeout_seconds: Annotated[float, Between(0.1, 600), SECONDS, "How long one answer may take."] = 10.0
