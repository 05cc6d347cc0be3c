"""DATA: the kernels that Jupyter offers, the server that starts them, and the notebook."""

from __future__ import annotations

from ipymod.facts.base import Command, Environment
from ipymod.frozen import dataclass, field


@dataclass(frozen=True)
class Kernelspec:
    """A `kernel.json`, and what it would start.

    Attributes:
        name: as Jupyter knows it: the name of its directory in lower case.
        directory: the directory that `kernel.json` lies in.
        order: the place of the kernel directory around it in `Kernelspecs.directories`; -1 for
            the kernel that Jupyter makes up where no `python3` is registered.
        display_name: what a person chooses it by.
        language: as it says.
        argv: the command as it is written.
        env: the variables that it adds, as they are written.
        unset: the names that `env` refers to as `${NAME}` and that the server does not have.
        foreign: the variables of `env` that name another environment, and its prefix.
        error: what is wrong with the file itself; empty if nothing is.
        listed: whether Jupyter offers a kernel of this file, another of its name left aside.
        command: what the server would start by the first word; None where that is not to be told,
            as with a kernel that runs on another machine.
        own: whether the first word means the server's own Python, whatever PATH says.
        module: what follows `-m`: `ipykernel_launcher`; empty if nothing does.
        has_module: whether the interpreter would find that module; None if only a run tells.
        shadows: the directories that would be used if this one were not, in order.
        shadowed_by: the directory that is used in place of this one; empty if this one is.
    """

    name: str
    directory: str
    order: int = 0
    display_name: str = ""
    language: str = ""
    argv: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    foreign: dict[str, str] = field(default_factory=dict)
    error: str = ""
    listed: bool = True
    command: Command | None = None
    own: bool = False
    module: str = ""
    has_module: bool | None = None
    shadows: tuple[str, ...] = ()
    shadowed_by: str = ""


@dataclass(frozen=True)
class Part:
    """A package that the kernel itself is made of.

    Attributes:
        name: of the distribution: `ipykernel`, `pyzmq`.
        loaded: the directory that it was imported from; empty if it is not imported here.
        copies: the directories of `sys.path` that it is installed in, in that order.
    """

    name: str
    loaded: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Activation:
    """How far a conda environment is activated for the kernel that runs in it.

    Attributes:
        variable: what CONDA_PREFIX says; empty if it is not set.
        active: whether that is the environment, links resolved.
        on_path: whether PATH has the directory of the environment's programs and libraries.
        scripts: the files that activation would run.
    """

    variable: str = ""
    active: bool = False
    on_path: bool = True
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Launch:
    """How the kernel that the report is about was started.

    Attributes:
        kernelspec: the name of its kernelspec, as its connection file tells; empty if unknown.
        parts: what it is made of.
        activation: for a kernel in a conda environment.
    """

    kernelspec: str = ""
    parts: tuple[Part, ...] = ()
    activation: Activation | None = None


@dataclass(frozen=True)
class Kernelspecs:
    """All kernelspecs, in the order in which Jupyter finds them, shadowed ones included.

    Attributes:
        specs: every directory that has a `kernel.json`, and the one that Jupyter makes up.
        directories: the directories that are searched, first come first served.
        python: the interpreter whose Jupyter searches so: the server's, or the kernel's own.
        prefix: its `sys.prefix`.
        of_server: whether it is the server's, so that the list is what the user sees.
        launch: how the kernel itself was started.
    """

    specs: tuple[Kernelspec, ...] = ()
    directories: tuple[str, ...] = ()
    python: str = ""
    prefix: str = ""
    of_server: bool = False
    launch: Launch = Launch()

    def named(self, name: str) -> Kernelspec | None:
        """The one that Jupyter takes for a name; None if it offers none."""
        wanted = name.lower()
        fitting = (spec for spec in self.specs if spec.name == wanted and not spec.shadowed_by)
        return next((spec for spec in fitting if spec.listed), None)


