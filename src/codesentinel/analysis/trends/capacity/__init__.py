"""When resources run out: `judge` looks at all, `dates` at those that move, `line` is the review's."""
