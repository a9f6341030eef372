"""Satellites: instruction files for agents, and what became of their procedures.

- ``ship``: events of procedures to an Elastic stack
"""
