"""Load each notebook in a folder as JSON, and look at nothing: `python loads.py DIR`."""

import json
import os
import sys

count = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".ipynb"):
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            try:
                json.loads(data)
                count += 1
            except ValueError:
                continue
print(count, "loaded")
