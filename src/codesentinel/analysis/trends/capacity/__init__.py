"""When resources run out: `judge` looks at all, `dates` at those that move, `line` at a history of hours."""
