"""Profiles from the world: py-spy samples a process, the other files read what profilers have written."""
