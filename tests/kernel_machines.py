"""Kernelspecs as people have them, and the environments whose Jupyter lists and starts them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import environments
from ipymod.facts import Kernel, from_json
from ipymod.facts.everything import Facts
from ipymod.launchers import Surroundings, environment_of
from ipymod.survey.kernels import gather_kernelspecs

ARGV = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
OLD_JUPYTER = ("ipykernel<6", "jupyter_client<7", "jupyter_core<5", "traitlets<5.10", "pip<25")


def surroundings(home: Path, **variables: str) -> Surroundings:
    """What a process sees that has these variables alone, a home and a usual PATH."""
    path = ("/usr/local/bin", "/usr/bin", "/bin")
    known = {"HOME": str(home), "PATH": ":".join(path), "LANG": "C.UTF-8", **variables}
    return Surroundings(tuple(known["PATH"].split(":")), str(home), known, str(home), "Linux")


def kernel_at(python: str, around: Surroundings, **more: Any) -> Kernel:
    """The kernel that an interpreter would be; it does not run."""
    environment = environment_of(python, around)
    facts: dict[str, Any] = {
        "executable": python,
        "prefix": environment.prefix,
        "base_prefix": environment.base_prefix,
        "version": environment.version,
        "environment": environment,
        "cwd": around.cwd,
        "running": False,
    }
    return Kernel(**facts | more)


def write_spec(kernels: Path, name: str, *argv: str, **more: Any) -> Path:
    """Write a `kernel.json` below a directory of kernels; the directory that it is in."""
    folder = kernels / name
    folder.mkdir(parents=True, exist_ok=True)
    told = {"argv": list(argv), "display_name": name, "language": "python", **more}
    (folder / "kernel.json").write_text(json.dumps(told), "utf-8")
    return folder


def listed(python: str, around: Surroundings) -> dict[str, Any]:
    """What `jupyter kernelspec list --json` says."""
    told = subprocess.run(
        [python, "-W", "ignore", "-m", "jupyter_client.kernelspecapp", "list", "--json"],
        env=dict(around.variables),
        cwd=around.cwd,
        capture_output=True,
        check=True,
    )
    return dict(json.loads(told.stdout)["kernelspecs"])


def predicted(python: str, around: Surroundings) -> dict[str, Any]:
    """What the survey says of the same, in the same form."""
    kernelspecs = gather_kernelspecs(kernel_at(python, around), around)
    assert kernelspecs is not None
    offered = (spec for spec in kernelspecs.specs if spec.listed and not spec.shadowed_by)
    return {
        spec.name: (spec.directory, list(spec.argv), spec.display_name, spec.language, spec.env)
        for spec in offered
    }


def truth(python: str, around: Surroundings) -> dict[str, Any]:
    """What Jupyter says, as far as the survey tells it too."""
    return {
        name: (
            os.path.join(around.cwd, told["resource_dir"]),
            [str(word) for word in told["spec"]["argv"]],
            told["spec"]["display_name"],
            told["spec"]["language"],
            {key: str(text) for key, text in told["spec"]["env"].items()},
        )
        for name, told in listed(python, around).items()
    }


def venv(prefix: Path, python: str = sys.executable, *options: str) -> str:
    """Make a bare environment; its interpreter."""
    base = getattr(sys, "_base_executable", sys.executable) if python == sys.executable else python
    subprocess.run([base, "-m", "venv", "--without-pip", *options, str(prefix)], check=True)
    return str(prefix / "bin" / "python")


# A program that starts kernels as Jupyter's server does, and shows what a cell prints there.
SERVER = """
import json, os, sys
from jupyter_client.manager import KernelManager
name, session, meanwhile, code = json.loads(sys.argv[1])
manager = KernelManager(kernel_name=name, transport="ipc")
manager.start_kernel(env={**os.environ, "JPY_SESSION_NAME": session})
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    exec(meanwhile)
    hook = lambda message: sys.stdout.write(message["content"].get("text", ""))
    reply = client.execute_interactive(code, timeout=60, output_hook=hook)
    assert reply["content"]["status"] == "ok", reply["content"]
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""
CELL = """
import json
from ipymod.facts import to_json
from ipymod.facts.everything import Facts
from ipymod.launchers import Surroundings
from ipymod.survey import this_kernel
from ipymod.survey.imports import gather_imports
from ipymod.survey.kernels import gather_kernelspecs, gather_notebook, gather_server
here = Surroundings.now()
kernel = this_kernel(here)
facts = Facts(kernel, kernelspecs=gather_kernelspecs(kernel, here),
              imports=gather_imports(kernel, here),
              server=gather_server(kernel, here), notebook=gather_notebook(kernel, here))
print(json.dumps(to_json(facts)))
"""


def facts_in(
    name: str, server: str, around: Surroundings, *, session: str = "", meanwhile: str = ""
) -> Facts:
    """The facts that a kernel gathers of itself, started by name by a real server process.

    Args:
        name: of the kernelspec.
        server: the interpreter of the server.
        around: what the server sees.
        session: the notebook's path, as the server tells it.
        meanwhile: what the server executes between the start and the survey.
    """
    order = json.dumps([name, session, meanwhile, CELL])
    program = Path(around.home) / "jupyter-server"  # what it is called decides what it shows
    program.write_text(SERVER, "utf-8")
    told = subprocess.run(
        [server, "-W", "ignore", str(program), order],
        env=dict(around.variables),
        cwd=around.cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    facts: Facts = from_json(Facts, json.loads(told.stdout.strip().splitlines()[-1]))
    return facts


def jupyters() -> dict[str, str]:
    """Environments that have Jupyter: this one, the newest Python, an old Python, both old."""
    return {
        "this": sys.executable,
        "newest": environments.environment("ipython9"),
        "colab": environments.environment("colab"),
        "old": _old(),
    }


def _old() -> str:
    """Python 3.8 with a Jupyter from before environments came first."""
    prefix = environments.FOLDER / "jupyter-old-1"
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    base = min(root.glob("3.8.*")) / "bin" / "python"
    with environments.locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            environments.create(str(base), prefix)
            python = environments.interpreter(prefix)
            environments.install(python, *OLD_JUPYTER, plain_pip=True)
            (prefix / "ready").touch()
    return environments.interpreter(prefix)
