"""Alerts that fire and targets that are down, as findings."""
