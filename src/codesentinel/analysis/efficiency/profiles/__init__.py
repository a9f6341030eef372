"""Profiles judged: which functions are hot, and which changed from one profile to another."""
