"""Profiles: ``record`` and ``watch`` take, ``shelf`` keeps, ``chosen`` finds, and ``judge`` compares them."""
