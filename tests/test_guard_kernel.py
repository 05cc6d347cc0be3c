"""The guard in real kernels, with a real pip of another environment on PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from changing import changing
from environments import FOLDER, create, environment, locked
from generations import GENERATIONS
from kernels import LiveKernel
from package_environments import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from kernels import Output

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="made for the launchers of Unix"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
every_generation = pytest.mark.parametrize("generation", GENERATIONS)
VERSION = "{}.{}".format(*sys.version_info)


@pytest.fixture
def other() -> Path:
    """An environment with a pip of its own; a test that installs there takes it out again."""
    prefix = FOLDER / "other-pip"
    with locked(FOLDER / "other-pip.lock"):
        if not (prefix / "bin" / "pip").exists():
            create(sys.executable, prefix)
    return prefix


Kernels = Callable[..., LiveKernel]


def started(kernels: Kernels, python: str, other: Path) -> LiveKernel:
    """A kernel whose PATH begins with the other environment."""
    path = os.pathsep.join([str(other / "bin"), os.environ["PATH"]])
    return kernels(python, env={"PATH": path, "VIRTUAL_ENV": str(other)})


@pytest.fixture
def astray(generation: str, other: Path, fresh_kernel: Kernels) -> LiveKernel:
    """A kernel of that generation, with ipymod loaded."""
    kernel = started(fresh_kernel, environment(generation), other)
    assert kernel.run("%load_ext ipymod").error is None
    return kernel


@pytest.fixture
def installing(generation: str, other: Path, fresh_kernel: Kernels) -> Iterator[LiveKernel]:
    """The same, in an environment that the test may install into."""
    with changing(generation) as python:
        subprocess.run([python, "-m", "pip", "uninstall", "-qqy", "tiny"], check=True)
        kernel = started(fresh_kernel, python, other)
        assert kernel.run('%load_ext ipymod\n%config PyMod.guard = "fix"').error is None
        yield kernel
        kernel.shutdown(now=True)
        subprocess.run([python, "-m", "pip", "uninstall", "-qqy", "tiny"], check=True)


def told(output: Output) -> list[str]:
    """What was said; the guard's words begin with our name."""
    said = [each["data"]["text/plain"] for each in output.displays]
    assert all(each.startswith(("ipymod: ", "tiny ")) for each in said)
    return [each.removeprefix("ipymod: ") for each in said]


def sentence(kernel: LiveKernel, other: Path, does: str, name: str = "pip on your PATH") -> str:
    prefix = kernel.value("__import__('sys').prefix")
    own = kernel.value("'{}.{}'.format(*__import__('sys').version_info)")
    relation = {"installs into": "into", "looks at": "at", "removes from": "from"}.get(does)
    return (
        f"{name} {does} {other} (Python {VERSION}), not {relation or 'with those of'} this "
        f"kernel's {prefix} (Python {own})"
    )


@every_generation
def test_by_default_a_line_is_told_of_before_it_runs(astray: LiveKernel, other: Path) -> None:
    order: list[tuple[bool, bool]] = []
    output = astray.run(
        "!pip --version",
        while_running=lambda seen: order.append((bool(seen.displays), bool(seen.stdout))),
    )
    assert told(output) == [f"{sentence(astray, other, 'looks at')}:\n%pymod pip --version"]
    assert str(other) in output.stdout  # which pip itself says
    assert (True, False) in order
    assert (False, True) not in order
    assert (output.error, output.stderr) == (None, "")


def is_understood(kernel: LiveKernel, cell: str) -> bool:
    """Whether this IPython reads it at all: 7.34 on Python 3.12 knows no `a = !x`."""
    transformed = kernel.value(f"get_ipython().transform_cell({cell!r})")
    return not re.search(r"^\s*\w+ = !", transformed, re.MULTILINE)


FORMS = [
    ("!pip --version", "%pymod "),
    ("!!pip --version", "!"),
    ("a = !pip --version\nprint(a)", "!"),
    ("%sx pip --version", "!"),
    ("%system pip --version", "!"),
    ("for i in range(3):\n    !pip --version", "%pymod "),
    ("if True:\n    !pip --version", "%pymod "),
    ("%%bash\necho on\npip --version", ""),
    ("%%sh\npip --version", ""),
    ("%%script bash\npip --version", ""),
    ("%%sx\npip --version", ""),
    ("%%time\n!pip --version", "%pymod "),
    ("%time !pip --version", "%pymod "),
    ("get_ipython().system('pip --version')", "%pymod "),
    ("get_ipython().system(f'{str()}pip --version')", "%pymod "),
    ("def f():\n    !pip --version\nf()", "%pymod "),
]


