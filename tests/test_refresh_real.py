"""Real kernels whose packages are installed, replaced and removed by real tools while they run."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import FOLDER, REPOSITORY, create, install, interpreter, locked, pythons
from kernels import LiveKernel
from package_environments import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

START = """
import sys
from ipymod.refresh import after, make_importable, sentence, snapshot
before = snapshot(sys.path, sys.modules, globals().get("before"))
"""
LOOK = """
change = after(before, sys.path, sys.modules)
failed = make_importable(change)
before = change.now
"""
OURS = (
    "tiny",
    "lone",
    "spaced",
    "differs",
    "linked",
    "led",
    "found",
    "markupsafe",
    "numpy",
    "tiny-two",
)
TOOLS = ("pip", "uv copy", "uv hardlink")


@dataclass(frozen=True)
class Place:
    """An environment with ipykernel and with what builds editable installs without a network."""

    python: str
    wheels: Path

    def wheel(self, name: str, version: str, files: Mapping[str, str | bytes]) -> str:
        return str(write_wheel(self.wheels, name, version, dict(files)))

    def install(self, tool: str, *words: str, again: bool = False) -> None:
        run(*self.command(tool, *words, again=again))

    def command(self, tool: str, *words: str, again: bool = False) -> list[str]:
        if tool == "pip":
            command = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            return [*command, *["--force-reinstall"] * again, *words]
        command = [*self._uv("install"), "--link-mode", tool.removeprefix("uv ")]
        command += ["--cache-dir", str(FOLDER / "uv-cache"), *["--reinstall"] * again]
        return [*command, *words]

    def remove(self, tool: str, *names: str) -> None:
        if tool == "pip":
            run(self.python, "-m", "pip", "uninstall", "-qy", *names)
        else:
            run(*self._uv("uninstall"), *names)

    def path(self, **environ: str) -> list[str]:
        """What a new process has on `sys.path`, without its working directory."""
        code = "import sys; print('\\n'.join(sys.path))"
        command = [self.python, "-P", "-c", code]
        told = subprocess.run(
            command, check=True, capture_output=True, text=True, env=environ or None
        )
        return told.stdout.splitlines()

    def _uv(self, word: str) -> list[str]:
        return [sys.executable, "-m", "uv", "pip", word, "-q", "--python", self.python]


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def built(name: str, base: str, *options: str) -> str:
    """A kept environment; whoever changes it mends it."""
    digest = hashlib.sha256(f"{base}{REPOSITORY}".encode()).hexdigest()[:8]
    prefix = FOLDER / f"refresh-{name}-{digest}"
    if not (prefix / "ready").exists():
        shutil.rmtree(prefix, ignore_errors=True)
        create(base, prefix)
        if options:
            run(sys.executable, "-m", "uv", "venv", "-q", *options, "--python", base, str(prefix))
        builders = ("hatchling", "editables", "setuptools>=70")
        install(interpreter(prefix), "ipykernel>=7", "ipython>=9", *builders)
        install(interpreter(prefix), "-e", str(REPOSITORY))
        (prefix / "ready").touch()
    return interpreter(prefix)


@pytest.fixture(params=["oldest", "newest"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    base = list(pythons().values())[0 if request.param == "oldest" else -1]
    with locked(FOLDER / f"refresh-{request.param}.lock"):  # for the whole test, which changes it
        python = built(request.param, base)
        (tmp_path / "wheels").mkdir()
        place = Place(python, tmp_path / "wheels")
        place.remove("uv", *OURS)
        yield place
        place.remove("uv", *OURS)


@pytest.fixture
def kernel(place: Place) -> Iterator[LiveKernel]:
    with LiveKernel(place.python) as kernel:
        yield kernel


def begin(kernel: LiveKernel, code: str = "") -> None:
    """Run the cell that is there before, and look."""
    output = kernel.run(f"{code}\n{START}")
    assert output.error is None, output.error


def said(kernel: LiveKernel) -> Any:
    """Look after the install, make importable, and say."""
    output = kernel.run(LOOK)
    assert output.error is None, output.error
    assert (output.stdout, output.stderr) == ("", "")
    assert kernel.value("failed") == []
    return kernel.value("sentence(change)")


def gives(kernel: LiveKernel, code: str, expression: str) -> Any:
    output = kernel.run(code)
    assert output.error is None, output.error
    return kernel.value(expression)


TINY = {"tiny/__init__.py": "", "tiny/a.py": "x = 1\n", "tiny/b.py": "x = 1\n", "tiny/c.py": ""}
TINY_2 = {**TINY, "tiny/a.py": "x = 2\n", "tiny/c.py": "x = 2\n"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_package_from_its_first_install_to_its_removal(
    place: Place, kernel: LiveKernel, tool: str
) -> None:
    one, two = (place.wheel("tiny", f"{n}.0", files) for n, files in ((1, TINY), (2, TINY_2)))
    assert kernel.run("import tiny").error is not None
    begin(kernel)
    place.install(tool, one)
    assert said(kernel) == "tiny 1.0 is ready, no restart needed"
    assert gives(kernel, "import tiny.a, tiny.b", "tiny.a.x") == 1
    begin(kernel)
    place.install(tool, one, again=True)
    assert said(kernel) is None
    begin(kernel)
    place.install(tool, two)
    assert said(kernel) == "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert kernel.value("change.stale") == ["tiny.a"]
    assert gives(kernel, "import tiny.c", "tiny.c.x") == 2
    begin(kernel)
    place.install(tool, one)
    # What was imported from the newer one is old news now; `tiny.a` is again what is on the disk.
    assert said(kernel) == "restart the kernel: tiny 2.0 -> 1.0, 1 of its loaded modules changed"
    assert kernel.value("change.stale") == ["tiny.c"]
    begin(kernel)
    place.remove(tool, "tiny")
    text = "tiny 1.0 is removed, 4 of its modules stay in memory until a restart"
    assert said(kernel) == text


@pytest.mark.parametrize("tool", TOOLS)
def test_a_package_that_is_not_loaded_needs_no_restart(
    place: Place, kernel: LiveKernel, tool: str
) -> None:
    place.install(tool, place.wheel("tiny", "1.0", TINY))
    begin(kernel)
    place.install(tool, place.wheel("tiny", "2.0", TINY_2))
    assert said(kernel) == "tiny 1.0 -> 2.0 is ready, no restart needed"
    assert gives(kernel, "import tiny.a", "tiny.a.x") == 2
    begin(kernel)
    place.remove(tool, "tiny")
    text = "tiny 2.0 is removed, 2 of its modules stay in memory until a restart"
    assert said(kernel) == text


@pytest.mark.parametrize("tool", TOOLS)
def test_modules_of_every_shape_are_seen(place: Place, kernel: LiveKernel, tool: str) -> None:
    shapes = {
        "lone": "lone.py",
        "spaced": "one_space/deep/part.py",  # above it are no `__init__.py`
        "differs": "another_name/__init__.py",
    }
    place.install(tool, *(place.wheel(n, "1.0", {f: "x = 1\n"}) for n, f in shapes.items()))
    begin(kernel, "import lone, one_space.deep.part, another_name")
    place.install(tool, *(place.wheel(n, "2.0", {f: "x = 2\n"}) for n, f in shapes.items()))
    assert said(kernel) == (
        "restart the kernel: differs 1.0 -> 2.0, 1 of its loaded modules changed"
        " (and 2 of 2 others)"
    )
    assert set(kernel.value("change.stale")) == {"lone", "one_space.deep.part", "another_name"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_compiled_package_that_was_loaded(place: Place, kernel: LiveKernel, tool: str) -> None:
    place.install(tool, "markupsafe==3.0.1")
    begin(kernel, "import markupsafe")
    place.install(tool, "markupsafe==3.0.1", again=True)
    assert said(kernel) is None
    begin(kernel)
    place.install(tool, "markupsafe==3.0.2")
    text = r"restart the kernel: markupsafe 3.0.1 -> 3.0.2, \d of its loaded modules changed"
    assert re.fullmatch(text, said(kernel), re.IGNORECASE)
    assert "markupsafe._speedups" in kernel.value("change.stale")
    begin(kernel)
    place.install(tool, "markupsafe==3.0.1")
    assert said(kernel).lower() == "markupsafe 3.0.2 -> 3.0.1 is ready, no restart needed"


def test_a_library_that_a_wheel_brings_is_replaced(place: Place, kernel: LiveKernel) -> None:
    # Any library that loads without others will do.
    data = Path(kernel.value("__import__('_json').__file__")).read_bytes()
    files: dict[str, str | bytes] = {"tiny/__init__.py": "", "tiny.libs/libtiny.so": data}
    place.install("pip", place.wheel("tiny", "1.0", files))
    site = kernel.value("__import__('sysconfig').get_path('purelib')")
    begin(kernel, f"import ctypes; ctypes.CDLL({site + '/tiny.libs/libtiny.so'!r})")
    place.install("pip", place.wheel("tiny", "1.0", files), again=True)
    assert said(kernel) is None
    begin(kernel)
    changed = data[:0x40] + bytes([data[0x40] ^ 1]) + data[0x41:]
    place.install("pip", place.wheel("tiny", "2.0", {**files, "tiny.libs/libtiny.so": changed}))
    assert said(kernel) == "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded libraries changed"


@pytest.mark.parametrize("tool", ["pip", "uv hardlink"])
def test_numpy_with_its_libraries(place: Place, kernel: LiveKernel, tool: str) -> None:
    older = "1.26.4" if kernel.value("__import__('sys').version_info[1]") == 11 else "2.1.3"
    place.install(tool, f"numpy=={older}")
    begin(kernel, "import numpy.linalg, numpy.random")
    place.install(tool, f"numpy=={older}", again=True)
    assert said(kernel) is None
    begin(kernel)
    place.install(tool, "numpy==2.2.0")
    text = said(kernel)
    changed = len(kernel.value("change.stale + change.gone"))
    what = f"numpy {older} -> 2.2.0, {changed} of its loaded modules changed"
    assert text == f"restart the kernel: {what}"
    assert 30 < changed < kernel.value("sum(name.startswith('numpy') for name in sys.modules)")
    begin(kernel)
    place.install(tool, f"numpy=={older}")
    assert said(kernel) == f"numpy 2.2.0 -> {older} is ready, no restart needed"
    assert gives(kernel, "import numpy.fft", "numpy.fft.fft([1]).real.tolist()") == [1]


def test_a_distribution_that_was_renamed(place: Place, kernel: LiveKernel) -> None:
    old = place.wheel("tiny", "1.0", TINY)
    new, other = (place.wheel("tiny_two", f"{n}.0", each) for n, each in ((1, TINY), (2, TINY_2)))
    place.install("pip", old)
    begin(kernel, "import tiny.a")
    place.remove("pip", "tiny")
    place.install("pip", new)
    text = "tiny-two 1.0 is ready, no restart needed; tiny 1.0 is removed"
    assert said(kernel) == text
    begin(kernel)
    place.install("pip", other)
    text = "restart the kernel: tiny-two 1.0 -> 2.0, 1 of its loaded modules changed"
    assert said(kernel) == text


def test_what_is_loaded_anew_after_an_upgrade_is_fresh(place: Place, kernel: LiveKernel) -> None:
    place.install("pip", place.wheel("tiny", "1.0", TINY))
    begin(kernel, "import tiny.a")
    place.install("pip", place.wheel("tiny", "2.0", TINY_2))
    text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert said(kernel) == text
    assert gives(kernel, "import importlib; importlib.reload(tiny.a)", "tiny.a.x") == 2
    begin(kernel)
    place.install("pip", place.wheel("tiny", "2.0", TINY_2), again=True)
    assert said(kernel) is None


def test_a_target_on_the_path_is_looked_at(
    place: Place, kernel: LiveKernel, tmp_path: Path
) -> None:
    target = ("--target", str(tmp_path / "target"), "--upgrade")
    begin(kernel)
    place.install("pip", *target, place.wheel("tiny", "1.0", TINY))
    assert said(kernel) is None  # nothing is imported from there
    begin(kernel, f"import sys; sys.path.append({str(tmp_path / 'target')!r}); import tiny.a")
    place.install("pip", *target, place.wheel("tiny", "2.0", TINY_2))
    text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert said(kernel) == text


# -- what a terminal installs, or a cell by itself

WATCH = """
import subprocess, sys
from ipymod.refresh import Imports, after, make_importable, sentence, seen, snapshot, untouched
imports = Imports()
imports.watch()
last = snapshot(sys.path, sys.modules)
"""
CELL_ENDS = "last = seen(last, sys.path, sys.modules, imports)"
CELL_BEGINS = """
if touched := not untouched(last, sys.path):
    change = after(last, sys.path, sys.modules, imports)
    failed = make_importable(change)
    last = change.now
