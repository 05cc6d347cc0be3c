"""JUDGE: what installers other than pip would change, and whose `jupyter` stands on PATH."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import INFO, REGISTRY, WARNING, Finding
from ipymod.checks.reached import drawing, is_own, reached, shows_notebooks
from ipymod.checks.setting import is_activated
from ipymod.facts import Command, Environment, Kernel, same
from ipymod.facts.commands import HEALTHY_UV_TARGET, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts.everything import Facts
    from ipymod.facts.kernels import Server
    from ipymod.facts.settings import Settings

_OTHER = Environment(
    prefix="/srv/jupyter",
    base_prefix="/usr",
    kind="venv",
    version="3.12.1",
    site=("/srv/jupyter/lib/python3.12/site-packages",),
    scripts="/srv/jupyter/bin",
    real="/srv/jupyter",
)
_CONDA = Environment("/opt/conda", "/opt/conda", "conda", "3.12.1", real="/opt/conda")


def _of_the_server(healthy: Facts) -> Facts:
    steps = ("VIRTUAL_ENV is /srv/jupyter",)
    target = replace(HEALTHY_UV_TARGET, environment=_OTHER, steps=steps)
    return replace(healthy, uv_target=target)


@REGISTRY.check("WP110", "path", WARNING, example=_of_the_server)
def uv_installs_elsewhere(uv_target: Target, kernel: Kernel) -> Iterator[Finding]:
    """The command `uv pip install` changes another environment than this kernel's, or none.

    uv does not ask which Python runs it. It takes UV_PYTHON, then an active environment by
    VIRTUAL_ENV or CONDA_PREFIX, then a `.venv` in this folder or above, then an environment whose
    Python stands first on PATH; a kernel inherits these variables from the server that started it.
    `uv add` and `uv run` follow another rule still: the environment of the project. With
    `--python` nothing is left to guess.
    """
    environment = uv_target.environment
    if uv_target.state == "unknown" or (environment and is_own(environment, kernel)):
        return
    if uv_target.folder and uv_target.seen:
        return
    yield Finding(
        message=f"{uv_target.command} {_outcome(uv_target)}; this kernel is {kernel.prefix}",
        fix=f"uv pip install --python {shlex.quote(kernel.executable)} NAME",
        evidence=_seen(uv_target, kernel),
    )


def _outcome(target: Target) -> str:
    """What the command does, and why."""
    by = f" because of {target.reason}" if target.reason else ""
    if target.state == "broken":
        return f"refuses{by}: {target.steps[-1] if target.steps else 'it finds no environment'}"
    place = target.folder or (target.environment.prefix if target.environment else "")
    return f"installs into {place}{by}"


def _seen(target: Target, kernel: Kernel) -> dict[str, str]:
    """Both sides, and what the commands for a project do if that is a third place."""
    seen = {
        target.command: target.folder or _prefix(target) or "refuses",
        "decided by": target.reason or "nothing",
        "this kernel": kernel.prefix,
    }
    project = target.project
    return {**seen, project.command: _prefix(project)} if project else seen


def _prefix(target: Target) -> str:
    return target.environment.prefix if target.environment else ""


def _of_base(healthy: Facts) -> Facts:
    steps = ("CONDA_PREFIX is /opt/conda",)
    target = Target("conda install", _CONDA, "CONDA_PREFIX", "ok", "certain", steps=steps)
    settings = healthy.settings and replace(healthy.settings, variables=())
    return replace(healthy, conda_target=target, settings=settings)


@REGISTRY.check("WP111", "path", WARNING, example=_of_base)
def conda_installs_elsewhere(
    conda_target: Target, kernel: Kernel, settings: Settings
) -> Iterator[Finding]:
    """The command `conda install` changes another environment than this kernel's.

    Without `-p` or `-n` conda changes the environment that is active in the shell, and its own
    base if none is. Which one the kernel runs in does not matter to it. `%conda` names the kernel's
    environment. Where that is none of conda's, only pip or uv can install into it; if it was
    activated itself, or if none of conda's is active, this is merely good to know.
    """
    environment = conda_target.environment
    if conda_target.state != "ok" or environment is None or is_own(environment, kernel):
        return
    conda = kernel.environment.kind == "conda"
    kind = "" if conda else f", which is none of conda's but {_article(kernel.environment.kind)}"
    yield Finding(
        message=f"conda install changes {environment.prefix} because of {conda_target.reason}; "
        f"this kernel is {kernel.prefix}{kind}",
        fix=f"conda install -p {shlex.quote(kernel.prefix)} NAME"
        if conda
        else "%pymod pip install NAME",
        evidence={
            "conda install": environment.prefix,
            "decided by": conda_target.reason,
            "this kernel": kernel.prefix,
        },
        severity=None if conda or _is_active(conda_target, settings) else INFO,
    )


def _is_active(target: Target, settings: Settings) -> bool:
    """Whether a person takes conda's environment for the active one: no other was activated."""
    return target.reason.startswith("CONDA_") and not is_activated(settings)


def _article(kind: str) -> str:
    return {"debian": "Debian's", "base": "a Python of its own", "uv": "one of uv's"}.get(
        kind, f"a {kind}"
    )


def _not_the_servers(healthy: Facts) -> Facts:
    path = f"{_OTHER.scripts}/jupyter"
    found = Command("jupyter", path, f"{_OTHER.scripts}/python", _OTHER, "ok", "certain")
    return replace(healthy, jupyter=found)


@REGISTRY.check("WP112", "path", WARNING, example=_not_the_servers)
def jupyter_runs_elsewhere(jupyter: Command, server: Server, kernel: Kernel) -> Iterator[Finding]:
    """The `jupyter` that a shell finds is not the one that shows this notebook.

    Extensions belong into the environment of the server. `!jupyter labextension` and a `pip` that
    lies beside another `jupyter` change that other one, report success, and nothing happens in the
    browser. Install extensions with the server's own Python and reload the page.
    """
    environment = reached(jupyter)
    if environment is None or server.environment is None or not shows_notebooks(server):
        return
    if same(environment, server.environment):
        return
    if is_own(environment, kernel) and not drawing(server.kernel_versions):
        return  # a `jupyter` that came with ipykernel has no command that changes extensions
    yield Finding(
        message=f"jupyter in a shell is {jupyter.path} of {environment.prefix}; "
        f"the server that shows this notebook is {server.python}",
        fix=f"{shlex.quote(server.python)} -m pip install EXTENSION",
        evidence={
            "jupyter": jupyter.path,
            "its environment": environment.prefix,
            "the server": server.environment.prefix,
        },
    )
