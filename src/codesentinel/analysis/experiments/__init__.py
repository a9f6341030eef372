"""Canaries: whether a change made something worse, said at any time, as often as one likes."""
