"""Rollouts: how far one has come, what to do next, and whether the traffic follows the weights."""