"""


def noticed(kernel: LiveKernel) -> Any:
    """What is said before the next cell; `untouched` if nothing was installed."""
    assert kernel.run(CELL_ENDS).error is None
    assert kernel.run(CELL_BEGINS).error is None
    return kernel.value("sentence(change) if touched else 'untouched'")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_terminal_upgrades_what_a_cell_has_imported(
    place: Place, kernel: LiveKernel, tool: str
) -> None:
    place.install(tool, place.wheel("tiny", "1.0", TINY))
    kernel.run(WATCH)
    kernel.run("import tiny.a")
    assert noticed(kernel) == "untouched"
    place.install(tool, place.wheel("tiny", "2.0", TINY_2))
    text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert noticed(kernel) == text
    assert noticed(kernel) == "untouched"
    place.install(tool, place.wheel("tiny", "1.0", TINY))
    assert noticed(kernel) == "tiny 2.0 -> 1.0 is ready, no restart needed"


@pytest.mark.parametrize("tool", TOOLS)
def test_a_cell_installs_by_itself_between_two_imports(
    place: Place, kernel: LiveKernel, tool: str
) -> None:
    one, two = (place.wheel("tiny", f"{n}.0", files) for n, files in ((1, TINY), (2, TINY_2)))
    place.install(tool, one)
    kernel.run(WATCH)
    words = place.command(tool, two)
    kernel.run(f"import tiny.a; subprocess.run({words}, check=True); import tiny.c")
    text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert noticed(kernel) == text
    assert kernel.value("[*change.stale, tiny.a.x, tiny.c.x]") == ["tiny.a", 1, 2]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_cell_installs_by_itself_and_imports_then(
    place: Place, kernel: LiveKernel, tool: str
) -> None:
    one, two = (place.wheel("tiny", f"{n}.0", files) for n, files in ((1, TINY), (2, TINY_2)))
    place.install(tool, one)
    kernel.run(WATCH)
    words = place.command(tool, two)
    kernel.run(f"subprocess.run({words}, check=True); import tiny.a")
    assert noticed(kernel) == "tiny 1.0 -> 2.0 is ready, no restart needed"
    assert kernel.value("tiny.a.x") == 2


# -- what the kernel itself runs on


def test_an_upgrade_of_what_the_kernel_runs_on_needs_a_restart(tmp_path: Path) -> None:
    with locked(FOLDER / "refresh-own.lock"):
        (tmp_path / "wheels").mkdir()
        place = Place(built("own", list(pythons().values())[-1]), tmp_path / "wheels")
        place.install("uv copy", "ipykernel==7.0.1")
        with LiveKernel(place.python) as kernel:
            begin(kernel)
            place.install("pip", "--no-deps", "ipykernel==7.1.0")
            text = (
                r"restart the kernel: ipykernel 7.0.1 -> 7.1.0, \d+ of its loaded modules changed"
            )
            assert re.fullmatch(text, said(kernel))


def test_the_look_survives_an_upgrade_of_ipymod_itself(tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    for name in ("src", "LICENSE", "README.md", "pyproject.toml"):
        tree = (REPOSITORY / name).is_dir()
        (shutil.copytree if tree else shutil.copy)(REPOSITORY / name, newer / name)
    version(newer, "0.1.0", "0.2.0")
    for path in newer.rglob("*.py"):
        path.write_text("", "utf-8")  # whatever is loaded from it now is of no use
    words = ("--no-build-isolation", "--no-deps")
    with locked(FOLDER / "refresh-own.lock"):
        place = Place(built("own", list(pythons().values())[-1]), tmp_path)
        place.install("uv copy", *words, str(REPOSITORY), again=True)
        with LiveKernel(place.python) as kernel:
            begin(kernel)
            place.install("pip", *words, str(newer))
            text = r"restart the kernel: ipymod 0.1.0 -> 0.2.0, \d+ of its loaded modules changed"
            assert re.fullmatch(text, said(kernel))
        place.install("uv copy", *words, "-e", str(REPOSITORY), again=True)


# -- editable installs


def project(folder: Path, backend: str, name: str) -> Path:
    """Sources that `backend` installs as editable."""
    source = folder / name / "src" / name
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("x = 1\n", "utf-8")
    (source / "part.py").write_text("x = 1\n", "utf-8")
    tables = {
        "hatchling": ("hatchling.build", "hatchling", ""),
        # Its own notes, an `.egg-info`, lie among the sources, and stay there.
        "setuptools by a path": ("setuptools.build_meta", "setuptools", ""),
        # A strict layout that one path cannot give: setuptools writes a finder.
        "setuptools": (
            "setuptools.build_meta",
            "setuptools",
            f'[tool.setuptools]\npackages = ["{name}"]\npackage-dir = {{{name} = "src/{name}"}}\n',
        ),
    }
    build, requires, more = tables[backend]
    (folder / name / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{build}"\n'
        f'[project]\nname = "{name}"\nversion = "0.1"\n{more}',
        "utf-8",
    )
    return folder / name


def version(source: Path, old: str, new: str) -> None:
    toml = source / "pyproject.toml"
    toml.write_text(toml.read_text("utf-8").replace(f'"{old}"', f'"{new}"'), "utf-8")


EDITABLE = [("hatchling", "linked"), ("setuptools by a path", "led"), ("setuptools", "found")]


@pytest.mark.parametrize("tool", ["pip", "uv copy"])
@pytest.mark.parametrize("build", EDITABLE)
def test_an_editable_install_from_its_first_day_to_its_removal(
    place: Place, kernel: LiveKernel, tmp_path: Path, tool: str, build: tuple[str, str]
) -> None:
    name = build[1]
    source = project(tmp_path, *build)
    words = ("--no-build-isolation", "--no-deps", "-e", str(source))
    begin(kernel)
    place.install(tool, *words)
    assert said(kernel) == f"{name} 0.1 is ready, no restart needed"
    assert gives(kernel, f"import {name}", f"{name}.__file__").startswith(str(source))
    hooks = kernel.value("[each for each in sys.modules if each.endswith('_finder')]")
    assert (f"__editable___{name}_0_1_finder" in hooks) == (build[0] == "setuptools")
    assert kernel.value("[each for each in sys.path if each]") == place.path()
    begin(kernel)
    place.install(tool, *words, again=True)
    assert said(kernel) is None
    assert gives(kernel, f"import {name}.part", f"{name}.part.x") == 1
    begin(kernel)
    version(source, "0.1", "0.2")
    place.install(tool, *words)
    assert said(kernel) == f"{name} 0.1 -> 0.2 is ready, no restart needed"
    begin(kernel)
    (source / "src" / name / "part.py").write_text("x = 22\n", "utf-8")
    version(source, "0.2", "0.3")
    place.install(tool, *words)
    text = f"restart the kernel: {name} 0.2 -> 0.3, 1 of its loaded modules changed"
    assert said(kernel) == text
    begin(kernel)
    place.remove(tool, name)
    text = f"{name} 0.3 is removed, 2 of its modules stay in memory until a restart"
    assert said(kernel) == text
    assert kernel.value("[each for each in sys.path if each]") == place.path()
    drop = f"for each in [*sys.modules]:\n    if each.startswith('{name}'): del sys.modules[each]"
    assert kernel.run(f"{drop}\nimport {name}").error is not None


@pytest.mark.parametrize("build", EDITABLE[::2])
def test_an_editable_install_that_moves_is_found_where_it_is(
    place: Place, tmp_path: Path, build: tuple[str, str]
) -> None:
    (tmp_path / "moved").mkdir()
    name = build[1]
    source = project(tmp_path, *build)
    words = ("--no-build-isolation", "--no-deps", "-e")
    place.install("pip", *words, str(source))
    with LiveKernel(place.python) as kernel:
        begin(kernel)
        elsewhere = shutil.move(source, tmp_path / "moved" / name)
        place.install("pip", *words, str(elsewhere))
        assert said(kernel) == f"{name} 0.1 is ready, no restart needed"
        assert gives(kernel, f"import {name}", f"{name}.__file__").startswith(str(elsewhere))
        assert kernel.value("[each for each in sys.path if each]") == place.path()


@pytest.mark.parametrize("build", EDITABLE[::2])
def test_a_wheel_in_place_of_an_editable_install_is_compared_by_content(
    place: Place, tmp_path: Path, build: tuple[str, str]
) -> None:
    name = build[1]
    source = project(tmp_path, *build)
    place.install("pip", "--no-build-isolation", "--no-deps", "-e", str(source))
    with LiveKernel(place.python) as kernel:
        begin(kernel, f"import {name}.part")
        parts = {f"{name}/__init__.py": "x = 1\n", f"{name}/part.py": "x = 9\n"}
        place.install("pip", place.wheel(name, "0.1", parts), again=True)
        text = f"restart the kernel: {name} 0.1, 1 of its loaded modules changed"
        assert said(kernel) == text
        assert kernel.value("change.stale") == [f"{name}.part"]
        begin(kernel)
        place.install("pip", "--no-build-isolation", "--no-deps", "-e", str(source), again=True)
        assert kernel.run(LOOK).error is None
        assert kernel.value("[list(change.stale), list(change.gone)]") == [[], []]


# -- the user's own directory


@pytest.fixture
def open_place(tmp_path: Path) -> Iterator[Place]:
    """An environment that sees the directories of its base, the user's among them."""
    base = list(pythons().values())[-1]
    with locked(FOLDER / "refresh-open.lock"):
        (tmp_path / "wheels").mkdir()
        option = ("--clear", "--seed", "--system-site-packages")
        yield Place(built("open", base, *option), tmp_path / "wheels")