@every_generation
def test_every_form_of_a_line_is_told_of_once_a_cell(astray: LiveKernel, other: Path) -> None:
    python = astray.value("__import__('sys').executable")
    for cell, sign in FORMS:
        if not is_understood(astray, cell):
            continue
        output = astray.run(cell)
        line = f"{sign}pip" if sign == "%pymod " else f"{sign}{python} -m pip"
        assert told(output) == [f"{sentence(astray, other, 'looks at')}:\n{line} --version"], cell
        assert output.error is None, cell


OWN_FIRST = """
import os
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
!pip --version
"""
SILENT = [
    "# !pip --version",
    "s = '!pip --version'",
    's = """\n!pip --version\n%%bash\npip list\n"""',
    "%%writefile setup.sh\npip --version",
    "%%bash\ncat <<END\npip --version\nEND",
    "%%bash\n# pip --version\necho 'pip --version'",
    "!echo pip --version",
    "!{sys.executable} -m pip --version",
    "%pip --version",
    "%pymod pip --version",
    "pip --version",
    OWN_FIRST,
]


@every_generation
def test_of_what_reaches_the_kernel_or_is_no_line_nothing_is_said(
    astray: LiveKernel, tmp_path: Path
) -> None:
    astray.run(f"import sys\n%cd -q {tmp_path}")
    for cell in SILENT:
        output = astray.run(cell)
        assert told(output) == [], cell
        assert output.error is None, cell


@every_generation
def test_a_cell_that_captures_its_output_does_not_hide_the_word(
    astray: LiveKernel, other: Path
) -> None:
    output = astray.run("%%capture\n!pip --version")
    assert told(output) == [f"{sentence(astray, other, 'looks at')}:\n%pymod pip --version"]
    assert output.stdout == ""
    astray.run('%config PyMod.guard = "stop"')
    output = astray.run("%%capture\n!pip --version")
    assert told(output)[0].startswith(f"refused: {sentence(astray, other, 'looks at')}")
    assert told(astray.run("1")) == []


@every_generation
def test_stop_refuses_the_line_and_those_behind_it(astray: LiveKernel, other: Path) -> None:
    assert astray.run('%config PyMod.guard = "stop"').error is None
    cells = ["print('a')\n!pip --version\nprint('b')", "print('a')\nx = !pip --version"]
    for cell in (each for each in cells if is_understood(astray, each)):
        output = astray.run(cell)
        assert output.error is not None
        assert output.error[0] == "Refused"
        assert output.error[1].startswith(sentence(astray, other, "looks at"))
        assert output.error[2] == [f"Refused: {output.error[1]}"]  # and no traceback
        assert output.stdout == "a\n"
    assert astray.run("%%bash\necho on\npip --version").stdout == ""
    assert astray.run("!echo on").stdout.split() == ["on"]


@every_generation
def test_fix_runs_what_was_meant_and_says_so(
    installing: LiveKernel, other: Path, tmp_path: Path
) -> None:
    wheel = write_wheel(tmp_path, "tiny", "1.0", {"tiny/__init__.py": "x = 1\n"})
    output = installing.run(f"!pip install -q --no-index {wheel}\nimport tiny\nprint(tiny.x)")
    python = installing.value("__import__('sys').executable")
    assert told(output) == [
        (
            f"{sentence(installing, other, 'installs into')};\ninstead this runs:\n"
            f"!{python} -m pip install -q --no-index {wheel}"
        ),
        "tiny 1.0 is ready, no restart needed",
    ]
    assert output.stdout.endswith("1\n")
    cell = "a = !pip show tiny\nprint(a[0])"
    if is_understood(installing, cell):
        assert installing.run(cell).stdout == "Name: tiny\n"
    assert installing.run("%%bash\npip show tiny | head -1").stdout == "Name: tiny\n"


@every_generation
def test_what_waits_for_an_answer_is_answered_where_the_guard_fixes(
    installing: LiveKernel, tmp_path: Path
) -> None:
    wheel = write_wheel(tmp_path, "tiny", "1.0", {"tiny/__init__.py": ""})
    installing.run("import sys")
    for cell in ("%pip uninstall tiny", "!{sys.executable} -m pip uninstall tiny"):
        installing.run(f"%pip install -q --no-index {wheel}")
        output = installing.run(cell, timeout=30)
        assert "asks before it acts" in told(output)[0]
        assert told(output)[-1] == "tiny 1.0 is removed, no restart needed"


@every_generation
def test_a_version_outside_quotes_makes_no_file_where_the_guard_fixes(
    installing: LiveKernel, tmp_path: Path
) -> None:
    wheel = write_wheel(tmp_path, "tiny", "1.0", {"tiny/__init__.py": ""})
    installing.run(f"%cd -q {tmp_path}")
    output = installing.run(f"%pip install -q --no-index -f {wheel.parent} tiny>=1")
    assert told(output) == [
        (
            ">=1 stands outside quotes: the shell writes a file named =1, and any version is "
            "installed;\ninstead this runs:\n"
            f"%pip install -q --no-index -f {wheel.parent} 'tiny>=1'"
        ),
        "tiny 1.0 is ready, no restart needed",
    ]
    assert not (tmp_path / "=1").exists()


