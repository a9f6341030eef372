"""Profiles for eyes and for other programs: text, a page with a flame graph, speedscope, collapsed, pprof."""
