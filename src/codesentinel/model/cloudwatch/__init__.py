"""CloudWatch's nouns and rules: metrics, units, statistics, periods, and the names that Prometheus knows."""
