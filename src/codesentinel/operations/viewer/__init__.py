"""What the viewer in a browser is shown: dashboards, answers of the servers, the last review, forecasts."""
