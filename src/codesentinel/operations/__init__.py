"""Verbs: plain typed functions; the only place where stages meet."""
