"""Files of samples: OpenMetrics and Prometheus text, CSV, JSON lines, Parquet; read in batches."""
