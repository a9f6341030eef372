"""The table of commands: a word, what it does, and the file that knows its options.

``codesentinel --help`` reads this table and imports none of the files.
"""

from __future__ import annotations

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("up", "run the monitoring stack and say what needs attention", "stack"),
    ("down", "stop the stack of this workspace", "stack"),
    ("status", "show what runs, where, and since when", "stack"),
    ("doctor", "check the set-up and say how to mend it", "doctor"),
    ("review", "list what needs attention now, most urgent first", "review"),
    ("alerts", "write the alert rules and routing that users deploy", "alerts"),
    ("metrics", "serve codesentinel's own metrics", "metrics"),
)
