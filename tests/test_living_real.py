"""What users of each IPython are told when a line, a cell or a terminal installs for their kernel.

Real tools change the environment of a real kernel in which ipymod is loaded.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from changing import changing
from environments import FOLDER
from generations import GENERATIONS
from kernels import LiveKernel
from package_environments import write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kernels import Output

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="made for the shell lines of Unix"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

FILES = {"__init__.py": "", "a.py": "x = 1\n", "b.py": "x = 1\n"}
FILES_2 = {**FILES, "a.py": "x = 2\n"}
OURS = ("tiny", "calm", "linked", "found", *(f"tiny{number}" for number in range(9)))
REMOVE = "!uv pip uninstall -q --python {sys.executable}"
TOOLS = ("pip", "uv copy", "uv hardlink")
CACHE = FOLDER / "uv-cache"  # hard links need one file system


def says(output: Output) -> list[str]:
    """What was said below a cell that ran to its end."""
    assert output.error is None, output.error
    assert "ipymod:" not in output.stderr  # no hook has failed
    return told(output)


def told(output: Output) -> list[str]:
    return [each["data"]["text/plain"] for each in output.displays]


@dataclass(frozen=True)
class Living:
    """A kernel with ipymod, and the environment that it and the terminals beside it have."""

    kernel: LiveKernel
    python: str
    folder: Path

    def wheel(self, name: str, version: str, files: Mapping[str, str]) -> Path:
        (self.folder / "wheels").mkdir(exist_ok=True)
        parts: dict[str, str | bytes] = {f"{name}/{each}": text for each, text in files.items()}
        return write_wheel(self.folder / "wheels", name, version, parts)

    def both(self, name: str) -> tuple[Path, Path]:
        """Version 1.0, and version 2.0 in which one of its modules is another."""
        return self.wheel(name, "1.0", FILES), self.wheel(name, "2.0", FILES_2)

    def run(self, cell: str) -> list[str]:
        return says(self.kernel.run(cell))

    def terminal(self, tool: str, *words: object) -> None:
        """Install in a terminal beside the notebook."""
        subprocess.run(terminal_line(self.python, tool, *words), check=True)

    def has_magic(self, name: str) -> bool:
        found = self.kernel.value(f"{name!r} in get_ipython().magics_manager.magics['line']")
        return bool(found)

    def look(self) -> None:
        """Leave the kernel alone until it has looked for the first time."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            self.kernel.idle(0.8)
            if self.kernel.value(
                "__import__('ipymod').hooks.standing().installs._last is not None"
            ):
                return
        pytest.fail("the kernel was idle for long, and did not look")


def terminal_line(python: str, tool: str, *words: object) -> list[str]:
    rest = [str(word) for word in words]
    if tool == "pip":
        return [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *rest]
    mode = tool.removeprefix("uv ")
    options = ["--link-mode", mode, "--cache-dir", str(CACHE), "--python", python]
    return [python, "-m", "uv", "pip", "install", "-q", *options, *rest]


def notebook_line(tool: str, *words: object) -> str:
    """The same, as a line of the notebook."""
    rest = " ".join(map(str, words))
    if tool == "pip":
        return f"%pip install -q {rest}"
    options = f"--link-mode {tool.removeprefix('uv ')} --cache-dir {CACHE}"
    return f"%pymod uv pip install -q {options} --python {{sys.executable}} {rest}"


def again(tool: str) -> str:
    return "--force-reinstall" if tool == "pip" else "--reinstall"


def removed(python: str, *names: str) -> None:
    uninstall = ["uv", "pip", "uninstall", "-q", "--python", python]
    subprocess.run([sys.executable, "-m", *uninstall, *names], check=True)


@pytest.fixture(params=GENERATIONS)
def python(request: pytest.FixtureRequest) -> Iterator[str]:
    """The interpreter of an environment that the test may change."""
    with changing(request.param) as python:
        removed(python, *OURS)
        yield python
        removed(python, *OURS)


@pytest.fixture
def living(python: str, tmp_path: Path, fresh_kernel: Callable[..., LiveKernel]) -> Living:
    return started(python, python, tmp_path, fresh_kernel)


