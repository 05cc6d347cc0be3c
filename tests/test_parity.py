"""`python -m` is the reference: the same module gives the same output and the same status."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from ipymod import modules

if TYPE_CHECKING:
    from pathlib import Path

    from kernels import LiveKernel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="other line ends, other locks"),
]

# What does nothing but print; all others are asked for --help.
HARMLESS = {
    "ast": "hello.py",
    "asyncio": "",
    "calendar": "2024 2",
    "code": "",
    "compileall": ".",
    "dis": "hello.py",
    "doctest": "-v hello.py",
    "encodings.rot_13": "",
    "fileinput": "hello.py",
    "gzip": "hello.py",
    "inspect": "textwrap:dedent",
    "json.tool": "data.json --sort-keys",
    "mimetypes": "hello.py",
    "modulefinder": "hello.py",
    "pickletools": "data.pickle",
    "platform": "",
    "py_compile": "hello.py",
    "pyclbr": "hello.py",
    "pydoc": "textwrap.dedent",
    "quopri": "hello.py",
    "runpy": "hello",
    "site": "",
    "sysconfig": "",
    "tabnanny": "-v hello.py",
    "tarfile": "--create data.tar hello.py data.json -v",
    "textwrap": "",
    "this": "",
    "tokenize": "hello.py",
    "trace": "--listfuncs hello.py",
    "unittest": "-q test_hello",
    "zipapp": "application --info",
    "zipfile": "--list data.zip",
}
DAILY = (
    "ast",
    "calendar",
    "compileall",
    "dis",
    "doctest",
    "fileinput",
    "inspect",
    "json.tool",
    "pydoc",
    "runpy",
    "site",
    "this",
    "timeit",
    "venv",
    "zipfile",
)
# What cannot be compared, and why.
LEFT_OUT = {
    r"tkinter(\..*)?|turtle|turtledemo(\..*)?|idlelib": "opens windows",
    r"antigravity|wsgiref\.simple_server": "opens a browser",
    r"smtpd|xmlrpc\.server": "serves for ever",
    r"imaplib": "asks for a password on the controlling terminal",
    r"curses\..*": "draws on the terminal and waits for a key",
    r"pprint|random": "prints how long it took",
    r"unittest\.__main__": "is the inside of another",
}
# Addresses of objects; a time that unittest took; the mark, which differs from run to run.
VOLATILE = re.compile(r"0x[0-9a-f]{6,}|in \d+\.\d+s|(?<=IPYMOD_RUN)[^\n]*")

IDENTITY = """
import json, os, sys
from importlib.machinery import ModuleSpec
spec = __spec__ and [__spec__.name, __spec__.origin, __spec__.parent]
print(json.dumps([
    sys.argv, sys.path, __name__, __package__, spec, list(sys.flags), globals().get("__file__"),
    sys.executable, sys.prefix, sys.warnoptions, sys._xoptions, os.getcwd(), sys.flags.safe_path,
    sys.stdout.encoding, sys.stdout.errors, sys.stderr.encoding, sys.stdin.encoding,
    os.umask(0), sorted(set(sys.modules) & {"ipymod", "IPython"}), sorted(globals()),
]))
"""


@dataclass
class Sides:
    """Two ways to run a module, with the same variables, in a folder with the same files."""

    kernel: LiveKernel
    folder: Path
    env: dict[str, str]
    files: dict[str, str | bytes]

    def refill(self) -> None:
        """Leave nothing in the folder but the files; the folder itself stays."""
        for found in self.folder.iterdir():
            shutil.rmtree(found) if found.is_dir() else found.unlink()
        for place, content in self.files.items():
            file = self.folder / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def python_m(self, name: str, *args: str, env: dict[str, str] | None = None) -> list[Any]:
        words = ["-"] if name == "-" else ["-m", name]
        done = subprocess.run(
            [sys.executable, *words, *args],
            cwd=self.folder,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        texts = [done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")]
        return [*map(settled, texts), done.returncode]

    def pymod(self, name: str, *args: str, env: dict[str, str] | None = None) -> list[Any]:
        options = " ".join(f"--env {key}='{value}'" for key, value in (env or {}).items())
        cell = f"words = {args!r}\nr = %pymod --capture --no-raise {options} {name} {{*words}}"
        output = self.kernel.run(cell, timeout=90)
        assert output.error is None, "\n".join(output.error[2])
        stdout, stderr, status = self.kernel.value("[r.stdout, r.stderr, r.returncode]")
        return [settled(stdout), settled(stderr), status]

    def agree(self, name: str, *args: str, **options: Any) -> list[Any]:
        """Run a module both ways; give what it gave."""
        self.refill()
        expected = self.python_m(name, *args, **options)
        self.refill()
        assert self.pymod(name, *args, **options) == expected
        return expected


def settled(text: str) -> str:
    return VOLATILE.sub("...", text)


def archive() -> bytes:
    """Make a zip with a module and a package in it."""
    sources = {
        "zipped.py": "print('from a zip', __name__, __file__)",
        "inside/__init__.py": "",
        "inside/__main__.py": "print(__package__, __file__)",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, source in sources.items():
            file.writestr(zipfile.ZipInfo(name), source)
    return content.getvalue()


INPUTS: dict[str, str | bytes] = {
    "hello.py": 'def hello(name):\n    """Greet.\n\n    >>> hello("you")\n    \'hello you\'\n'
    '    """\n    return "hello " + name\n\n\nprint(hello("world"))\n',
    "test_hello.py": "import unittest\n\n\nclass TestHello(unittest.TestCase):\n"
    "    def test_it(self):\n        self.assertEqual(1, 2)\n",
    "data.json": '{"b": 1, "a": ["\\u65e5", null]}',
    "data.pickle": b"\x80\x04]\x94(K\x01K\x02e.",
    "data.zip": archive(),
    "application/part.py": "",
}
ODD: dict[str, str | bytes] = {
    "application/part.py": "",
    "raises.py": "import sys\nprint('before')\nraise ValueError('日本語')",
    "raises_in_package/__init__.py": "1/0",
    "raises_in_package/__main__.py": "print('never')",
    "broken.py": "print('a'\nthis is no Python",
    "dies.py": "import os\nprint('last words', flush=True)\nos.kill(os.getpid(), 9)",
    "hello.py": "",
    "my-script.py": "print(__name__, __spec__.name)",
    "日本語.py": "print(__name__, __spec__.name)",
    "deep/in/side.py": "print(__package__, __spec__.name)",
}


