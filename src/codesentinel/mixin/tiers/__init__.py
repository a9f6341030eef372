"""Metrics of many hosts: a VictoriaMetrics cluster and Thanos, in which every part has one that stands in."""
