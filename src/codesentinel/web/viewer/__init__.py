"""The viewer: Grafana's dashboards, findings and alerts in a browser, with nothing to install. Read-only."""