def started(
    python: str, main: str, folder: Path, kernels: Callable[..., LiveKernel], **environ: str
) -> Living:
    """A kernel whose shell finds the tools of its own environment, as an activated one does."""
    path = os.pathsep.join([str(Path(main).parent), os.environ["PATH"]])
    kernel = kernels(python, env={"PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environ})
    living = Living(kernel, python, folder)
    assert living.run("import os, subprocess, sys\n%load_ext ipymod") == []
    return living


# -- each way to install


UV = f"uv pip install -q --cache-dir {CACHE} --python {{{{sys.executable}}}}"
WAYS = [
    "%pip install -q {wheel}",
    "!pip install -q {wheel}",
    "!{{sys.executable}} -m pip install -q {wheel}",
    "%pymod pip install -q {wheel}",
    f"%pymod {UV} --link-mode copy {{wheel}}",
    f"%pymod {UV} --link-mode hardlink {{wheel}}",
    f"%{UV} {{wheel}}",
    f"!{UV} {{wheel}}",
    "%%bash\npip install -q {wheel}",
]


def test_whatever_installs_in_a_cell_is_importable_below_it(living: Living) -> None:
    seen, expected = {}, {}
    for number, way in enumerate(WAYS):
        if way.startswith("%uv") and not living.has_magic("uv"):
            continue  # IPython 7.34 has none
        name = f"tiny{number}"
        line = way.format(wheel=living.wheel(name, "1.0", FILES))
        looked_for = f"try: import {name}\nexcept ImportError: pass"
        behind = f"import {name}.a\nprint('has', {name}.a.x)"
        if way.startswith("%%"):  # it has a cell for itself
            seen[way] = [each for cell in (looked_for, line, behind) for each in living.run(cell)]
        else:
            seen[way] = said_before(living, "has 1\n", f"{looked_for}\n{line}\n{behind}")
        expected[way] = [f"{name} 1.0 is ready, no restart needed"]
    assert seen == expected


def said_before(living: Living, text: str, cell: str) -> list[str]:
    """What a cell says before it prints that text, which it has to print."""
    said: list[str] = []

    def listen(output: Output) -> None:
        if text not in output.stdout:
            said[:] = told(output)

    output = living.kernel.run(cell, while_running=listen)
    assert says(output) == said
    assert text in output.stdout
    return said


COARSE = """
import sysconfig
site = sysconfig.get_path("purelib")
times = os.stat(site).st_mtime_ns
try: import tiny
except ImportError: pass
{line}
os.utime(site, ns=(times, times))
import tiny.a
"""


def test_where_file_times_are_coarse_it_is_importable_just_as_well(living: Living) -> None:
    calm, tiny = (living.wheel(name, "1.0", FILES) for name in ("calm", "tiny"))
    line = "!uv pip install -q --link-mode copy --python {sys.executable}"
    living.run(f"{line} {calm}\nimport sysconfig")  # what is imported below would look anew
    line = f"{line} {tiny}"
    assert living.run(COARSE.format(line=line)) == ["tiny 1.0 is ready, no restart needed"]
    assert living.run("1") == []


def test_two_installs_in_a_cell_are_two_sentences(living: Living) -> None:
    one, two = (living.wheel(name, "1.0", FILES) for name in ("tiny", "calm"))
    cell = f"!pip install -q {one}\nimport tiny.a\n{notebook_line('uv copy', two)}\nimport calm.a"
    assert living.run(cell) == [
        "tiny 1.0 is ready, no restart needed",
        "calm 1.0 is ready, no restart needed",
    ]


@pytest.mark.parametrize("tool", TOOLS[1:])  # with pip, the next test
def test_a_terminal_beside_the_notebook_is_told_of_before_the_next_cell(
    living: Living, tool: str
) -> None:
    one, two = living.both("tiny")
    living.look()
    living.run("try: import tiny\nexcept ImportError: pass")
    living.terminal(tool, one)
    cell = "print('runs'); import tiny.a; print(tiny.a.x)"
    assert said_before(living, "runs\n", cell) == ["tiny 1.0 is ready, no restart needed"]
    assert living.run("1") == []
    living.terminal(tool, two)  # of which the first look knew nothing
    assert living.run("2") == [
        "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    ]
    assert living.run("3") == []
    living.terminal(tool, one)
    assert living.run("4") == ["tiny 2.0 -> 1.0 is ready, no restart needed"]
    removed(living.python, "tiny")
    text = "tiny 1.0 is removed, 2 of its modules stay in memory until a restart"
    assert living.run("5") == [text]


def test_what_a_cell_installs_by_itself_is_told_of_behind_it(living: Living) -> None:
    one, two = living.both("tiny")
    living.look()
    order: list[tuple[bool, bool]] = []
    words = terminal_line(living.python, "pip", one)
    output = living.kernel.run(
        f"subprocess.run({words}, check=True)\nprint('runs', flush=True)",
        while_running=lambda seen: order.append((bool(seen.stdout), bool(seen.displays))),
    )
    assert says(output) == ["tiny 1.0 is ready, no restart needed"]
    assert (False, True) not in order
    assert living.run("import tiny.a") == []
    words = terminal_line(living.python, "uv hardlink", two)
    assert living.run(f"import tiny.a; subprocess.run({words}, check=True); import tiny.b") == [
        "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    ]


# -- upgrades, downgrades, removals


@pytest.mark.parametrize("tool", TOOLS)
def test_a_package_from_its_first_install_to_its_removal(living: Living, tool: str) -> None:
    one, two = living.both("tiny")
    assert living.run(notebook_line(tool, one)) == ["tiny 1.0 is ready, no restart needed"]
    upgrade = f"{notebook_line(tool, two)}\nimport tiny.a\nassert tiny.a.x == 2"
    assert living.run(upgrade) == ["tiny 1.0 -> 2.0 is ready, no restart needed"]
    assert living.run(notebook_line(tool, again(tool), two)) == []
    assert living.run(notebook_line(tool, one)) == [
        "restart the kernel: tiny 2.0 -> 1.0, 1 of its loaded modules changed"
    ]
    assert living.run(notebook_line(tool, two)) == ["tiny 1.0 -> 2.0 is ready, no restart needed"]
    remove = "%pip uninstall -qy" if tool == "pip" else REMOVE
    output = living.kernel.run(f"{remove} tiny\nimport tiny.b")
    assert output.error is not None
    assert output.error[0] == "ModuleNotFoundError"
    assert told(output)[0] == (
        "tiny 2.0 is removed, 2 of its modules stay in memory until a restart"
    )


def test_what_is_stale_stays_so_when_it_is_installed_again(living: Living) -> None:
    one, two = living.both("tiny")
    living.run(f"{notebook_line('uv copy', one)}\nimport tiny.a")
    assert living.run(notebook_line("uv copy", two)) == [
        "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    ]
    assert living.run(notebook_line("uv copy", "--reinstall", two)) == [
        "restart the kernel: tiny 2.0, 1 of its loaded modules changed"
    ]


def test_the_removal_of_what_was_not_loaded_needs_no_restart(living: Living) -> None:
    living.look()
    living.terminal("uv copy", living.wheel("tiny", "1.0", FILES))
    assert living.run("1") == ["tiny 1.0 is ready, no restart needed"]
    assert living.run(f"{REMOVE} tiny") == ["tiny 1.0 is removed, no restart needed"]


def test_a_compiled_package_that_was_loaded(
    python: str, tmp_path: Path, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    kept = version_of(python, "markupsafe")
    terminal = Living(LiveKernel(python), python, tmp_path).terminal
    try:
        terminal("uv hardlink", "markupsafe==3.0.1")
        living = started(python, python, tmp_path, fresh_kernel)
        living.run("import markupsafe")
        old = loaded_files(living, "markupsafe")
        assert any("_speedups" in each for each in old)
        for tool in TOOLS:
            back = notebook_line(tool.replace("pip", "uv copy"), "markupsafe==3.0.1")
            assert living.run(f"{back} --reinstall") == []
            upgrade = living.run(notebook_line(tool, "markupsafe==3.0.2"))
            changed = sum(old[each] != digest for each, digest in hashed(old).items())
            what = f"MarkupSafe 3.0.1 -> 3.0.2, {changed} of its loaded modules changed"
            assert upgrade == [f"restart the kernel: {what}"]
            assert living.run(back) == ["MarkupSafe 3.0.2 -> 3.0.1 is ready, no restart needed"]
    finally:
        if kept:
            terminal("uv hardlink", f"markupsafe=={kept}")
        else:
            removed(python, "markupsafe")


def version_of(python: str, name: str) -> str:
    """The version that is installed; empty if none is."""
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    asked = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def loaded_files(living: Living, package: str) -> dict[str, str]:
    """The files of its loaded modules, and their hashes."""
    owned = f"each.__name__.split('.')[0] == {package!r}"
    modules = f"[each.__file__ for each in [*sys.modules.values()] if {owned}]"
    return hashed(living.kernel.value(modules.replace("sys.", "__import__('sys').")))


def hashed(files: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    return {each: hashlib.sha256(Path(each).read_bytes()).hexdigest() for each in files}


# -- editable installs, and the user's own directory


BACKENDS = {
    "linked": ("hatchling.build", ""),  # a `.pth` file with a path
    "found": (  # a layout that one path cannot give: a `.pth` file that installs a finder
        "setuptools.build_meta",
        '[tool.setuptools]\npackages = ["found"]\npackage-dir = {found = "src/found"}\n',
    ),
}


def project(folder: Path, name: str) -> Path:
    """Sources that are installed as editable."""
    source = folder / name / "src" / name
    source.mkdir(parents=True)
    for each, text in FILES.items():
        (source / each).write_text(text, "utf-8")
    backend, more = BACKENDS[name]
    (folder / name / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n'
        f'[project]\nname = "{name}"\nversion = "0.1"\n{more}',
        "utf-8",
    )
    return folder / name


@pytest.mark.parametrize("tool", ["pip", "uv copy"])
def test_editable_installs_of_both_kinds_are_importable_in_the_same_cell(
    living: Living, tool: str
) -> None:
    for name in BACKENDS:
        source = project(living.folder, name)
        words = ("--no-build-isolation", "--no-deps", "-e", source)
        line = notebook_line(tool, *words)
        looked_for = f"try: import {name}\nexcept ImportError: pass"
        cell = f"{looked_for}\n{line}\nimport {name}.a\nprint({name}.__file__)"
        output = living.kernel.run(cell)
        assert says(output) == [f"{name} 0.1 is ready, no restart needed"]
        assert output.stdout.splitlines()[-1].startswith(str(source))
        finders = living.kernel.value("[repr(each) for each in __import__('sys').meta_path]")
        assert any(name in each for each in finders) == (name == "found")
        assert living.run(notebook_line("uv copy", *words, "--reinstall")) == []
        assert living.run(f"{REMOVE} {name}") == [
            f"{name} 0.1 is removed, 2 of its modules stay in memory until a restart"
        ]


def test_a_user_directory_that_is_made_during_the_session(
    python: str, tmp_path: Path, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    environ = {"PYTHONUSERBASE": str(tmp_path / "user")}
    opened = open_place(python, tmp_path / "open")
    living = started(opened, python, tmp_path, fresh_kernel, **environ)
    one, two = living.both("tiny")
    at_start = living.kernel.value(PATH)
    looked_for = "try: import tiny\nexcept ImportError: pass"
    cell = f"{looked_for}\n%pip install -q --user {one}\nimport tiny.a\nprint(tiny.__file__)"
    output = living.kernel.run(cell)
    assert says(output) == ["tiny 1.0 is ready, no restart needed"]
    assert output.stdout.splitlines()[-1].startswith(str(tmp_path / "user"))
    new = fresh_kernel(opened, env=environ)
    assert living.kernel.value(PATH) == new.value(PATH)
    assert len(living.kernel.value(PATH)) == len(at_start) + 1
    assert living.run(f"%pymod pip install -q --user {two}") == [
        "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    ]


# Without the directory of IPython's own settings, which each of our kernels has for itself.
PATH = "[each for each in __import__('sys').path if 'ipythondir' not in each]"


def open_place(python: str, prefix: Path) -> str:
    """An environment that sees the user's directory, and has what the other one has."""
    code = "import sys, sysconfig; print(sys._base_executable, sysconfig.get_path('purelib'))"
    asked = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    base, site = asked.stdout.split()
    command = ["-m", "venv", "--without-pip", "--system-site-packages", str(prefix)]
    subprocess.run([base, *command], check=True)
    own = next((prefix / "lib").glob("python*/site-packages"))
    (own / "other.pth").write_text(f"import site; site.addsitedir({site!r})\n", "utf-8")
    return str(prefix / "bin" / "python")


# -- where nothing is to be said


def test_of_what_installs_nothing_nothing_is_said(living: Living) -> None:
    wheel = living.wheel("tiny", "1.0", FILES)
    assert len(living.run(notebook_line("uv copy", wheel))) == 1
    lines = [
        "%pip list",
        "%pip --version",
        "!pip list",
        f"%pip install -q {wheel}",  # which is there
        "%pip install -q --no-index nothing-of-that-name",
        f"{REMOVE} nothing-of-that-name",
    ]
    assert {line: living.run(line) for line in lines} == {line: [] for line in lines}
    output = living.kernel.run("%pymod pip install -q --no-index nothing-of-that-name")
    assert output.error is not None
    assert told(output) == []


def test_capture_keeps_the_sentence_with_the_rest_but_for_a_restart(living: Living) -> None:
    wheel = living.wheel("tiny", "1.0", FILES)
    assert living.run(f"%%capture seen\n%pip install -q {wheel}\nimport tiny.a") == []
    texts = "[each.data['text/plain'] for each in seen.outputs]"
    assert living.kernel.value(texts) == ["tiny 1.0 is ready, no restart needed"]
    two = living.wheel("tiny", "2.0", FILES_2)  # a restart is told of all the same
    restart = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert living.run(f"%%capture seen\n%pip install -q {two}") == [restart]


SLOW = """
import pathlib, shutil, time
here = pathlib.Path(__file__).parent
def build_wheel(folder, settings=None, metadata=None):
    (here / "begun").touch()
    while not (here / "go").exists():
        time.sleep(0.02)
    return shutil.copy(next(here.glob("*.whl")), folder).rpartition("/")[2]
"""


def slow_source(living: Living, name: str) -> Path:
    """Sources whose wheel is built as soon as there is a file `go` beside them."""
    source = living.folder / f"{name}-source"
    source.mkdir()
    wheel = living.wheel(name, "1.0", FILES)
    (source / wheel.name).write_bytes(wheel.read_bytes())
    (source / "slow.py").write_text(SLOW, "utf-8")
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n', "utf-8"
    )
    return source


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("magic", ["%pip", "%pymod pip"])
def test_an_install_that_is_interrupted_says_nothing_and_breaks_nothing(
    living: Living, magic: str
) -> None:
    source = slow_source(living, "tiny")

    def interrupt() -> None:
        wait_for((source / "begun").exists)
        living.kernel.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    output = living.kernel.run(f"{magic} install --no-build-isolation {source}")
    thread.join()
    assert told(output) == []
    assert living.run("1") == []
    one, two = living.both("tiny")
    first = f"{notebook_line('uv copy', one)}\nimport tiny.a"
    assert living.run(first) == ["tiny 1.0 is ready, no restart needed"]
    assert living.run(notebook_line("uv copy", two)) == [
        "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    ]


def test_a_job_beside_the_notebook_is_told_of_at_the_next_cell_behind_its_end(
    living: Living,
) -> None:
    source = slow_source(living, "tiny")
    living.run("try: import tiny\nexcept ImportError: pass")
    assert living.run(f"%pymod --bg pip install --no-build-isolation {source}") == []
    wait_for((source / "begun").exists)
    assert living.run("1") == []
    (source / "go").touch()
    site = Path(living.kernel.value("__import__('sysconfig').get_path('purelib')"))
    wait_for((site / "tiny-1.0.dist-info" / "RECORD").exists)
    assert living.run("import tiny.a") == ["tiny 1.0 is ready, no restart needed"]


# -- a hook that fails, and no hooks any more


def test_a_look_that_fails_is_switched_off_with_one_line(living: Living) -> None:
    one, two = (living.wheel(name, "1.0", FILES) for name in ("tiny", "calm"))
    living.run("import ipymod.refresh\nipymod.refresh.after = lambda *_: 1 / 0")
    output = living.kernel.run(f"{notebook_line('uv copy', one)}\nprint('goes on')")
    assert (told(output), output.error) == ([], None)
    assert output.stdout.endswith("goes on\n")
    assert output.stderr == (
        "ipymod: the look after installs failed (ZeroDivisionError) and is off for this session; "
        "to report it, send this line with what %whichpip --share shows\n"
    )
    output = living.kernel.run(f"{notebook_line('uv copy', two)}\n!echo on")
    assert (says(output), output.stderr) == ([], "")


STATE = """[
    [repr(each) for each in __import__('sys').meta_path],
    [repr(each) for each in __import__('sys').path_hooks],
    __import__('sys').path,
    {name: [*map(repr, each)] for name, each in get_ipython().events.callbacks.items()},
    [repr(each) for each in get_ipython().ast_transformers],
    sorted(type(each).__name__ for each in get_ipython().configurables),
]"""


def test_unloading_leaves_no_finder_and_no_callback(living: Living) -> None:
    one, two = living.both("tiny")
    living.run("%unload_ext ipymod")
    before = living.kernel.value(STATE)
    living.run("%load_ext ipymod")
    assert living.kernel.value(STATE) != before
    first = f"{notebook_line('uv copy', one)}\nimport tiny.a"
    assert living.run(first) == ["tiny 1.0 is ready, no restart needed"]
    assert any("ipymod" in each for each in living.kernel.value(STATE)[0])
    assert living.run("%unload_ext ipymod") == []
    assert living.kernel.value(STATE) == before
    assert living.run(notebook_line("uv copy", two)) == []
    living.run("%load_ext ipymod\n%unload_ext ipymod")  # before its first look
    living.kernel.idle(0.8)
    assert living.kernel.value(STATE) == before
