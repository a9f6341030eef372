"""Satellites: instruction files for agents, and what became of their procedures.

- ``catalogue``: which there are, with their procedures and the ids of these
- ``usage``: an agent begins, ends, or a command does both
- ``runs``, ``agent``: runs in the log, and who follows a procedure
- ``health``: how each version of each procedure does, and whether its edit helped
- ``review``: what to rewrite, retire or keep after a quarter
- ``feedback``: how clear and how useful a procedure was
- ``ship``: events of procedures to an Elastic stack
"""
