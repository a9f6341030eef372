"""Records to world: the only hands. Everything else only looks or thinks."""
