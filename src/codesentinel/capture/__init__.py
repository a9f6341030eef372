"""World to records. Reads, never changes."""
