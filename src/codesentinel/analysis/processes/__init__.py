"""Judging processes: which must not be killed, and which misbehave."""
