"""Judging instruction files and what became of their procedures.

- ``identity``: which procedure of an edited file is which of those that had an id
- ``lint``: what is wrong with instruction files
- ``ledger``: runs, from the events of their starts and ends
- ``health``: each version of each procedure; by ``ends``, ``times``, ``feedback``, ``edits``, ``trend``
- ``findings``: which of them need somebody
"""
