"""Checking dashboards and rules: files in, problems out."""
