"""Records to disk and back: an append-only log, and what reads it."""
