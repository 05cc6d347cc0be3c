"""GATHER: what kind of machine the kernel runs on."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from ipymod.facts.base import BROWSER
from ipymod.facts.place import Place
from ipymod.launchers import files, find_on_path
from ipymod.survey.missing import gather_missing
from ipymod.survey.project import gather_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

__all__ = ["gather_missing", "gather_place", "gather_project"]

# Variables that a service sets in its kernels; the special one comes before the general one that
# it is built on. Those that users set for its client (KAGGLE_USERNAME, KAGGLE_KEY) are no sign.
_SERVICES = (
    ("colab", r"COLAB_\w+"),
    ("kaggle", r"KAGGLE_(?:KERNEL_\w+|CONTAINER_NAME|URL_BASE|DATA_PROXY_\w+)"),
    ("binder", r"BINDER_(?:SERVICE_HOST|LAUNCH_HOST|REPO_URL|REF_URL|REQUEST|PERSISTENT_REQUEST)"),
    ("sagemaker", r"SAGEMAKER_(?:APP_TYPE|SPACE_NAME|INTERNAL_IMAGE_URI|DOMAIN_ID)"),
    ("databricks", r"DATABRICKS_RUNTIME_VERSION"),
    ("deepnote", r"DEEPNOTE_PROJECT_ID"),
    ("codespaces", r"CODESPACES|CODESPACE_NAME"),
    ("jupyterhub", r"JUPYTERHUB_(?:USER|SERVICE_PREFIX|API_URL|ACTIVITY_URL)"),
    ("vscode", r"VSCODE_(?:PID|CWD)"),
)
_SAGEMAKER = "/opt/ml/metadata/resource-metadata.json"
_CONTAINERS = (
    (r"kubepods", "kubernetes"),
    (r"libpod", "podman"),
    (r"docker", "docker"),
    (r"lxc", "lxc"),
)
_COMMANDS = ("pip", "pip3", "python", "python3", "jupyter", "uv", "conda")


def gather_place(kernel: Kernel, here: Surroundings) -> Place:
    """What kind of machine this is."""
    service, signs = _service(kernel, here)
    wsl = is_wsl(files.text("/proc/sys/kernel/osrelease"), here)
    return Place(
        service=service,
        signs=signs,
        container=_container(here),
        wsl=wsl,
        translated=_translated(kernel),
        windows_commands=dict(_of_windows(here)) if wsl else {},
    )


def _service(kernel: Kernel, here: Surroundings) -> tuple[str, tuple[str, ...]]:
    if kernel.system == BROWSER:
        is_of_lite = "pyodide_kernel" in sys.modules
        return ("jupyterlite", ("pyodide_kernel",)) if is_of_lite else ("pyodide", ("pyodide",))
    if kernel.running and "google.colab" in sys.modules:
        return "colab", ("google.colab",)
    for service, pattern in _SERVICES:
        signs = sorted(name for name, said in here.variables.items() if said and _is(name, pattern))
        if signs:
            return service, tuple(signs)
    if files.kind(_SAGEMAKER) == "file":
        return "sagemaker", (_SAGEMAKER,)
    return "", ()


def _is(name: str, pattern: str) -> bool:
    return re.fullmatch(pattern, name) is not None


def is_wsl(release: str, here: Surroundings) -> bool:
    """Whether a kernel of that release is Microsoft's, and no container of its own lies between.

    Docker's machine on Windows has the same release, but none of the variables of WSL.
    """
    if here.system != "Linux":
        return False
    named = any(name in here.variables for name in ("WSL_DISTRO_NAME", "WSL_INTEROP"))
    return named or ("microsoft" in release.lower() and not _container(here))


def _container(here: Surroundings) -> str:
    if here.variables.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if files.kind("/run/.containerenv") == "file":
        return "podman"
    if files.kind("/.dockerenv") == "file":
        return "docker"
    return container_of(files.text("/proc/1/cgroup"))


def container_of(groups: str) -> str:
    """The container that the control groups of the first process speak of, else empty."""
    return next((name for word, name in _CONTAINERS if re.search(word, groups)), "")


def _translated(kernel: Kernel) -> bool | None:
    """Whether Rosetta translates; None on other systems and of a Python that is not running."""
    if sys.platform != "darwin" or not kernel.running:
        return None
    if kernel.machine != "x86_64":
        return False
    import ctypes

    said = ctypes.c_int(0)
    size = ctypes.c_size_t(ctypes.sizeof(said))
    ask = ctypes.CDLL(None).sysctlbyname
    failed = ask(b"sysctl.proc_translated", ctypes.byref(said), ctypes.byref(size), None, 0)
    return not failed and said.value == 1


def _of_windows(here: Surroundings) -> Iterator[tuple[str, str]]:
    """The commands for which a shell of WSL starts a file of a Windows drive."""
    for name in _COMMANDS:
        found = find_on_path(name, here)
        if found and re.match(r"/mnt/[a-z]/", found[0]):
            yield name, found[0]
