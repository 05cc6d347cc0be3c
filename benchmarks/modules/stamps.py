"""Print the time, again and again: `stamps.py COUNT flushed|unflushed|unfinished`."""

import sys
import time

PAUSE = 0.1  # seconds between two of them

if __name__ == "__main__":
    count, manner = int(sys.argv[1]), sys.argv[2]
    for _ in range(count):
        time.sleep(PAUSE)
        # The semicolon tells that all digits have come.
        end = "" if manner == "unfinished" else "\n"
        print(f"{time.time():.6f};", end=end, flush=manner == "flushed")
