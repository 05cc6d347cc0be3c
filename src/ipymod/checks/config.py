"""JUDGE: settings and variables that send installers elsewhere."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.checks.setting import FALSE, TRUE, evidence, host, is_activated, named, undo
from ipymod.facts.settings import (
    VARIABLES,
    ConfigurationFile,
    LibraryEntry,
    Redirect,
    Setting,
    Settings,
    Variable,
    obeyed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts
    from ipymod.registry import Change

# Who acts on a variable; PYTHONEXECUTABLE means something to macOS alone.
_READERS = {
    "VIRTUAL_ENV": ("uv", "poetry", "pipenv"),
    "CONDA_PREFIX": ("conda", "mamba", "uv", "poetry"),
    "CONDA_DEFAULT_ENV": ("conda", "mamba", "poetry"),
    "PYENV_VERSION": ("pyenv",),
    "UV_PYTHON": ("uv",),
    "UV_PROJECT_ENVIRONMENT": ("uv",),
    "POETRY_ACTIVE": ("poetry",),
    "PIPENV_ACTIVE": ("pipenv",),
}


def _with(**changes: object) -> Change:
    """An example: healthy facts with other settings."""

    def change(healthy: Facts) -> Facts:
        settings = healthy.settings or Settings()
        return replace(healthy, settings=replace(settings, **changes))  # type: ignore[arg-type]  # by name

    return change


def _redirected(setting: Setting, folder: str) -> Change:
    return _with(pip=(setting,), redirects=(Redirect("pip", setting, folder),))


@REGISTRY.check(
    "WP501",
    "config",
    WARNING,
    example=_redirected(
        Setting("target", "/srv/packages", "PIP_TARGET", VARIABLES), "/srv/packages"
    ),
)
def pip_installs_into_another_folder(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A setting makes pip install into a folder that this kernel does not import from.

    pip reads options from files and from variables that begin with `PIP_`, and obeys them without
    a word. With `target`, `prefix` or `root` the packages land in another folder; with `python`
    pip runs for another interpreter. It reports success, and the import fails all the same. Take
    the setting out, or give it only to the command that needs it.
    """
    for redirect in settings.redirects:
        if redirect.tool != "pip" or redirect.seen:
            continue
        setting = redirect.setting
        seen = {**evidence(setting), "this kernel": kernel.prefix}
        if setting.key == "python":
            yield _other_python(redirect, settings, kernel, seen)
        else:
            message = (
                f"{named(setting)} makes pip install into {redirect.folder}; "
                f"this kernel imports from {_site(kernel)}"
            )
            seen["packages end up in"] = redirect.folder
            yield Finding(message, undo(setting, settings, kernel), seen)


def _site(kernel: Kernel) -> str:
    return kernel.environment.site[0] if kernel.environment.site else kernel.prefix


def _other_python(
    redirect: Redirect, settings: Settings, kernel: Kernel, seen: dict[str, str]
) -> Finding:
    setting = redirect.setting
    fix = undo(setting, settings, kernel)
    if not redirect.exists:
        message = (
            f"{named(setting)} makes pip run in {setting.value}, which is no Python; "
            f"pip stops, also for this kernel's {kernel.executable}"
        )
        return Finding(message, fix, seen, ERROR)
    message = (
        f"{named(setting)} makes pip run in {redirect.folder}; this kernel is {kernel.executable}"
    )
    return Finding(message, fix, seen)


