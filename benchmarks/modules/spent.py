"""Run a command and say what it took: `python spent.py COMMAND [WORD ...]`, JSON on its output.

It is small, so that the peak of the command's memory is the command's own: a process counts that
of the one which started it. What the command says goes to a file, so that nobody computes beside
it.
"""

import json
import os
import subprocess
import sys
import time

if sys.platform == "win32":
    sys.exit("Windows does not tell what a process took")

KILOBYTE = 1 if sys.platform == "darwin" else 1024  # there bytes are counted

with open("said.txt", "w+b") as said:
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=said, stderr=subprocess.STDOUT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").splitlines()

told = {
    "wall": 1000 * seconds,
    "cpu": 1000 * (usage.ru_utime + usage.ru_stime),
    "peak": usage.ru_maxrss * KILOBYTE / 1e6,
    "status": os.waitstatus_to_exitcode(status),
    "broke": any(line.startswith("Traceback (most recent call last)") for line in lines),
    "lines": len(lines),
    "last": lines[-1] if lines else "",
}
print(json.dumps(told))
