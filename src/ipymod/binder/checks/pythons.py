"""JUDGE: which Python results, and whether it is the one that was meant."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.binder import runtime
from ipymod.binder.checks.base import (
    ERROR,
    FAMILY,
    INFO,
    REGISTRY,
    WARNING,
    at_root,
    changed,
    found,
)
from ipymod.binder.image import DEFAULT, LAST_FIX, SUPPORTED
from ipymod.binder.plan import environment_file
from ipymod.checks.requirements import allows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.facts import Repository
    from ipymod.binder.plan import Plan
    from ipymod.registry import Finding

_NEWEST = SUPPORTED[-2]  # what most packages have wheels for


def _meant(text: str) -> str:
    """The version that somebody has most likely meant, if Binder has it."""
    told = re.search(r"\d+\.\d+", text)
    return told[0] if told and told[0] in SUPPORTED else _NEWEST


@REGISTRY.check("NB611", FAMILY, ERROR, example=changed({"binder/runtime.txt": "3.12\n"}))
def bad_runtime(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """The text of `runtime.txt` is not what repo2docker takes.

    It takes one line, `python-3.12`, or `r-4.4-2026-01-31`, without a comment; at anything else
    it stops, even where conda's file decides and `runtime.txt` has no say.
    """
    file = repository.configured("runtime.txt")
    fault = plan.fault if file and plan.at[0] == file.path else ""
    if plan.python.kind == "runtime":
        fault = plan.python.fault
    if file and fault:
        fix = f"write one line into {file.path}: python-{_meant(file.text)}"
        yield found(file.path, 1, f"Binder stops at {file.path}: {fault}", fix)


@REGISTRY.check("NB612", FAMILY, WARNING, example=changed({"binder/runtime.txt": "Python-3.12\n"}))
def runtime_without_effect(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """repo2docker passes over what `runtime.txt` says, without a word.

    The name before the hyphen has to be `python` or `r` as it stands here, in small letters and
    without a byte order mark; for R a date has to follow.
    """
    file = repository.configured("runtime.txt")
    told = runtime.read(file)
    if file is None or plan.fault or plan.buildpack != "python" or told.name in {"", "python"}:
        return
    why = "no date follows" if told.name == "r" else f"{told.name!r} is neither python nor r"
    fix = "r-4.4-2026-01-31" if told.name == "r" else f"python-{told.version or _NEWEST}"
    message = f"{file.path} has no effect, since {why}; Binder takes Python {plan.python.version}"
    yield found(file.path, 1, message, f"write one line into {file.path}: {fix}")


@REGISTRY.check("NB613", FAMILY, ERROR, example=changed({"binder/runtime.txt": "python-3.12.4\n"}))
def unsupported_python(plan: Plan) -> Iterator[Finding]:
    """There is no image with the Python that is asked for.

    repo2docker has a list of versions, each of two numbers; at any other it stops. A new Python
    comes onto the list some months after its release.
    """
    python = plan.python
    if python.kind == "version":
        have = f"{SUPPORTED[0]} to {SUPPORTED[-1]}"
        message = f"Binder stops at {python.path}: {python.fault}; there are {have}"
        yield found(python.path, python.line, message, _pin(python.path, python.wanted))


def _pin(path: str, wanted: str) -> str:
    """What to write into the file that decides."""
    short = ".".join(wanted.split(".")[:2])
    version = short if short in SUPPORTED else _NEWEST
    forms = {"runtime.txt": f"python-{version}", "Pipfile": f'python_version = "{version}"'}
    text = forms.get(posixpath.basename(path), f"python={version}")
    return f"write into {path}: {text}"


@REGISTRY.check(
    "NB614",
    FAMILY,
    ERROR,
    example=at_root(
        {
            "pyproject.toml": '[project]\nname = "course"\nrequires-python = ">=3.13"\n'
            'dependencies = ["numpy>=2", "scikit-learn>=1"]\n[build-system]\nrequires = []\n',
            "runtime.txt": "python-3.12\n",
        }
    ),
)
def python_that_the_project_refuses(plan: Plan) -> Iterator[Finding]:
    """The Python of the image is none that `requires-python` in `pyproject.toml` allows.

    Without a folder `binder` repo2docker compares the two, and stops if `runtime.txt` says one
    that the project does not want, or if the project wants none that there is an image for.
    """
    if plan.python.kind == "project":
        python = plan.python
        yield found(python.path, python.line, f"Binder stops at {python.path}: {python.fault}")


@REGISTRY.check(
    "NB615",
    FAMILY,
    WARNING,
    example=changed(
        {"binder/environment.yml": "dependencies:\n- python>=3.12\n- numpy=2\n- scikit-learn=1\n"},
        "binder/requirements.txt",
        "binder/runtime.txt",
    ),
)
def python_pin_not_understood(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """`environment.yml` asks for a Python in a form that repo2docker does not look for.

    It looks for `python=3.12` or `python==3.12` and nothing else. At `python>=3.12` or
    `conda-forge::python=3.12` it builds the image for its own default, and conda then has to
    change the Python below a Jupyter that is installed already, which is slow and may fail. Where
    the default is one of those asked for, this is no more than a note.
    """
    other = plan.environment.other_python if plan.environment else None
    file = environment_file(repository)
    if other and file and plan.buildpack == "conda":
        version = plan.python.version
        message = (
            f"{other.text!r} is no pin for repo2docker: the image begins with Python {version}"
        )
        fix = f"write into {file.path}: python={_NEWEST}"
        finding = found(file.path, other.line, message, fix)
        yield replace(finding, severity=INFO) if _fits(other.text, version) else finding


def _fits(text: str, version: str) -> bool:
    """Whether a version is one that a dependency of conda's asks for."""
    wanted = re.split(r"python", text, maxsplit=1, flags=re.IGNORECASE)[-1].strip()
    return allows(re.sub(r"^=(?!=)", "==", wanted), version)


