"""``python -m codesentinel``."""

import sys

from codesentinel.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
