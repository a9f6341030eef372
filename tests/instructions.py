"""Instruction files for tests, written for them."""

from __future__ import annotations

GITHUB = """\
# GitHub instructions

Rules for agents.

## Common Procedures

### Procedure 1: Open a pull request

**When**: a change is ready.

1. **Branch**: make a branch from main with a name that says what it changes.
2. **Test**: run the whole suite and mend what fails before anything else.
3. **Push**: push the branch and open the pull request against main.

```bash
# Create feature branch
git switch -c feature/x
```

### Procedure 2: Release a version

1. Write the changelog entry for everything that users will notice.
2. Tag the commit with the number of the version and push the tag.
3. Watch the pipeline until the packages are published.

### Procedure 3: Revert a bad merge

1. Find the merge commit that broke the build on the main branch.
2. Revert it with the parent that was main and open a pull request.

## FAQ

### Q: What if the pipeline hangs?

1. Look.
2. Wait.
3. Cancel it.

## Checklist before a release

1. one
2. two
3. three
"""


def write(root, path="github/AGENT_INSTRUCTIONS.md", text=GITHUB):
    """The file below the root, which then has these procedures."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