@dataclass(frozen=True)
class Server:
    """The process that started the kernel: a Jupyter server, papermill, nbclient.

    Attributes:
        pid: its number.
        found: whether it could be looked into, and is a Python; if not, all else is empty.
        python: its interpreter, never resolved through links.
        environment: the environment of that.
        application: what it runs: `jupyter-lab`, `papermill`; empty if that is not to be seen.
        versions: the distributions in its environment that notebooks are shown with:
            `jupyterlab`, `notebook`, `jupyter_server`, `jupyter_client`, `jupyter_core`,
            `jupyterlab_widgets`, `widgetsnbextension`, ...; an empty version is one unknown.
        kernel_versions: the same of the kernel's environment.
    """

    pid: int
    found: bool = False
    python: str = ""
    environment: Environment | None = None
    application: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    kernel_versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notebook:
    """The notebook that the kernel was started for, as it is saved.

    Attributes:
        path: the file.
        kernelspec: the name of the kernel that it asks for; empty if it names none.
        language: of that kernel, empty if it names none.
        version: of the language that it was last run with; empty if it does not say.
        unread: why nothing is known of it; empty if it was read.
    """

    path: str
    kernelspec: str = ""
    language: str = ""
    version: str = ""
    unread: str = ""


_PREFIX = "/home/ada/project/.venv"
_ENVIRONMENT = Environment(
    prefix=_PREFIX,
    base_prefix="/usr",
    kind="venv",
    version="3.12.1",
    site=(f"{_PREFIX}/lib/python3.12/site-packages",),
    scripts=f"{_PREFIX}/bin",
)
_VERSIONS = {
    "ipykernel": "6.29.5",
    "ipywidgets": "8.1.5",
    "jupyter_client": "8.6.3",
    "jupyter_core": "5.7.2",
    "jupyter_server": "2.14.2",
    "jupyterlab": "4.2.5",
    "jupyterlab_widgets": "3.0.13",
    "widgetsnbextension": "4.0.13",
}
HEALTHY_SERVER = Server(
    pid=4242,
    found=True,
    python=f"{_PREFIX}/bin/python",
    environment=_ENVIRONMENT,
    application="jupyter-lab",
    versions=_VERSIONS,
    kernel_versions=_VERSIONS,
)
HEALTHY_KERNELSPECS = Kernelspecs(
    specs=(
        Kernelspec(
            name="python3",
            directory=f"{_PREFIX}/share/jupyter/kernels/python3",
            display_name="Python 3 (ipykernel)",
            language="python",
            argv=("python", "-m", "ipykernel_launcher", "-f", "{connection_file}"),
            command=Command(
                name="python",
                path=f"{_PREFIX}/bin/python",
                python=f"{_PREFIX}/bin/python",
                environment=_ENVIRONMENT,
                state="ok",
                certainty="certain",
                home=_PREFIX,
                steps=(f"{_PREFIX}/bin/python imports from {_PREFIX}",),
            ),
            own=True,
            module="ipykernel_launcher",
            has_module=True,
        ),
    ),
    directories=(
        f"{_PREFIX}/share/jupyter/kernels",
        "/home/ada/.local/share/jupyter/kernels",
        "/usr/local/share/jupyter/kernels",
        "/usr/share/jupyter/kernels",
        "/home/ada/.ipython/kernels",
    ),
    python=f"{_PREFIX}/bin/python",
    prefix=_PREFIX,
    of_server=True,
    launch=Launch(
        kernelspec="python3",
        parts=tuple(
            Part(name, f"{_PREFIX}/lib/python3.12/site-packages", _ENVIRONMENT.site)
            for name in ("ipykernel", "ipython", "jupyter_client", "traitlets", "pyzmq", "tornado")
        ),
    ),
)
HEALTHY_NOTEBOOK = Notebook(
    path="/home/ada/project/analysis.ipynb",
    kernelspec="python3",
    language="python",
    version="3.12.1",
)
