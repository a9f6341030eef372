"""What is strange in series though no alert fires: streams, strangeness, alarms, incidents."""
