"""The harness that attacks the installed program from outside."""
