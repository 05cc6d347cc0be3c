"""GATHER: one `kernel.json`: whether Jupyter can read it, and what it would start."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING, Any

from ipymod.facts import Command
from ipymod.facts.kernels import Kernelspec
from ipymod.frozen import dataclass
from ipymod.launchers import environment_of, files, find_on_path, resolve
from ipymod.launchers.path import is_executable
from ipymod.patterns import pattern
from ipymod.survey.importable import can_import, search_path

if TYPE_CHECKING:
    from ipymod.launchers import Surroundings
    from ipymod.survey.jupyter import Jupyter

_MOST = 1 << 20  # bytes: the longest kernel.json known has a thousand
_TEXTS = ("name", "mimetype", "display_name", "language", "kernel_protocol_version")
_LISTS: dict[str, type] = {"argv": list, "env": dict, "metadata": dict}
_LOCAL = "local-provisioner"
_REFERENCE = pattern(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_MODULE = pattern(r"-([A-VYZabd-ln-z]*)m(.*)")  # `-m name`, `-Im name`, `-mname`
_WITH_VALUE = frozenset({"-X", "-W", "--check-hash-based-pycs"})


@dataclass(frozen=True)
class Target:
    """What a kernelspec would start.

    Attributes:
        command: what the first word leads to; None where that is not to be told.
        own: whether the first word means the server's own Python.
        flags: the options of the interpreter, before `-m`.
        module: what follows `-m`; empty if nothing does.
        around: what the kernel would see.
    """

    command: Command | None
    own: bool
    flags: str
    module: str
    around: Surroundings


def read(directory: str, jupyter: Jupyter) -> Kernelspec:
    """The kernelspec in a directory, without what others of its name mean for it."""
    spec = Kernelspec(os.path.basename(directory).lower(), directory)
    told, fault = _told(os.path.join(directory, "kernel.json"))
    fault = fault or _unacceptable(told)
    if fault:
        return replace(spec, error=fault, listed=False)
    spec = replace(
        spec,
        display_name=told.get("display_name", ""),
        language=told.get("language", ""),
        argv=tuple(map(str, told.get("argv", ()))),
        env={name: str(text) for name, text in told.get("env", {}).items()},
        error=_unusable(told),
    )
    provisioner = _provisioner(told, jupyter)
    if provisioner != _LOCAL:
        return _of_provisioner(spec, provisioner, jupyter)
    return aimed(spec, jupyter) if spec.argv else spec


def aimed(spec: Kernelspec, jupyter: Jupyter) -> Kernelspec:
    """The kernelspec with what it would start."""
    target = kernel_target(spec, jupyter)
    found = target.command
    has = None
    if found and found.state == "ok" and found.environment and target.module:
        has = can_import(target.module, found.environment, target.around, target.flags)
    return replace(
        spec,
        command=found,
        own=target.own,
        module=target.module,
        has_module=has,
        unset=_unset(spec, jupyter.around),
        foreign=_foreign(spec, target),
    )


def kernel_target(spec: Kernelspec, jupyter: Jupyter) -> Target:
    """What the server would start for a kernelspec, by the rules of `jupyter_client`.

    `python`, `python3` and `python3.12` of the server's own version are the server's Python. Any
    other bare word is looked for on PATH: `env` counts for that too, but not on Windows.
    """
    around = _with_env(jupyter.around, spec.env)
    flags, module = _options(spec.argv[1:])
    own = spec.argv[0] in _own_names(jupyter)
    word = jupyter.python if own else _filled(spec.argv[0], spec.directory, jupyter)
    path = _found(word, jupyter.around if around.windows else around)
    if not path:
        return Target(_missing(spec.argv[0], jupyter), own, flags, module, around)
    found = resolve(path, spec.argv[0], around)
    if found.python and flags:
        found = replace(found, environment=environment_of(found.python, around, flags))
    return Target(found, own, flags, module, around)


def _told(path: str) -> tuple[dict[str, Any], str]:
    """What a `kernel.json` holds, or why Jupyter does not read it."""
    data = files.head(path, _MOST)
    if data is None or len(data) == _MOST:
        return {}, "it may not be read" if data is None else f"it has more than {_MOST} bytes"
    try:
        told = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return {}, f"it is no UTF-8: {error.reason} at byte {error.start}"
    except (ValueError, RecursionError) as error:
        mark = "it begins with a byte order mark" if data.startswith(b"\xef\xbb\xbf") else ""
        return {}, mark or f"it is no JSON: {error}"
    if not isinstance(told, dict):
        return {}, "it holds no JSON object"
    if isinstance(told.get("argv"), str):
        told["argv"] = [told["argv"]]  # Jupyter takes a text for a list of one
    return told, ""


def _unacceptable(told: dict[str, Any]) -> str:
    """Why Jupyter leaves out a file that it could read; empty if it does not."""
    for name in _TEXTS:
        if not isinstance(told.get(name, ""), str):
            return f'"{name}" is no text'
    for name, kind in _LISTS.items():
        if not isinstance(told.get(name, kind()), kind):
            return f'"{name}" is no {"list" if kind is list else "object"}'
    mode = told.get("interrupt_mode", "signal")
    if not isinstance(mode, str) or mode.lower() not in {"signal", "message"}:
        return '"interrupt_mode" is neither "signal" nor "message"'
    return '"resource_dir" may not be set' if "resource_dir" in told else ""


def _unusable(told: dict[str, Any]) -> str:
    """Why a kernel that is offered cannot be started; empty if nothing in the file says so."""
    argv, env = told.get("argv", []), told.get("env", {})
    if not argv:
        return 'it has no "argv", the command to start'
    if not all(isinstance(word, str) for word in argv):
        return 'a word of "argv" is no text'
    wrong = next((name for name, text in env.items() if not isinstance(text, str)), None)
    return f'"{wrong}" in "env" is no text' if wrong else ""


def _provisioner(told: dict[str, Any], jupyter: Jupyter) -> str:
    """The name of what starts the kernel; Jupyter before 7 knows no other than itself."""
    client = jupyter.versions.get("jupyter-client", "").partition(".")[0]
    if client.isdigit() and int(client) < 7:  # noqa: PLR2004  provisioners came with 7
        return _LOCAL
    asked = told.get("metadata", {}).get("kernel_provisioner")
    if isinstance(asked, dict) and "provisioner_name" in asked:
        return str(asked["provisioner_name"])
    return jupyter.around.variables.get("JUPYTER_DEFAULT_PROVISIONER_NAME") or _LOCAL


def _of_provisioner(spec: Kernelspec, name: str, jupyter: Jupyter) -> Kernelspec:
    """A kernel that something else starts, on another machine perhaps."""
    for place in search_path(jupyter.environment, jupyter.around):
        for entry in files.names(place):
            if entry.endswith((".dist-info", ".egg-info")):
                text = files.text(os.path.join(place, entry, "entry_points.txt"), 1 << 16)
                group = text.partition("[jupyter_client.kernel_provisioners]")[2].partition("\n[")[
                    0
                ]
                if re.search(rf"(?m)^\s*{re.escape(name)}\s*=", group):
                    return spec
    return replace(spec, listed=False, error=f"its provisioner, {name}, is not installed")


def _with_env(around: Surroundings, env: dict[str, str]) -> Surroundings:
    """What the kernel would see; the variables of its `env` refer to those of the server."""
    filled = {name: Template(text).safe_substitute(around.variables) for name, text in env.items()}
    path = filled.pop("PATH", None)
    around = around.with_variables(**filled)
    return around if path is None else around.with_path(path.split(";" if around.windows else ":"))


def _own_names(jupyter: Jupyter) -> set[str]:
    major, _, rest = jupyter.environment.version.partition(".")
    if not major:
        return {"python", "python3"}
    return {"python", f"python{major}", f"python{major}.{rest.partition('.')[0]}"}


def _filled(word: str, directory: str, jupyter: Jupyter) -> str:
    told = {"prefix": jupyter.environment.prefix, "resource_dir": directory}
    word = re.sub(r"\{(\w+)\}", lambda match: told.get(match[1], match[0]), word)
    home = word == "~" or word.startswith(("~/", "~\\"))
    return jupyter.around.home + word[1:] if home else word


def _found(word: str, around: Surroundings) -> str:
    """The file that a word means; empty if PATH has none, or if it is no path at all."""
    if os.path.dirname(word) or (around.windows and "\\" in word):
        path = around.absolute(word)
        tried = (path, f"{path}.exe") if around.windows else (path,)
        return next((each for each in tried if is_executable(each, around)), path)
    return next(iter(find_on_path(word, around)), "") if word else ""


def _missing(word: str, jupyter: Jupyter) -> Command:
    sure = "certain" if jupyter.is_server else "likely"
    whose = "the server's PATH" if jupyter.is_server else "PATH"
    why = f"{whose} has no {word}"
    return Command(word, "", state="broken", certainty=sure, reason=why, fault="missing")


def _options(words: tuple[str, ...]) -> tuple[str, str]:
    """The options of an interpreter, and the module that it runs; both may be empty."""
    flags: list[str] = []
    rest = iter(words)
    for word in rest:
        if match := re.fullmatch(
            r"-([A-VYZabd-ln-z]*)m(.*)", word
        ):  # `-m name`, `-Im name`, `-mname`
            flags += [f"-{match[1]}"] if match[1] else []
            return " ".join(flags), match[2] or next(rest, "")
        if not word.startswith("-") or word in {"-", "-c"}:
            break
        flags.append(f"{word} {next(rest, '')}" if word in _WITH_VALUE else word)
    return " ".join(flags), ""


def _unset(spec: Kernelspec, around: Surroundings) -> tuple[str, ...]:
    matches = (match for text in spec.env.values() for match in _REFERENCE.finditer(text))
    names = dict.fromkeys(match[1] or match[2] for match in matches)
    return tuple(name for name in names if name not in around.variables)


def _foreign(spec: Kernelspec, target: Target) -> dict[str, str]:
    """The variables that name another environment than the kernel's, and which."""
    python = target.command.python if target.command else None
    if not spec.env or not python:
        return {}
    from ipymod.survey.foreign import foreign

    plain = target.around.without_variables("PYTHONHOME")  # it would tell its own story
    return foreign(spec.env, environment_of(python, plain, target.flags), target.around)