@every_generation
def test_off_is_silent_and_a_slip_in_its_name_is_told(astray: LiveKernel) -> None:
    astray.run('%config PyMod.guard = "off"')
    assert told(astray.run("!pip --version")) == []
    output = astray.run('%config PyMod.guard = "loud"')
    assert "expected any of ['warn', 'stop', 'fix', 'off'], not the str 'loud'" in output.stderr
    assert told(astray.run("!pip --version")) == []
    astray.run('%config PyMod.guard = "warn"')
    assert len(told(astray.run("!pip --version"))) == 1


@every_generation
def test_uv_is_told_of_with_what_decides(astray: LiveKernel, other: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv", path=os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"])
    assert uv, "uv is among the tools of development"
    (tmp_path / "uv").symlink_to(uv)
    astray.run(f"import os; os.environ['PATH'] = {str(tmp_path)!r} + ':' + os.environ['PATH']")
    output = astray.run("!uv pip list -q")
    name, python = f"uv pip looks at {other} (Python {VERSION}) because of VIRTUAL_ENV", sys.prefix
    assert told(output)[0].startswith(name), (told(output), python)
    own = astray.value("__import__('sys').executable")
    assert told(output)[0].endswith(f":\n!uv pip list --python {own} -q")


UNLOADED = """
_before = [list(map(repr, get_ipython().ast_transformers)),
    {k: list(map(repr, v)) for k, v in get_ipython().events.callbacks.items()},
    sorted(type(each).__name__ for each in get_ipython().configurables)]
"""


@every_generation
def test_unloading_leaves_no_trace_and_no_guard(
    generation: str, other: Path, fresh_kernel: Kernels
) -> None:
    kernel = started(fresh_kernel, environment(generation), other)
    kernel.run("%load_ext storemagic")  # which is there already; the line's own magics are not
    kernel.run(UNLOADED)
    state = kernel.value("_before")
    kernel.run("%load_ext ipymod")
    assert len(told(kernel.run("!pip --version"))) == 1
    output = kernel.run("%unload_ext ipymod\n!pip --version")
    assert (told(output), output.error, output.stderr) == ([], None, "")
    assert told(kernel.run("!pip --version")) == []
    kernel.run(UNLOADED)
    assert kernel.value("_before") == state


OTHERS = """
import ast
class Doubles(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return ast.copy_location(ast.Constant(node.value * 2), node)
        return node
_theirs = Doubles()
get_ipython().ast_transformers.append(_theirs)
%load_ext ipymod
"""


@every_generation
def test_transformers_of_others_go_on_working(
    generation: str, other: Path, fresh_kernel: Kernels
) -> None:
    kernel = started(fresh_kernel, environment(generation), other)
    kernel.run(OTHERS)
    output = kernel.run("!pip --version\n21")
    assert (output.result or {})["text/plain"] == "42"
    assert len(told(output)) == 1
    assert (kernel.run("21").result or {})["text/plain"] == "42"
    kernel.run("%unload_ext ipymod")
    assert kernel.value("get_ipython().ast_transformers == [_theirs]")


@every_generation
def test_a_guard_that_fails_is_switched_off_with_one_line(
    astray: LiveKernel,
) -> None:
    astray.run("import ipymod.guard.judge, ipymod.hooks.guarding as _g\n_g.judge = None")
    output = astray.run("!pip --version")
    assert output.stderr == (
        "ipymod: the guard of shell lines failed (TypeError) and is off for this session; "
        "to report it, send this line with what %whichpip --share shows\n"
    )
    assert (told(output), output.error) == ([], None)
    assert "pip" in output.stdout
    output = astray.run("!pip --version")
    assert (told(output), output.stderr, output.error) == ([], "", None)


@every_generation
def test_the_look_after_installs_goes_on_where_the_guard_has_failed(
    installing: LiveKernel, tmp_path: Path
) -> None:
    wheel = write_wheel(tmp_path, "tiny", "1.0", {"tiny/__init__.py": ""})
    installing.run("import sys, ipymod.hooks.guarding as _g\n_g.judge = None")
    output = installing.run(f"!{{sys.executable}} -m pip install -q --no-index {wheel}")
    assert told(output) == ["tiny 1.0 is ready, no restart needed"]


LINES = """x = 1
def f():
    a = 1

    !echo traced
    get_ipython().getoutput(
        'echo traced')
    return a
sorted({line for *_, line in f.__code__.co_lines() if line})
"""


