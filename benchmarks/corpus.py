"""Make a folder of notebooks with the sizes, forms and frequencies of those in the wild.

    python benchmarks/corpus.py DIR [--notebooks 2000] [--seed N] [--no-outputs]

The same words make the same bytes, everywhere. `manifest.json` in the folder says what was put
where: what a linter finds there can be compared with it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import corpus_counts as counts
from corpus_file import Label, made
from corpus_forms import Form
from corpus_outputs import Studio
from corpus_plan import FEWEST, Plan, plan

NOTEBOOKS, SEED = 2000, 1
MANIFEST = "manifest.json"


def make(
    folder: Path, notebooks: int = NOTEBOOKS, seed: int = SEED, *, outputs: bool = True
) -> int:
    """Write the notebooks and the manifest; give the bytes of all notebooks."""
    studio = Studio(seed) if outputs else None
    files, total = [], 0
    for each in plan(notebooks, seed):
        file = made(each, studio)
        path = folder / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        total += len(file.data)
        known = {**asdict(each), "forms": [asdict(label) for label in file.labels]}
        files.append({**known, "bytes": len(file.data), "cells": file.cells})
    told = {"notebooks": notebooks, "seed": seed, "bytes": total, "files": files}
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8", newline="\n")
    return total


def large(path: Path, size: int, seed: int = SEED) -> None:
    """Write one notebook of so many bytes."""
    forms = tuple(Form(counts.PIP) for _ in range(3))
    one = Plan(f"{seed} large", path.name, counts.PYTHON, size, 200, "python3", forms=forms)
    path.write_bytes(made(one, Studio(seed)).data)


def files(folder: Path) -> list[dict[str, Any]]:
    """Give what the manifest says of each file: its plan, its bytes and cells."""
    found: list[dict[str, Any]] = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    return found


def labels(folder: Path) -> list[Label]:
    """Give every form in all files, those in checkpoints and of the near misses too."""
    return [
        Label(**{**form, "traits": tuple(form["traits"])})
        for file in files(folder)
        for form in file["forms"]
    ]


def main(words: Sequence[str] | None = None) -> int:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", metavar="DIR", type=Path, help="is made; has to be empty")
    parser.add_argument("--notebooks", type=int, default=NOTEBOOKS, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N")
    parser.add_argument("--no-outputs", action="store_true", help="text alone: 30 MB, not 320")
    asked = parser.parse_args(words)
    if asked.folder.exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder} is not empty")
    if asked.notebooks < FEWEST:
        parser.error(f"fewer than {FEWEST} notebooks cannot hold one of each kind")
    outputs = not asked.no_outputs
    total = make(asked.folder, asked.notebooks, asked.seed, outputs=outputs)
    print(f"{asked.notebooks} notebooks, {total / 1e6:.1f} MB in {asked.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
