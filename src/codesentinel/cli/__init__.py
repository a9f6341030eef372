"""Commands: one thin file per group; words to one operation, a record to text."""