def test_a_user_directory_that_is_made_during_the_session(
    open_place: Place, tmp_path: Path
) -> None:
    (tmp_path / "linked").mkdir()
    environ = {"PYTHONUSERBASE": str(tmp_path / "user")}
    pth = {"tiny.pth": f"{tmp_path / 'linked'}\n"}
    with LiveKernel(open_place.python, env=environ) as kernel:
        begin(kernel)
        wheel = open_place.wheel("tiny", "1.0", {**TINY, **pth})
        command = f"!{open_place.python} -m pip install -q --user {wheel}"
        assert kernel.run(command).error is None
        assert (tmp_path / "user").is_dir()
        assert said(kernel) == "tiny 1.0 is ready, no restart needed"
        assert gives(kernel, "import tiny.a", "tiny.__file__").startswith(str(tmp_path / "user"))
        assert kernel.value("[each for each in sys.path if each]") == open_place.path(**environ)
        assert str(tmp_path / "linked") in kernel.value("sys.path")


def test_a_user_directory_is_left_alone_where_python_does_not_look(
    place: Place, kernel: LiveKernel
) -> None:
    begin(kernel)
    assert said(kernel) is None
    assert kernel.value("[each for each in sys.path if each]") == place.path()


def test_a_package_that_is_laid_over_the_users_own_is_compared_with_it(
    open_place: Place, tmp_path: Path
) -> None:
    environ = {"PYTHONUSERBASE": str(tmp_path / "user")}
    one, two = (open_place.wheel("tiny", f"{n}.0", f) for n, f in ((1, TINY), (2, TINY_2)))
    install = f"!{open_place.python} -m pip install -q"
    with LiveKernel(open_place.python, env=environ) as kernel:
        begin(kernel)
        assert kernel.run(f"{install} --user {one}").error is None
        assert said(kernel) == "tiny 1.0 is ready, no restart needed"
        begin(kernel, "import tiny.a")
        assert kernel.run(f"{install} {two}").error is None
        text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
        assert said(kernel) == text
        open_place.remove("uv", "tiny")
        assert said(kernel) == "tiny 2.0 -> 1.0 is ready, no restart needed"
