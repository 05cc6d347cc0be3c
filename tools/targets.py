"""Make the table of what Pyodide and Colab have, which `ipymod lint --target` judges by.

`uv run --group data tools/targets.py PYODIDE COLAB RELEASE PYTHON` writes the table from

* PYODIDE, a folder with the npm package `pyodide`, whose lock file names its distributions, what
  each requires and which modules it brings; Node starts it to tell which modules of the standard
  library it has not;
* COLAB, the `pip-freeze.txt` of googlecolab/backend-info at the commit of a release of Colab's
  runtime, which the README.md there lists, with the name of that RELEASE and its PYTHON.

Of Colab's distributions the modules come from the public data of tools/import_names.py.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from import_names import DATA, NAME, TABLE, flat, read_public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TARGETS = DATA / "targets.json"
PLAIN = re.compile(rf"(?:{NAME.pattern})(?:\.[a-z]\w*)*(?<!\.md)")
ASK = """
import json, sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
finders = BuiltinImporter, FrozenImporter, PathFinder
names = [name for name in sys.stdlib_module_names if name[0] != "_"]
json.dumps([name for name in names if not any(each.find_spec(name) for each in finders)])
"""
SCRIPT = """
const {loadPyodide} = require(process.argv[1] + "/pyodide.js");
loadPyodide().then(pyodide => console.log(pyodide.runPython(process.argv[2])));
"""
# Modules that no public data has: Colab's own, and what Debian's packages bring there.
OF_COLAB = ("google.colab", "apt", "apt_pkg", "gi", "osgeo")


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pyodide", type=Path)
    parser.add_argument("colab", type=Path)
    parser.add_argument("release")
    parser.add_argument("python")
    asked = parser.parse_args()
    frozen = asked.colab.read_text("utf-8")
    lock = json.loads((asked.pyodide / "pyodide-lock.json").read_text("utf-8"))
    table = {
        "colab": colab(frozen) | {"release": asked.release, "python": asked.python},
        "pyodide": pyodide(lock) | {"release": release(asked.pyodide), "without": absent(asked)},
        "requires": requires(lock),
    }
    TARGETS.write_text(json.dumps(table, indent=0, sort_keys=True) + "\n", "utf-8")
    print(f"{TARGETS}: {TARGETS.stat().st_size} bytes")


def pyodide(lock: Mapping[str, Any]) -> dict[str, Any]:
    """What the lock file says of its distributions."""
    brought = dict(distributions(lock))
    modules = {module for each in brought.values() for module in each["imports"]}
    return {
        "python": lock["info"]["python"],
        "distributions": sorted(brought),
        "modules": sorted(modules - set(brought)),
    }


def requires(lock: Mapping[str, Any]) -> dict[str, list[str]]:
    """What distributions require, as far as the lock file knows them: so much is common."""
    brought = dict(distributions(lock))
    needed = {name: sorted(brought.keys() & set(each["depends"])) for name, each in brought.items()}
    return {name: names for name, names in needed.items() if names}


def distributions(lock: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The distributions that bring modules: neither tests nor libraries."""
    for name, told in lock["packages"].items():
        if told["package_type"] == "package" and told["imports"]:
            yield name, told


def release(folder: Path) -> str:
    """The version of the npm package."""
    told: str = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    return told


def absent(asked: argparse.Namespace) -> list[str]:
    """The public modules of the standard library that Pyodide has not."""
    command = ["node", "-e", SCRIPT, str(asked.pyodide.resolve()), ASK]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    return sorted(json.loads(said.stdout.strip().splitlines()[-1]))


def colab(frozen: str) -> dict[str, Any]:
    """What `pip freeze` lists, and the modules that are known of it."""
    found = re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)(?: ?@|==|$)", frozen)
    names = {flat(name) for name in found}
    table = json.loads(TABLE.read_text("utf-8"))
    known, everybodys = table["distributions"], set(table["generic"])
    modules = {module for module, owners in read_public().owners.items() if names & set(owners)}
    modules |= {module for module, owners in known.items() if names & set(map(flat, owners))}
    plain = {module for module in modules - everybodys if PLAIN.fullmatch(module)}
    other = {module for module in plain if flat(module) not in names}
    return {
        "distributions": sorted(names),
        "modules": sorted(other | set(OF_COLAB)),
        "without": [],
    }


if __name__ == "__main__":
    main()
