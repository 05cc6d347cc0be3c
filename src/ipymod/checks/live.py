"""JUDGE: what runs in the kernel and is no longer what lies on the disk."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import ERROR, REGISTRY, WARNING, Finding
from ipymod.checks.requirements import allows
from ipymod.facts.live import Loaded, LoadedModule, Needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts
    from ipymod.registry import Change

_RESTART = "restart the kernel"


def _with(**changes: object) -> Change:
    """An example: healthy facts with something else loaded."""

    def change(healthy: Facts) -> Facts:
        loaded = healthy.loaded or Loaded()
        return replace(healthy, loaded=replace(loaded, **changes))  # type: ignore[arg-type]  # by name

    return change


_SITE = "/home/ada/project/.venv/lib/python3.12/site-packages"
_OLD_NUMPY = LoadedModule(
    "numpy", "numpy", "1.26.4", "2.1.0", f"{_SITE}/numpy/__init__.py", changed=True
)


@REGISTRY.check("WP601", "live", WARNING, example=_with(modules=(_OLD_NUMPY,)))
def module_is_older_than_its_files(loaded: Loaded) -> Iterator[Finding]:
    """A module was imported before its distribution was upgraded, so its old code still runs.

    Python imports a module once and keeps it: installing another version changes the files and
    not what is in memory. What is imported later comes from the new files, and the two may not fit
    together. Only a new process has all of the new version: restart the kernel.
    """
    mixed = {module.name for module, _ in _mixed(loaded)}
    stale = [each for each in loaded.modules if _is_stale(each) and each.name not in mixed]
    if stale:
        message = f"{'; '.join(_told(each) for each in stale)}: this kernel runs the old code"
        yield Finding(message, _RESTART, {each.name: _both(each) for each in stale})


@REGISTRY.check(
    "WP602",
    "live",
    ERROR,
    example=_with(modules=(_OLD_NUMPY,), needs=(Needs("pandas", "3.0.0", "numpy", ">=2"),)),
)
def old_and_new_modules_are_mixed(loaded: Loaded) -> Iterator[Finding]:
    """A package was installed for a version of another one that this kernel has not loaded.

    The kernel imported the old version before the upgrade and keeps it, while the package that
    relies on the new one comes from the disk. Importing it fails with a message that blames the
    package ("numpy.dtype size changed", "cannot import name"), or crashes. Restart the kernel.
    """
    for module, need in _mixed(loaded):
        wanted = f"{module.distribution} {need.specifier}".strip()
        message = (
            f"{need.distribution} {need.version} on disk needs {wanted}, "
            f"while this kernel still runs {_in_memory(module)}"
        )
        both = {module.name: _both(module), need.distribution: f"{need.version} on disk"}
        yield Finding(message, _RESTART, both)


@REGISTRY.check("WP603", "live", WARNING, example=_with(executable_exists=False))
def interpreter_was_replaced(loaded: Loaded, kernel: Kernel) -> Iterator[Finding]:
    """The Python that runs this kernel is gone from the disk, or was replaced by another one.

    The kernel goes on as long as it lives, but each new process, such as pip or a worker, starts
    what is on disk now: nothing, or another version than the kernel's. This happens when an
    environment is moved or deleted, or when a system or Homebrew upgrades Python.
    """
    seen = {"sys.executable": kernel.executable, "this kernel": kernel.version}
    if not loaded.executable_exists:
        message = f"{kernel.executable} runs this kernel and is gone, so it starts no new process"
        yield Finding(message, _recreate(kernel), seen)
    elif loaded.version and loaded.version != kernel.version.rstrip("+"):
        message = (
            f"{kernel.executable} is Python {loaded.version} on disk, "
            f"while this kernel still runs {kernel.version}"
        )
        yield Finding(message, _RESTART, {**seen, "on disk": loaded.version})
    elif loaded.executable_deleted:
        message = (
            f"the program behind {kernel.executable} was replaced while this kernel ran it; "
            "new processes start the one that is there now"
        )
        yield Finding(message, _RESTART, seen)


def _recreate(kernel: Kernel) -> str:
    if kernel.prefix == kernel.base_prefix:
        return _RESTART
    return f"python3 -m venv --upgrade {shlex.quote(kernel.prefix)}"


def _mixed(loaded: Loaded) -> Iterator[tuple[LoadedModule, Needs]]:
    """The stale modules and the newly installed distributions that rely on the new version."""
    stale = [each for each in loaded.modules if _is_stale(each)]
    old = {_normalised(each.distribution) for each in stale}
    for module in stale:
        for need in loaded.needs:
            relies = need.name == _normalised(module.distribution)
            if relies and _normalised(need.distribution) not in old:
                running = module.version or module.seen
                violated = bool(running) and not allows(need.specifier, running)
                if violated or module.deleted:
                    yield module, need
                    break


def _is_stale(module: LoadedModule) -> bool:
    """Whether it was surely imported before its files changed; a late install is no sign."""
    if module.deleted or (module.changed and not module.distribution):
        return True
    if module.seen:
        return module.seen != module.installed
    if not (module.changed and module.version):
        return False
    if module.written:
        return not _is_version(module.version, module.written)
    return not _agree(module.version, module.installed)


def _is_version(version: str, written: str) -> bool:
    """Whether a module could say this of itself if that is written: a suffix may be added."""
    rest = version.removeprefix(written)
    return version.startswith(written) and re.match(r"$|[+\s-]|\.(?:dev|post)", rest) is not None


def _agree(version: str, installed: str) -> bool:
    """Whether two versions could be one; some modules leave out numbers, or add suffixes."""
    one, two = (re.findall(r"\d+", _release(text)) for text in (version, installed))
    shorter = min(len(one), len(two))
    return not shorter or list(map(int, one[:shorter])) == list(map(int, two[:shorter]))


def _release(version: str) -> str:
    match = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return match[1] if match else ""


def _told(module: LoadedModule) -> str:
    return f"{_in_memory(module)} is loaded, {_on_disk(module)}"


def _in_memory(module: LoadedModule) -> str:
    return f"{module.name} {module.version or module.seen}".strip()


def _on_disk(module: LoadedModule) -> str:
    if not module.installed:
        return "and gone from the disk"
    known = module.version or module.seen
    return f"{'' if known else 'another '}{module.installed} is installed"


def _both(module: LoadedModule) -> str:
    """Both sides, and the files that show it."""
    gone = f"; replaced: {', '.join(module.deleted)}" if module.deleted else ""
    loaded = module.version or module.seen or "unknown"
    installed = module.installed or "nothing"
    return f"loaded {loaded} from {module.file}, installed {installed}{gone}"


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
