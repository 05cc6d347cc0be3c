"""GATHER: how the kernel itself was started, and what it is made of."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

from ipymod.facts.kernels import Activation, Launch, Part
from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_PARTS = {
    "ipykernel": "ipykernel",
    "ipython": "IPython",
    "jupyter_client": "jupyter_client",
    "traitlets": "traitlets",
    "pyzmq": "zmq",
    "tornado": "tornado",
}
_OPTION = pattern(r"--?(?:f|[\w.]*connection_file)(?:=(.*))?")
_SCRIPTS = (".sh", ".bat", ".ps1", ".csh", ".fish", ".xsh")


def gather_launch(kernel: Kernel, here: Surroundings) -> Launch:
    """What is known of the start of a kernel; of one that does not run, what its files tell."""
    words = sys.orig_argv if kernel.running else ()
    return Launch(
        kernelspec=kernelspec_of(words, here),
        parts=tuple(_parts(kernel)),
        activation=_activation(kernel, here),
    )


def kernelspec_of(words: Sequence[str], here: Surroundings) -> str:
    """The name that a kernel was started under; empty if its command line does not lead to it.

    `jupyter_client` writes it into the connection file. That has the key of the kernel too:
    nothing else of it is kept.
    """
    data = files.head(here.absolute(_connection_file(words)), 1 << 16)
    try:
        told = json.loads(data or b"")
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict) or "shell_port" not in told:
        return ""
    name = told.get("kernel_name", "")
    return name.lower() if isinstance(name, str) else ""


def _connection_file(words: Sequence[str]) -> str:
    for word, after in zip(words, (*words[1:], ""), strict=False):
        if match := _OPTION.fullmatch(word):
            return match[1] if match[1] is not None else after
    return ""


def _parts(kernel: Kernel) -> Iterable[Part]:
    places = dict.fromkeys(os.path.join(kernel.cwd, place) for place in kernel.path)
    copies: dict[str, list[str]] = {name: [] for name in _PARTS}
    for place in places:
        for name in _installed_in(place):
            copies[name].append(place)
    for name, module in _PARTS.items():
        loaded = _loaded_from(module) if kernel.running else ""
        if loaded or copies[name]:
            yield Part(name, loaded, tuple(copies[name]))


def _installed_in(place: str) -> list[str]:
    """The parts that were installed into a directory; a source tree has no metadata of them."""
    found = [n for n, module in _PARTS.items() if os.path.isdir(os.path.join(place, module))]
    if not found:
        return []
    pattern = re.compile(r"([^-]+)(?:-.*)?\.(?:dist-info|egg-info)")
    matches = (pattern.fullmatch(name) for name in files.names(place))
    described = {match[1].lower().replace("-", "_") for match in matches if match}
    return [name for name in found if name in described]


def _loaded_from(module: str) -> str:
    """The directory that a package was imported from; empty if it was not, or from elsewhere."""
    file = vars(sys.modules[module]).get("__file__") if module in sys.modules else None
    return os.path.dirname(os.path.dirname(file)) if isinstance(file, str) else ""


def _activation(kernel: Kernel, here: Surroundings) -> Activation | None:
    """How far a conda environment is activated; None if the kernel runs in none."""
    if not os.path.isdir(os.path.join(kernel.prefix, "conda-meta")):
        return None
    needed = os.path.join(kernel.prefix, *(("Library", "bin") if here.windows else ("bin",)))
    scripts = os.path.join(kernel.prefix, "etc", "conda", "activate.d")
    variable = here.variables.get("CONDA_PREFIX", "")
    return Activation(
        variable=variable,
        active=bool(variable) and os.path.realpath(variable) == os.path.realpath(kernel.prefix),
        on_path=_is_on_path(needed, here),
        scripts=tuple(
            os.path.join(scripts, name)
            for name in files.names(scripts)
            if name.lower().endswith(_SCRIPTS)
        ),
    )


def _is_on_path(directory: str, here: Surroundings) -> bool:
    last, real = os.path.basename(directory).lower(), os.path.realpath(directory)
    entries = (os.path.normpath(here.absolute(entry)) for entry in here.path)
    likely = (entry for entry in entries if os.path.basename(entry).lower() == last)
    return any(entry == directory or os.path.realpath(entry) == real for entry in likely)
