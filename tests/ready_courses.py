"""Courses for the tests of `ipymod ready`: notebooks, and the files that lie beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def notebook(*cells: str, language: str = "python") -> str:
    code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": []}
    told = [
        {**code, "execution_count": None, "id": f"c{number}", "source": text}
        for number, text in enumerate(cells)
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": language}
    metadata = {"kernelspec": spec, "language_info": {"name": language}}
    return json.dumps({"cells": told, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def made(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="")
    return folder


# Tiny packages, of which the index has several versions.
COURSE = {
    "1-animals.ipynb": notebook("import cowsay\nfrom toolz import curry", "import json, os.path"),
    "lessons/2-files.ipynb": notebook(
        "import iniconfig\nfrom own import plot",
        "with open('../data/animals.csv') as file:\n    print(file.read())",
        "try:\n    import skimage\nexcept ImportError:\n    skimage = None",
    ),
    "lessons/own.py": "plot = print\n",
    "data/animals.csv": "cow\n",
    "requirements.txt": "cowsay>=6\ntoolz >=0.11 , <1\n",
}
