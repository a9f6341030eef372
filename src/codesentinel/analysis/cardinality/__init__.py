"""Which label explodes, and why: findings on the number of series."""
