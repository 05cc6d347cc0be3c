"""DATA: where the kernel runs, the project that its notebook lies in, a module that was missed."""

from __future__ import annotations

from ipymod.frozen import dataclass, field


@dataclass(frozen=True)
class Place:
    """What kind of machine this is, as far as it changes what to advise.

    Attributes:
        service: who hosts the kernel: `colab`, `kaggle`, `binder`, `sagemaker`, `databricks`,
            `deepnote`, `codespaces`, `jupyterhub`, or `vscode` for an editor; `jupyterlite` or
            `pyodide` for a page of a browser; empty for none.
        signs: the names of the variables and files that tell so; never their values.
        container: `docker`, `podman`, `kubernetes`, `lxc`, or empty.
        wsl: whether this is the Windows Subsystem for Linux.
        translated: whether the kernel runs under Rosetta; None where that cannot be asked.
        windows_commands: on WSL, what is typed and the file of Windows that a shell would start.
    """

    service: str = ""
    signs: tuple[str, ...] = ()
    container: str = ""
    wsl: bool = False
    translated: bool | None = None
    windows_commands: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProjectEnvironment:
    """An environment that exists and that a project says is its own.

    Attributes:
        tool: who looks for it there: `uv`, `venv`, `poetry`, `pdm`, `pixi` or `conda`.
        prefix: where it is.
        python: its interpreter; empty if it has none that can be started.
        named_by: the file or variable that says that it belongs to the project.
        of_kernel: whether it is the kernel's own, links resolved.
        ipykernel: whether it could be a kernel.
    """

    tool: str
    prefix: str
    python: str
    named_by: str
    of_kernel: bool = False
    ipykernel: bool = False


@dataclass(frozen=True)
class Project:
    """The project that the notebook lies in: the nearest folder upwards that says it is one.

    Attributes:
        root: its folder.
        name: as its own files call it, else the name of the folder.
        environments: those that exist, the one that its tool would take first.
        requires: its versions of Python as written: `>=3.11`, `^3.9`; empty if it does not say.
        requires_in: the file that says so.
        pinned: the versions in `.python-version`, which may be names: `3.12`, `myenv`.
        pinned_in: that file.
        unread: files that are there and could not be understood.
    """

    root: str
    name: str
    environments: tuple[ProjectEnvironment, ...] = ()
    requires: str = ""
    requires_in: str = ""
    pinned: tuple[str, ...] = ()
    pinned_in: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Installed:
    """A distribution that lies in a directory of packages.

    Attributes:
        distribution: its name as its metadata write it: `scikit-learn`.
        version: its version; empty if the metadata are unreadable.
        metadata: its `.dist-info` or `.egg-info`; empty for a module that belongs to none.
        prefix: the environment that the directory belongs to; empty for a user's directory.
        python: the version of Python that it is installed for: `3.11`.
        via: how this environment is reached from here: ``pip` on PATH`, `the kernelspec r39`.
        source: the URL that it was installed from, if it came from no index, else empty.
    """

    distribution: str
    version: str
    metadata: str = ""
    prefix: str = ""
    python: str = ""
    via: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Missing:
    """What is known of a module that could not be imported.

    Attributes:
        module: what was missed, as far as it is named: `cv2`, `jwt.encode`.
        found: the part of it that can be imported: `jwt`; empty if none but a namespace can.
        distributions: what brings it, as far as that is known, the usual one first; with a limit
            where newer versions have it no more: `setuptools<82`.
        elsewhere: where it is installed, though not for this kernel.
        here: the distributions of the kernel that it should come with.
        listed: whether one of them has it among its files, as far as its own list goes.
        standard: whether it belongs to the standard library of the kernel's version.
        added: the version of Python that brought it into the standard library, else empty.
        removed: the version of Python that took it out, else empty.
        instead: the module that its users take now, else empty.
        near: names that can be imported and look like it, the nearest first.
        alike: well-known modules that look like it and that cannot be imported here.
        shadow: a file that stands where its package would be found, else empty.
        impostor: a distribution of the kernel that has the module's name and is another thing.
    """

    module: str
    found: str = ""
    distributions: tuple[str, ...] = ()
    elsewhere: tuple[Installed, ...] = ()
    here: tuple[Installed, ...] = ()
    listed: bool = False
    standard: bool = False
    added: str = ""
    removed: str = ""
    instead: str = ""
    near: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    shadow: str = ""
    impostor: Installed | None = None


HEALTHY_PLACE = Place()
HEALTHY_PROJECT = Project(
    root="/home/ada/project",
    name="project",
    environments=(
        ProjectEnvironment(
            tool="venv",
            prefix="/home/ada/project/.venv",
            python="/home/ada/project/.venv/bin/python",
            named_by="/home/ada/project/.venv/pyvenv.cfg",
            of_kernel=True,
            ipykernel=True,
        ),
    ),
    requires=">=3.11",
    requires_in="/home/ada/project/pyproject.toml",
)
HEALTHY_MISSING: Missing | None = None  # nothing failed to import
