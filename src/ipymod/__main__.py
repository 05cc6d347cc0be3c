"""`python -m ipymod`: the command."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # a json.py in the working directory must not break us
    from ipymod.cli import main

    sys.exit(main())
