"""What a Grafana server reads at its start: data sources, where dashboards lie, whom to notify. Pure."""
