"""Nouns: frozen records and the error tree. Imports nothing of ours."""
