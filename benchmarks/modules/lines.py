"""Print so many numbered lines of 100 bytes: `lines.py COUNT`."""

import sys
from collections.abc import Iterator

FILL = "x" * 88


def lines(count: int) -> Iterator[str]:
    """Give the lines, each with its newline."""
    for number in range(count):
        yield f"{number:010} {FILL}\n"


if __name__ == "__main__":
    for line in lines(int(sys.argv[1])):
        sys.stdout.write(line)