@REGISTRY.check("NB616", FAMILY, WARNING, example=changed({"binder/runtime.txt": "python-3.8\n"}))
def python_without_fixes(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """The Python that is asked for gets no more fixes.

    Packages leave such a version within months: pip then takes their old releases, or finds none
    and the build fails. Below 3.7 the notebooks run in an environment apart from the server.
    """
    python = plan.python
    end = LAST_FIX.get(python.version, "9999")
    if python.path and repository.today[:7] > end and python.path != "pyproject.toml":
        message = f"Python {python.version}, from {python.path}, has had no fixes since {end}"
        yield found(python.path, python.line, message, _pin(python.path, _NEWEST))


@REGISTRY.check("NB617", FAMILY, INFO, example=changed({}, "binder/runtime.txt"))
def python_left_open(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """Nothing says which Python it is to be.

    repo2docker then takes its own default, which is an old one, or, if `requires-python` forbids
    that, the newest that there is; both change with its releases, and the notebooks with them.
    """
    python = plan.python
    is_open = not python.path or python.path == "pyproject.toml"
    environment = plan.environment
    spoken = environment and (environment.other_python or environment.doubt or environment.fault)
    told = runtime.read(repository.configured("runtime.txt"))
    is_heard = told.name not in {"", "python"} and plan.buildpack not in {"conda", "pipfile"}
    if python.version and is_open and not spoken and not is_heard:
        why = "its default" if python.version == DEFAULT else "the newest that the project allows"
        path = _deciding(repository)
        message = f"nothing says which Python: repo2docker takes {python.version}, {why}"
        yield found(path, 1, message, _pin(path, _NEWEST))


def _deciding(repository: Repository) -> str:
    """The file that may say which Python."""
    named = {"conda": "environment.yml", "pipfile": "Pipfile"}
    name = named.get(repository.plan.buildpack, "runtime.txt")
    return posixpath.join(repository.folder, name)