@REGISTRY.check(
    "WP502", "config", WARNING, example=_with(pip=(Setting("user", "1", "PIP_USER", VARIABLES),))
)
def pip_must_install_for_the_user(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A setting asks pip for `--user` installs, which a virtual environment does not allow.

    The user's own folder of packages is not visible from a virtual environment, so pip refuses:
    "Can not perform a '--user' install". Outside environments the setting is a fair choice, so
    leave it where it is and switch it off for this kernel alone.
    """
    setting = obeyed(settings.pip, "user")
    virtual = kernel.prefix != kernel.base_prefix and not kernel.environment.system_site
    if virtual and setting and setting.value.lower() in TRUE:
        message = (
            f"{named(setting)} asks pip for --user installs; this kernel's environment "
            f"{kernel.prefix} does not see the user's packages, so pip refuses"
        )
        yield Finding(message, 'import os; os.environ["PIP_USER"] = "0"', evidence(setting))


@REGISTRY.check(
    "WP503",
    "config",
    INFO,
    example=_with(
        pip=(Setting("index-url", "https://pypi.example.org/simple", "/etc/pip.conf", "global"),)
    ),
)
def packages_come_from_another_index(settings: Settings) -> Iterator[Finding]:
    """A setting makes pip or uv look for packages elsewhere than on PyPI.

    Mirrors and private indexes are normal in companies and schools. But they may lack a package,
    or have other versions of it, and then "no matching distribution" means this index alone. It is
    good to know when a package that others install is not found here.
    """
    for key in ("index-url", "extra-index-url", "find-links", "no-index"):
        names = (key, "pypi-url") if key == "index-url" else (key,)
        setting = obeyed(settings.pip, *names)
        yield from _looks_elsewhere("pip", setting)
    for each in settings.uv:
        if each.section in {"", "pip", VARIABLES}:
            yield from _looks_elsewhere("uv", each)


def _looks_elsewhere(tool: str, setting: Setting | None) -> Iterator[Finding]:
    if setting is None or setting.key not in _SAYS_OF_INDEXES:
        return
    if setting.key == "no-index":
        if setting.value.lower() in TRUE:
            message = f"{named(setting)} forbids {tool} to ask any index, PyPI included"
            yield Finding(message, evidence=evidence(setting))
        return
    hosts = [host(word) for word in setting.value.split()]
    others = [host for host in dict.fromkeys(hosts) if host not in {"", "pypi.org"}]
    if others:
        message = _SAYS_OF_INDEXES[setting.key].format(tool=tool, hosts=", ".join(others))
        yield Finding(f"{named(setting)} makes {message}", evidence=evidence(setting))


_SAYS_OF_INDEXES = {
    "index-url": "{tool} look for packages at {hosts}, not at pypi.org",
    "pypi-url": "{tool} look for packages at {hosts}, not at pypi.org",
    "default-index": "{tool} look for packages at {hosts}, not at pypi.org",
    "extra-index-url": "{tool} look for packages at {hosts} too, beside its index",
    "index": "{tool} look for packages at {hosts} too, beside its index",
    "find-links": "{tool} look for packages at {hosts} too, beside its index",
    "no-index": "",
}


@REGISTRY.check(
    "WP504", "config", INFO, example=_with(pip=(Setting("no-deps", "1", "PIP_NO_DEPS", VARIABLES),))
)
def pip_does_less_than_asked(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A setting makes pip install nothing, or less, or other versions than it was asked for.

    Options such as `no-deps`, `dry-run` or `constraint` are given to one command as a rule. In a
    file or a variable they hold for every command, long after they were forgotten; a value that
    pip cannot read, or a file that it does not find, even stops each of its commands.
    """
    yield from (_unreadable(each) for each in settings.pip_files if each.fault)
    for (key, *others), says in _FLAGS.items():
        setting = obeyed(settings.pip, key, *others)
        value = setting.value.lower() if setting else ""
        if setting and value not in TRUE | FALSE:
            message = f"{named(setting)} is neither yes nor no, so pip stops"
            yield Finding(message, undo(setting, settings, kernel), evidence(setting), ERROR)
        elif setting and value in TRUE and says and _applies(key, kernel):
            message = f"{named(setting)} makes pip {says}, for {kernel.executable} too"
            yield Finding(message, undo(setting, settings, kernel), evidence(setting))
    yield from _constraint(settings, kernel)
    yield from _late_python(settings, kernel)


# The flags whose value must be a truth, and what pip does when it is true; `user` is WP502.
_FLAGS = {
    ("require-virtualenv", "require-venv"): "refuse to work outside of virtual environments",
    ("no-deps", "no-dependencies"): "install packages without what they need",
    ("dry-run",): "install nothing and only say what it would do",
    ("break-system-packages",): "change what belongs to the operating system",
    ("user",): "",
}


def _applies(key: str, kernel: Kernel) -> bool:
    """Whether a true flag changes anything for this kernel."""
    if key == "require-virtualenv":
        return kernel.prefix == kernel.base_prefix
    return key != "break-system-packages" or bool(kernel.environment.managed)


def _unreadable(file: ConfigurationFile) -> Finding:
    message = f"{file.path} {file.fault}, so pip stops whatever it is asked for"
    return Finding(message, evidence={"file": file.path, "level": file.level}, severity=ERROR)


def _late_python(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """Which Python pip runs in, it decides before it reads the section of a command."""
    written = [s for s in settings.pip if (s.section, s.key) == ("install", "python") and s.value]
    for setting in written[-1:]:
        message = (
            f"{named(setting)} stands in [install], where pip stops at it; [global] may have it"
        )
        yield Finding(message, undo(setting, settings, kernel), evidence(setting), ERROR)


def _constraint(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    setting = obeyed(settings.pip, "constraint")
    if not setting:
        return
    if settings.missing_constraints:
        names = ", ".join(settings.missing_constraints)
        message = f"{named(setting)} names {names}, which does not exist, so pip stops"
        yield Finding(message, undo(setting, settings, kernel), evidence(setting), ERROR)
    else:
        message = f"{named(setting)} limits which versions pip may install"
        yield Finding(message, undo(setting, settings, kernel), evidence(setting))


@REGISTRY.check(
    "WP505",
    "config",
    WARNING,
    example=_with(
        variables=(Variable("VIRTUAL_ENV", "/srv/jupyter", "/srv/jupyter", same=False),),
        tools=("uv",),
    ),
)
def variable_names_another_environment(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A variable tells uv, conda, poetry or their like that another environment is active.

    A kernel inherits the variables of the server that started it, and so of the environment that
    was active there. pip does not read them, but uv and conda install where they point. Set the
    variable to this kernel's environment, or name it in the command: `uv pip install --python`.
    A conda environment below a virtual one that was activated after it is nothing unusual.
    """
    stale: dict[str, list[Variable]] = {}
    for variable in settings.variables:
        if not variable.same and _readers(variable, settings, kernel):
            stale.setdefault(variable.place or variable.value, []).append(variable)
    for place, variables in stale.items():
        readers = dict.fromkeys(
            reader for each in variables for reader in _readers(each, settings, kernel)
        )
        yield _stale(place, variables, list(readers), kernel)


def _readers(variable: Variable, settings: Settings, kernel: Kernel) -> list[str]:
    if variable.name == "PYTHONEXECUTABLE":
        return ["every Python that is started"] if kernel.system == "Darwin" else []
    if variable.name.startswith("CONDA_") and is_activated(settings):
        return []  # uv and poetry take VIRTUAL_ENV, and conda's part in it is told by another check
    return [tool for tool in _READERS.get(variable.name, ()) if tool in settings.tools]


def _stale(place: str, variables: list[Variable], readers: list[str], kernel: Kernel) -> Finding:
    names = [each.name for each in variables]
    gone = "" if variables[0].exists else ", which does not exist"
    message = (
        f"{' and '.join(names)} {'name' if len(names) > 1 else 'names'} {place}{gone}; "
        f"this kernel is {kernel.prefix}, and {' and '.join(readers)} will look there"
    )
    seen = {each.name: each.value for each in variables}
    return Finding(message, _set_right(names, kernel), {**seen, "this kernel": kernel.prefix})


def _set_right(names: list[str], kernel: Kernel) -> str:
    """Python for a cell: the variable of this kind of environment is set, the others go."""
    conda = kernel.environment.kind == "conda"
    right = "CONDA_PREFIX" if conda else "VIRTUAL_ENV"
    virtual = conda or kernel.prefix != kernel.base_prefix
    steps = [
        f'os.environ["{name}"] = sys.prefix'
        if name == right and virtual
        else f'os.environ.pop("{name}", None)'
        for name in names
    ]
    return f"import os, sys; {'; '.join(steps)}"


_UV_PREFIX = Setting("prefix", "/srv/tools", "/home/ada/.config/uv/uv.toml", "pip")


@REGISTRY.check(
    "WP506",
    "config",
    INFO,
    example=_with(
        uv=(_UV_PREFIX,),
        redirects=(Redirect("uv", _UV_PREFIX, "/srv/tools/lib/python3.12/site-packages"),),
        tools=("uv",),
    ),
)
def tool_is_configured_to_work_elsewhere(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A file of uv or conda changes where, or what, they install.

    `uv.toml` and `[tool.uv.pip]` in a `pyproject.toml` may name another Python or folder for every
    `uv pip`; a `.condarc` may move environments and add packages to each new one. That is a choice
    as a rule, but one that is easily forgotten, and that nobody sees in the command itself.
    """
    if "uv" in settings.tools:
        for redirect in settings.redirects:
            if redirect.tool == "uv" and not redirect.seen:
                yield _uv_elsewhere(redirect, kernel)
    if "conda" in settings.tools or "mamba" in settings.tools:
        for setting in settings.conda:
            if setting.value.lower() not in FALSE:
                message = f"{named(setting)} makes conda {_SAYS_OF_CONDA[setting.key]}"
                yield Finding(message.format(value=setting.value), evidence=evidence(setting))


_SAYS_OF_CONDA = {
    "envs_dirs": "keep environments in {value}",
    "create_default_packages": "put {value} into each new environment",
    "pip_interop_enabled": "change and remove packages that pip installed",
}


def _uv_elsewhere(redirect: Redirect, kernel: Kernel) -> Finding:
    setting = redirect.setting
    where = redirect.folder or "the Python that it finds first on PATH"
    message = f"{named(setting)} makes `uv pip` work on {where}; this kernel is {kernel.prefix}"
    fix = f"uv --no-config pip install --python {shlex.quote(kernel.executable)} NAME"
    return Finding(message, fix, {**evidence(setting), "this kernel": kernel.prefix})


@REGISTRY.check(
    "WP507",
    "config",
    WARNING,
    example=_with(
        library_path=(LibraryEntry("LD_LIBRARY_PATH", "/opt/conda/lib", "/opt/conda", "conda"),),
    ),
)
def libraries_of_another_environment(settings: Settings, kernel: Kernel) -> Iterator[Finding]:
    """A variable makes the system's loader take shared libraries from another environment.

    Compiled packages of this kernel are then joined with libraries that they were not built for:
    "version GLIBCXX_3.4.30 not found", or a crash. A running process cannot take that back, so
    unset the variable where the server is started. Folders of CUDA and the like are no fault.
    """
    for variable, entries in _by_variable(settings.library_path).items():
        prefixes = " and ".join(dict.fromkeys(entry.prefix for entry in entries))
        kinds = " and ".join(dict.fromkeys(entry.kind for entry in entries))
        message = (
            f"{variable} makes programs load libraries of the {kinds} environment {prefixes}; "
            f"this kernel is {kernel.prefix}"
        )
        seen = {variable: ":".join(entry.path for entry in entries)}
        yield Finding(message, f"unset {variable}", {**seen, "this kernel": kernel.prefix})


def _by_variable(entries: Iterable[LibraryEntry]) -> dict[str, list[LibraryEntry]]:
    found: dict[str, list[LibraryEntry]] = {}
    for entry in entries:
        if entry.prefix and not entry.same:
            found.setdefault(entry.variable, []).append(entry)
    return found
