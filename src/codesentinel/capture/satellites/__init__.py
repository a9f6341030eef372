"""Instruction files for agents, as they lie in a workspace.

- ``files``: which files are satellites, of which kind, and what they are called
- ``sections``: a text in Markdown as a tree of headings
- ``procedures``: which sections are procedures, and what their steps are
"""
