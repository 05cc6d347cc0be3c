"""Real kernels after `ipymod enable`, and after `ipymod disable`, in each generation of IPython."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import REPOSITORY, environment, interpreter
from kernels import LiveKernel
from test_startup import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from kernels import Output

    Start = Callable[..., LiveKernel]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="a pip with a shebang")]

PROFILE = Path("profile_default")
HAS_MAGIC = "'pymod' in get_ipython().magics_manager.magics['line']"
HOOKS = "{event: len(each) for event, each in get_ipython().events.callbacks.items()}"
LEFT = """[
    sorted(get_ipython().extension_manager.loaded), len(get_ipython().ast_transformers),
    sorted(get_ipython().magics_manager.registry), sorted(get_ipython().user_ns),
]"""
LOOK = """
import sys, ipymod.idle
loaded = [each for each in sys.modules if each.startswith("ipymod.")]
ipymod.idle.QUIET = 3
"""
SITES = "import json, site; print(json.dumps(site.getsitepackages()))"


@pytest.fixture(params=["colab", "ipython8", "ipython9"])
def built(request: pytest.FixtureRequest) -> str:
    """An environment of each generation, as it was built."""
    return environment(request.param)


newest = pytest.mark.parametrize("built", ["ipython9"], indirect=True)


@pytest.fixture
def ipython(tmp_path: Path) -> Path:
    """The user's IPython folder."""
    folder = tmp_path / "ipython"
    folder.mkdir()
    return folder


def sharing(built: str, prefix: Path, *more: Path) -> str:
    """An environment of its own that shares all packages with another, but for its `.pth` files."""
    subprocess.run([built, "-m", "venv", "--without-pip", prefix], check=True)
    packages = json.loads(subprocess.check_output([built, "-c", SITES]))
    (site,) = json.loads(subprocess.check_output([interpreter(prefix), "-c", SITES]))
    (Path(site) / "shared.pth").write_text("\n".join([*packages, *map(str, more)]) + "\n")
    return interpreter(prefix)


@pytest.fixture
def python(built: str, tmp_path: Path) -> str:
    """The Python of an environment that has ipymod."""
    return sharing(built, tmp_path / "env", REPOSITORY / "src")


@pytest.fixture
def ipymod(python: str, ipython: Path) -> Callable[..., str]:
    """The command, of that environment."""

    def run(*words: str) -> str:
        env = {**os.environ, "IPYTHONDIR": str(ipython)}
        command = [python, "-B", "-m", "ipymod", *words]
        return subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout

    return run


@pytest.fixture
def start(python: str, ipython: Path, fresh_kernel: Start) -> Start:
    """Start a kernel of that environment; PATH has no other."""

    def run(of: str = python, **variables: str) -> LiveKernel:
        env = {
            "IPYTHONDIR": str(ipython),
            "PATH": str(Path(of).parent),
            "VIRTUAL_ENV": str(Path(of).parents[1]),
        }
        return fresh_kernel(of, env={**env, **variables})

    return run


def displays(output: Output) -> list[str]:
    return [each["data"]["text/plain"] for each in output.displays]


# -- on and off


@pytest.mark.parametrize("options", [[], ["--user"]])
def test_every_kernel_loads_it_until_it_is_disabled(
    options: list[str], ipymod: Callable[..., str], start: Start, tmp_path: Path
) -> None:
    before = tree(tmp_path / "env")
    ipymod("enable", *options)
    kernel = start()
    output = kernel.run("%pymod platform")
    assert output.error is None
    assert output.stdout
    assert kernel.strays == []
    ipymod("disable", *options)
    assert tree(tmp_path / "env").keys() == before.keys()
    assert not start().value(HAS_MAGIC)


@newest
def test_a_kernel_of_another_environment_is_left_alone(
    built: str, ipymod: Callable[..., str], start: Start
) -> None:
    ipymod("enable")
    assert not start(built).value(HAS_MAGIC)


@newest
def test_a_kernel_of_an_environment_without_ipymod_does_not_notice(
    built: str, ipymod: Callable[..., str], start: Start, tmp_path: Path, ipython: Path
) -> None:
    ipymod("enable", "--user")
    after = ipython / PROFILE / "startup" / "99-later.py"
    after.write_text("later = 1\n")
    without = sharing(built, tmp_path / "without")
    command = [without, "-c", "import ipymod"]
    assert subprocess.run(command, capture_output=True, check=False).returncode
    kernel = start(without)
    assert (kernel.run("later").result, kernel.strays) == ({"text/plain": "1"}, [])
    assert "ipymod" not in kernel.log.read_text()


class OfProfile(LiveKernel):
    """A kernel that is registered with a profile."""

    def _new_manager(self) -> Any:
        manager = super()._new_manager()
        spec = self._home / "kernels" / "live" / "kernel.json"
        told = json.loads(spec.read_text())
        spec.write_text(json.dumps({**told, "argv": [*told["argv"], "--profile=P"]}))
        return manager


