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
OURS = ("tiny", "lone", "spaced", "differs", "linked", "found", "markupsafe")
TOOLS = ("pip", "uv copy", "uv hardlink")


@dataclass(frozen=True)
class Place:
    """An environment with ipykernel and with what builds editable installs without a network."""

    python: str
    wheels: Path

    def wheel(self, name: str, version: str, files: Mapping[str, str | bytes]) -> str:
        return str(write_wheel(self.wheels, name, version, dict(files)))

    def install(self, tool: str, *words: str, again: bool = False) -> None:
        if tool == "pip":
            command = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            command += ["--force-reinstall"] * again
        else:
            command = [*self._uv("install"), "--link-mode", tool.removeprefix("uv ")]
            command += ["--cache-dir", str(FOLDER / "uv-cache"), *["--reinstall"] * again]
        run(*command, *words)

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


# -- editable installs


def project(folder: Path, backend: str, name: str) -> Path:
    """Sources that `backend` installs as editable."""
    source = folder / name / "src" / name
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("x = 1\n", "utf-8")
    (source / "part.py").write_text("x = 1\n", "utf-8")
    tables = {
        "hatchling": ("hatchling.build", "hatchling", ""),
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


EDITABLE = [("hatchling", "linked"), ("setuptools", "found")]


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


@pytest.mark.parametrize("build", EDITABLE)
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


@pytest.mark.parametrize("build", EDITABLE)
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