@every_generation
def test_a_debugger_finds_each_line_where_it_stands(astray: LiveKernel) -> None:
    told_lines = astray.run(LINES).result or {}
    astray.run("%unload_ext ipymod")
    assert told_lines == (astray.run(LINES).result or {})
    assert told_lines["text/plain"].startswith("[2, ")


@every_generation
def test_a_deep_expression_works_beside_a_line_if_it_works_at_all(astray: LiveKernel) -> None:
    for terms in (300, 700, 1_100):
        deep = "+".join(["1"] * terms)
        alone, beside = astray.run(deep), astray.run(f"!echo on\n{deep}")
        assert beside.result == alone.result
        assert (beside.error or [None])[0] == (alone.error or [None])[0]
        assert (beside.stderr, terms > 1_000 or alone.error is None) == ("", True)
    assert len(told(astray.run("!pip --version"))) == 1


@every_generation
def test_whoever_edits_the_list_of_transformers_finds_it_unchanged(astray: LiveKernel) -> None:
    transformer = "class T:\n    def visit(self, node): return node\nt = T()\n"
    astray.run(f"{transformer}get_ipython().ast_transformers.append(t)")
    astray.run("1")
    output = astray.run("get_ipython().ast_transformers.pop() is t")
    assert (output.result or {})["text/plain"] == "True"
    assert astray.run("get_ipython().ast_transformers").result == {"text/plain": "[]"}


@every_generation
def test_the_lines_of_a_file_that_is_run_are_guarded(astray: LiveKernel, tmp_path: Path) -> None:
    (tmp_path / "a.ipy").write_text("!pip --version\nran = True\n")
    output = astray.run(f"%run {tmp_path}/a.ipy\nran")
    assert len(told(output)) == 1
    assert (output.result or {})["text/plain"] == "True"
    astray.run('%config PyMod.guard = "stop"')
    output = astray.run(f"%run {tmp_path}/a.ipy\nprint('b')")
    assert output.error is not None
    assert output.error[0] == "Refused"
    assert output.stdout == ""


GONE = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("ipymod"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Gone())
"""


@every_generation
def test_a_line_runs_where_ipymod_was_removed(astray: LiveKernel) -> None:
    astray.run(GONE)
    output = astray.run("!pip --version")
    assert "the guard of shell lines failed (ModuleNotFoundError)" in output.stderr
    assert output.stderr.count("\n") == 1
    for cell in ("!pip --version", "1"):
        output = astray.run(cell)
        assert (output.error, output.stderr, told(output)) == (None, "", [])


FORGETS = """
import sys
for name in [each for each in sys.modules if each.startswith("ipymod")]:
    del sys.modules[name]
getattr = None
f()
"""


@every_generation
def test_a_function_with_a_line_needs_nothing_of_ours(astray: LiveKernel) -> None:
    """It may be called in another process."""
    astray.run("def f():\n    !echo on")
    output = astray.run(FORGETS)
    assert (output.error, output.stdout.split()) == (None, ["on"])


@every_generation
def test_a_slip_in_a_configuration_file_is_told_and_the_guard_stands(
    generation: str, other: Path, fresh_kernel: Kernels
) -> None:
    kernel = started(fresh_kernel, environment(generation), other)
    kernel.run("get_ipython().config.PyMod.guard = 'loud'")
    output = kernel.run("%load_ext ipymod")
    assert output.error is None
    assert output.stderr.endswith("not the str 'loud'. PyMod.guard is 'warn'\n")
    assert len(told(kernel.run("!pip --version"))) == 1


@every_generation
def test_fix_leaves_a_python_alone_that_is_called_by_its_path(
    astray: LiveKernel, other: Path
) -> None:
    astray.run('%config PyMod.guard = "fix"')
    for line in ("{}/bin/python -c 'import sys; print(sys.prefix)'", "{}/bin/pip --version"):
        output = astray.run(f"!{line.format(other)}")
        assert str(other) in output.stdout
        assert len(told(output)) == 1
        assert "instead" not in told(output)[0]


OF_COLAB = """
_shell = get_ipython()
_shell.__class__ = type("Shell", (type(_shell),), {"__module__": "google.colab._shell"})
"""


@every_generation
def test_in_colab_there_is_a_field_for_the_answer(astray: LiveKernel) -> None:
    line = "{sys.executable} -m pip uninstall -q nothing-of-that-name"
    astray.run("import sys")
    assert "nobody can answer" in told(astray.run(f"!{line}"))[0]
    astray.run(OF_COLAB)
    assert told(astray.run(f"!{line}")) == []
    script = line.replace("{sys.executable}", astray.value("__import__('sys').executable"))
    assert "nobody can answer" in told(astray.run(f"%%bash\n{script}"))[0]
