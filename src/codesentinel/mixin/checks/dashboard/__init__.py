"""Checks of the dashboard as a whole."""

from __future__ import annotations

from codesentinel.mixin.checks.dashboard import (
    annotation,
    database_id,
    datasource,
    editable,
    inputs,
    links,
    model,
    schema_version,
    size,
    summary,
    tags,
    time,
    title,
    uid,
    uid_unique,
)

CHECKS = (
    annotation.check,
    database_id.check,
    datasource.check,
    editable.check,
    inputs.check,
    links.check,
    model.check,
    schema_version.check,
    size.check,
    summary.check,
    tags.check,
    time.check,
    title.check,
    uid.check,
    uid_unique.check,
)