@newest
def test_a_profile_is_on_alone(
    ipymod: Callable[..., str], start: Start, ipython: Path, python: str
) -> None:
    (ipython / "profile_P").mkdir()
    ipymod("enable", "--profile", "P")
    assert not start().value(HAS_MAGIC)
    with OfProfile(python, env={"IPYTHONDIR": str(ipython)}) as kernel:
        assert kernel.value(HAS_MAGIC)


def test_a_terminal_passes_it_by(ipymod: Callable[..., str], python: str, ipython: Path) -> None:
    ipymod("enable")
    ipymod("enable", "--user")
    code = "import sys; print('ipymod' in sys.modules)"
    told = subprocess.check_output(
        [python, "-m", "IPython", "--ipython-dir", ipython, "-c", code], text=True
    )
    assert told.endswith("False\n")


# -- the others in the same place

EXTENSION = "def load_ipython_extension(shell):\n    shell.{0} = 1\n"
SETTINGS = {
    "ipython_config.py": (
        "c.InteractiveShellApp.extensions = ['one']\n"
        "c.InteractiveShellApp.extra_extensions.append('two')\n"
    ),
    "ipython_kernel_config.py": "c.IPKernelApp.exec_lines = ['five = 1']\n",
    "ipython_kernel_config.json": '{"IPKernelApp": {"extra_extensions": ["three"]},\n "x": {} }',
    "startup/00-before.py": "before = 1\nnames = {*globals()}\n",
    "startup/99-after.py": "after = 1\nmore = {*globals()} - names\n",
}
OTHERS = """[
    [each for each in ("one", "two", "three") if hasattr(get_ipython(), each)],
    five, before, after, sorted(more),
]"""


def test_what_others_have_set_goes_on_as_before(
    ipymod: Callable[..., str], start: Start, ipython: Path
) -> None:
    (ipython / "extensions").mkdir()
    for name in ("one", "two", "three"):
        (ipython / "extensions" / f"{name}.py").write_text(EXTENSION.format(name))
    for name, text in SETTINGS.items():
        (ipython / PROFILE / name).parent.mkdir(parents=True, exist_ok=True)
        (ipython / PROFILE / name).write_text(text)
    path = str(ipython / "extensions")
    before = start(PYTHONPATH=path).value(OTHERS)
    for option in ("--user", "--sys-prefix"):
        ipymod("enable", option)
        kernel = start(PYTHONPATH=path)
        assert kernel.value(OTHERS) == before
        assert kernel.value(HAS_MAGIC)
    assert before[1:4] == [1, 1, 1]
    assert {name: (ipython / PROFILE / name).read_text() for name in SETTINGS} == SETTINGS


# -- in the notebook


def test_loading_it_again_is_harmless_and_unloading_leaves_no_trace(
    ipymod: Callable[..., str], start: Start
) -> None:
    plain = start()
    plain.run("%load_ext storemagic")
    plain.run("%unload_ext autoreload")
    hooks, left = plain.value(HOOKS), plain.value(LEFT)
    ipymod("enable")
    ipymod("enable", "--user")
    kernel = start()
    again = kernel.run("%load_ext ipymod")
    assert again.stdout.startswith("The ipymod extension is already loaded.")
    assert (again.stderr, again.error, displays(again)) == ("", None, [])
    kernel.run("%unload_ext ipymod")
    assert (kernel.value(HOOKS), kernel.value(LEFT)) == (hooks, left)
    assert not kernel.value(HAS_MAGIC)


def test_where_all_is_well_nothing_is_said(ipymod: Callable[..., str], start: Start) -> None:
    ipymod("enable")
    kernel = start()
    assert [each["content"] for each in kernel.idle(2)] == []
    assert displays(kernel.run("1")) == []


def test_the_greeting_comes_below_the_first_cell_once(
    built: str, ipymod: Callable[..., str], start: Start
) -> None:
    ipymod("enable")
    ipymod("enable", "--user")
    kernel = start(PATH=str(Path(built).parent), VIRTUAL_ENV="")
    assert [each["content"] for each in kernel.idle(3)] == []
    (said,) = displays(kernel.run("1"))
    assert said.startswith("ipymod: 2 problems: pip installs elsewhere, python runs elsewhere")
    assert said.endswith("\n%whichpip shows them")
    assert said.count("\n") == 1
    assert displays(kernel.run("2")) == []


@newest
def test_a_first_cell_that_comes_at_once_does_not_wait_for_it(
    built: str, ipymod: Callable[..., str], start: Start, ipython: Path
) -> None:
    ipymod("enable", "--user")
    (ipython / PROFILE / "startup" / "99-look.py").write_text(LOOK)
    kernel = start(PATH=str(Path(built).parent), VIRTUAL_ENV="")
    heavy = {"ipymod.survey", "ipymod.checks", "ipymod.report", "ipymod.launchers"}
    assert heavy & {*kernel.value("loaded")} == set()
    assert [displays(kernel.run("1")) for _ in range(3)] == [[], [], []]
    kernel.idle(7)
    assert len(displays(kernel.run("1"))) == 1
