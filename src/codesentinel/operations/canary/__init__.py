"""Canaries: judged, rolled out, and simulated before."""
