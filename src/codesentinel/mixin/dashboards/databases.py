"""PostgreSQL, MySQL and Redis, by the names of their usual exporters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.panel import GREEN, ORANGE, RED, Meaning, Query, Row

if TYPE_CHECKING:
    from codesentinel.mixin.dashboards.panel import Panel

_EMPTY = "no exporter of PostgreSQL, MySQL or Redis is scraped"
_NAMES = ("PostgreSQL", "MySQL", "Redis")
_WINDOW = "[$__rate_interval]"


def databases() -> Row:
    """Whether each database answers, is full, works, hits its cache, and keeps up with its primary."""
    return Row("Databases", (_up(), *_work(), *_trouble()), collapsed=True)


def _asked(*exprs: str) -> tuple[Query, ...]:
    """One query for each kind of database, by instance."""
    return tuple(
        Query(expr, f"{name} {{{{instance}}}}") for name, expr in zip(_NAMES, exprs, strict=True) if expr
    )


def _sum(expr: str) -> str:
    return f"sum by (instance) ({expr})"


def _rate(metric: str) -> str:
    return _sum(f"rate({metric}{_WINDOW})")


def _up() -> Panel:
    return style.states(
        "Databases up",
        "Whether the exporter reaches its database.",
        *_asked("pg_up", "mysql_up", "redis_up"),
        width=6,
        steps=style.scale((1, GREEN), below=RED),
        meanings=(Meaning("0", "down", RED), Meaning("1", "up", GREEN)),
        may_be_empty=_EMPTY,
    )


def _work() -> tuple[Panel, ...]:
    redis = "redis_connected_clients / redis_config_maxclients"
    mysql = "mysql_global_status_threads_connected / mysql_global_variables_max_connections"
    postgres = f"{_sum('pg_stat_activity_count')} / max by (instance) (pg_settings_max_connections)"
    commits, rollbacks = _rate("pg_stat_database_xact_commit"), _rate("pg_stat_database_xact_rollback")
    hit, read = _rate("pg_stat_database_blks_hit"), _rate("pg_stat_database_blks_read")
    missed = _rate("mysql_global_status_innodb_buffer_pool_reads")
    asked = _rate("mysql_global_status_innodb_buffer_pool_read_requests")
    found, absent = _rate("redis_keyspace_hits_total"), _rate("redis_keyspace_misses_total")
    return (
        style.trend(
            "Connections in use",
            "Share of the connections that are allowed: at 1 new clients are refused.",
            *_asked(postgres, mysql, redis),
            unit=style.RATIO,
            width=6,
            steps=style.FULLNESS,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Database work",
            "Transactions (PostgreSQL), queries (MySQL) and commands (Redis) a second.",
            *_asked(
                f"{commits} + {rollbacks}",
                _rate("mysql_global_status_queries"),
                _rate("redis_commands_processed_total"),
            ),
            unit=style.RATE,
            width=6,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Cache hits",
            "Share of reads that were answered from memory.",
            *_asked(
                f"{hit} / ({hit} + {read} > 0)",
                f"1 - {missed} / ({asked} > 0)",
                f"{found} / ({found} + {absent} > 0)",
            ),
            unit=style.RATIO,
            width=6,
            maximum=1,
            may_be_empty=_EMPTY,
        ),
    )


def _trouble() -> tuple[Panel, ...]:
    return (
        style.trend(
            "Database trouble",
            "Deadlocks (PostgreSQL), slow queries (MySQL) and evicted keys (Redis) a second.",
            *_asked(
                _rate("pg_stat_database_deadlocks"),
                _rate("mysql_global_status_slow_queries"),
                _rate("redis_evicted_keys_total"),
            ),
            unit=style.RATE,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Database size",
            "Bytes on disk (PostgreSQL), in the buffer pool (MySQL) and in memory (Redis).",
            *_asked(
                _sum("pg_database_size_bytes"),
                _sum("mysql_global_status_innodb_buffer_pool_bytes_data"),
                _sum("redis_memory_used_bytes"),
            ),
            unit=style.BYTES,
            may_be_empty=_EMPTY,
        ),
        style.trend(
            "Replication lag",
            "How far a replica is behind its primary.",
            *_asked(
                "pg_replication_lag_seconds",
                "mysql_slave_status_seconds_behind_master",
                "max by (instance) (redis_connected_slave_lag_seconds)",
            ),
            unit=style.SECONDS,
            steps=style.scale((10, ORANGE), (60, RED)),
            may_be_empty=_EMPTY,
        ),
    )