@pytest.fixture
def sides(kernel: LiveKernel, tmp_path: Path) -> Sides:
    folder = tmp_path / "folder"
    folder.mkdir()
    move = f"__import__('os').chdir({str(folder)!r})"
    variables = "__import__('ipymod.run.command', fromlist=['x']).variables"
    env = kernel.value(f"{move} or {variables}({{}}, 'mark', output='pipes', answers=False)")
    return Sides(kernel, folder, env, INPUTS)


def harmless(name: str) -> list[str]:
    return HARMLESS.get(name, "--help").split()


@pytest.mark.parametrize("name", DAILY)
def test_a_module_of_the_standard_library_is_as_with_python_m(sides: Sides, name: str) -> None:
    stdout, stderr, _ = sides.agree(name, *harmless(name))
    assert stdout or stderr


@pytest.mark.timeout(900)
def test_every_module_of_the_standard_library_is_as_with_python_m(sides: Sides) -> None:
    found = {row.name for row in modules.runnables() if row.origin == "standard library"}
    names = sorted({*found, *HARMLESS, "__hello__", "__phello__", "__phello__.spam"})
    left_out = re.compile("|".join(LEFT_OUT))
    compared, differing = 0, {}
    for name in names:
        if not left_out.fullmatch(name):
            compared += 1
            try:
                sides.agree(name, *harmless(name))
            except (AssertionError, subprocess.TimeoutExpired) as error:
                differing[name] = str(error)[:2000]
    assert differing == {}
    assert compared > 60


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("xml", 1),
        ("no_such_module", 1),
        ("no.such.module", 1),
        ("os.path", 0),
        ("sys", 1),
        ("_thread", 1),
        ("zipimport", 0),
        ("__hello__", 0),
        ("application", 1),
        ("raises", 1),
        ("raises_in_package", 1),
        ("broken", 1),
        ("dies", -9),
        ("hello.py", 1),
        (".hello", 1),
        ("my-script", 0),
        ("日本語", 0),
        ("deep.in.side", 0),
        ("_json", 1),
    ],
)
def test_what_is_no_simple_module_ends_as_with_python_m(
    sides: Sides, name: str, status: int
) -> None:
    sides.files = ODD
    assert sides.agree(name)[2] == status


@pytest.mark.parametrize("name", ["zipped", "inside"])
def test_a_module_in_an_archive_runs_as_with_python_m(sides: Sides, name: str) -> None:
    stdout, *_ = sides.agree(name, env={"PYTHONPATH": str(sides.folder / "data.zip")})
    assert "data.zip" in stdout


@pytest.mark.parametrize("place", ["identity", "package/identity", "package/__main__"])
def test_a_module_is_told_the_same_about_itself(sides: Sides, place: str) -> None:
    sides.files = {"package/__init__.py": "", f"{place}.py": IDENTITY}
    name = place.replace("/", ".").removesuffix(".__main__")
    stdout, *_ = sides.agree(name, "-v", "--foo=1", "a b", "", "$x", "日本語")
    told = json.loads(stdout)
    assert told[0] == [
        str(sides.folder / f"{place}.py"),
        "-v",
        "--foo=1",
        "a b",
        "",
        "$x",
        "日本語",
    ]
    assert told[1][0] == str(sides.folder)
    assert told[2] == "__main__"


def test_a_program_is_told_the_same_about_itself(sides: Sides) -> None:
    done = subprocess.run(
        [sys.executable, "-", "-v", "a b"],
        cwd=sides.folder,
        env=sides.env,
        input=IDENTITY,
        capture_output=True,
        text=True,
        check=True,
    )
    output = sides.kernel.run(f"%%pymod - -v 'a b'\n{IDENTITY}")
    assert output.error is None
    assert json.loads(output.stdout) == json.loads(done.stdout)


@pytest.mark.parametrize("body", ["", "text", '{"a": 1}', "日本語\n" * 10_000])
def test_a_body_is_read_as_from_a_file(sides: Sides, body: str) -> None:
    program = "import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"
    (sides.folder / "reads.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "-m", "reads"],
        cwd=sides.folder,
        env=sides.env,
        input=(body + "\n").encode(),
        capture_output=True,
        check=True,
    )
    assert sides.kernel.run(f"%%pymod reads\n{body}\n").stdout == done.stdout.decode()
