"""The health of the monitoring stack itself, as findings."""
