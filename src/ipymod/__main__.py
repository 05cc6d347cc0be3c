"""`python -m ipymod`: the command."""

from __future__ import annotations

import sys

from ipymod.cli import main

if __name__ == "__main__":
    sys.exit(main())
