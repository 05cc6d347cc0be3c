from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

from environments import environment
from generations import GENERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel, Output

every_generation = pytest.mark.parametrize("generation", GENERATIONS)

# What goes wrong in any of our Pythons, and what is said of it.
HINTS = [
    (
        "import sklearn",
        (
            "sklearn comes with scikit-learn, which is not installed in this kernel:\n"
            "%pymod pip install scikit-learn"
        ),
    ),
    (
        "x = 1\nfrom sklearn.model_selection import train_test_split",
        (
            "sklearn comes with scikit-learn, which is not installed in this kernel:\n"
            "%pymod pip install scikit-learn"
        ),
    ),
    ("import flax", "flax is not installed in this kernel:\n%pymod pip install flax"),
    (
        "import cv2",
        (
            "cv2 comes with opencv-python (or opencv-python-headless, opencv-contrib-python, "
            "opencv-contrib-python-headless), which is not installed in this kernel:\n"
            "%pymod pip install opencv-python"
        ),
    ),
    (
        "import google.cloud.storage as gcs",
        (
            "google.cloud.storage comes with google-cloud-storage, which is not installed in this "
            "kernel:\n%pymod pip install google-cloud-storage"
        ),
    ),
    (
        "from google.cloud import (storage,\n    bigquery)",
        (
            "google.cloud.storage comes with google-cloud-storage, which is not installed in this "
            "kernel:\n%pymod pip install google-cloud-storage"
        ),
    ),
    (
        "import importlib; importlib.import_module('skimage')",
        (
            "skimage comes with scikit-image, which is not installed in this kernel:\n"
            "%pymod pip install scikit-image"
        ),
    ),
    (
        "import pillow",
        (
            "pillow is the name of a distribution; the module that it brings is PIL, which is not "
            "installed in this kernel:\n%pymod pip install pillow"
        ),
    ),
    (
        "import ipython_pygments_lexer",
        (
            "this kernel finds no ipython_pygments_lexer; did you mean ipython_pygments_lexers?\n"
            "import ipython_pygments_lexers"
        ),
    ),
    (
        "import jsno",
        "this kernel finds no jsno; did you mean json?\nimport json",
    ),
    (
        "import urllib2",
        (
            "Python 3.0 took urllib2 out of the standard library; this kernel is Python {version}; "
            "urllib.request takes its place"
        ),
    ),
    (
        "import profiling.sampling",
        "profiling is in the standard library from Python 3.15 on; this kernel is Python {version}",
    ),
]

SILENT = [
    "import qzzt_of_nobody",
    "from . import something",
    "from .near import something",
    "raise ModuleNotFoundError('cv2')",
    "raise ModuleNotFoundError('our plugin is not there', name='cv2')",
    "raise ModuleNotFoundError(\"No module named 'a b'\", name='a b')",
    "raise ImportError('DLL load failed while importing cv2', name='cv2')",
    "from json import nothing_like_it",
    "try:\n    import cv2\nexcept ImportError:\n    pass",
    "raise ValueError('import')",
    "1 +",
    "print('import cv2')",
]


def hints(output: Output) -> list[str]:
    """What we said below the cell, but for what a test has just laid into a directory."""
    assert all(set(each["data"]) == {"text/plain"} for each in output.displays)
    said = [each["data"]["text/plain"] for each in output.displays]
    return [each for each in said if not each.endswith("no restart needed")]


def installed(
    site: Path, name: str, files: dict[str, str], requires: str = "", version: str = "1.0"
) -> None:
    """Lay a distribution into a directory of packages, as an installer does."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    )
    (info / "RECORD").write_text("".join(f"{each},,\n" for each in files))
    for each, text in files.items():
        (site / each).parent.mkdir(exist_ok=True)
        (site / each).write_text(text)


@pytest.fixture
def site(kernel: LiveKernel, tmp_path: Path) -> Path:
    """A directory of packages that the kernel imports from."""
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    kernel.run(f"import sys; sys.path.append({str(folder)!r})")
    return folder


def is_hinted(kernel: LiveKernel, code: str, expected: str) -> None:
    version = kernel.value("__import__('platform').python_version()")
    output = kernel.run(code)
    assert output.error is not None
    assert hints(output) == [expected.format(version=version)]
    assert output.stderr == ""


@pytest.mark.parametrize(("code", "expected"), HINTS)
def test_a_failed_import_says_what_to_do(kernel: LiveKernel, code: str, expected: str) -> None:
    is_hinted(kernel, code, expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "expected"), [each for each in HINTS if "pygments_lexer" not in each[0]]
)
def test_it_says_so_in_every_generation(old_kernels: LiveKernel, code: str, expected: str) -> None:
    is_hinted(old_kernels, code, expected)


@pytest.mark.parametrize("code", SILENT)
def test_of_anything_else_nothing_is_said(kernel: LiveKernel, code: str) -> None:
    output = kernel.run(code)
    assert (hints(output), output.stderr) == ([], "")


@pytest.mark.slow
@pytest.mark.parametrize("code", SILENT)
def test_nothing_is_said_in_every_generation(old_kernels: LiveKernel, code: str) -> None:
    output = old_kernels.run(code)
    assert (hints(output), output.stderr) == ([], "")


def test_a_part_that_this_version_lacks_names_the_version(kernel: LiveKernel, site: Path) -> None:
    installed(site, "made_pack", {"made_pack/__init__.py": ""})
    says = "made_pack 1.0 has no made_pack.later; another version may have it"
    assert hints(kernel.run("import made_pack.later")) == [says]
    assert hints(kernel.run("from made_pack import later")) == [says]


def test_a_requirement_that_is_missing_is_named_with_who_needs_it(
    kernel: LiveKernel, site: Path
) -> None:
    installed(site, "made-lib", {"made_lib/__init__.py": "import made_need"}, "made-need (>=2)")
    assert hints(kernel.run("import made_lib")) == [
        (
            "made-lib 1.0 needs made-need>=2, which is not installed in this kernel:\n"
            "%pymod pip install 'made-need>=2'"
        )
    ]


def test_what_a_library_imports_undeclared_is_said_to_be_its_own(
    kernel: LiveKernel, site: Path
) -> None:
    installed(site, "made-eye", {"made_eye/__init__.py": "import skimage"}, "skimage-other")
    assert hints(kernel.run("import made_eye")) == [
        (
            "made-eye 1.0 imports skimage; skimage comes with scikit-image, which is not "
            "installed in this kernel:\n%pymod pip install scikit-image"
        )
    ]


@pytest.mark.parametrize("code", ["import qzzt_of_nobody", "import jsno", "from . import jsno"])
def test_of_an_unknown_name_in_a_library_nothing_is_said(
    kernel: LiveKernel, site: Path, code: str
) -> None:
    installed(site, "made-odd", {"made_odd/__init__.py": code})
    output = kernel.run("import made_odd")
    assert output.error is not None
    assert hints(output) == []


def test_a_circle_of_imports_is_no_old_version(kernel: LiveKernel, site: Path) -> None:
    files = {"made_ring/__init__.py": "import made_ring.one\nx = 1"}
    files["made_ring/one.py"] = "from made_ring import x"
    installed(site, "made-ring", files)
    assert hints(kernel.run("import made_ring")) == []


def test_a_file_that_took_the_name_is_named(kernel: LiveKernel, tmp_path: Path) -> None:
    file = tmp_path / "skimage.py"
    file.write_text("")
    kernel.run(f"%cd -q {tmp_path}")
    for code, part in (("import skimage.io", "io"), ("from skimage import io", "io")):
        (said,) = hints(kernel.run(code))
        assert said.startswith(f"{file} is found first under the name skimage")
        assert said.splitlines()[1] == f"!mv {file} {tmp_path / 'my_skimage.py'}"
        assert part in said
    kernel.run("import sys; del sys.modules['skimage']")


def test_the_users_own_module_is_no_distribution(kernel: LiveKernel, tmp_path: Path) -> None:
    (tmp_path / "my_own_things.py").write_text("")
    kernel.run(f"%cd -q {tmp_path}")
    assert hints(kernel.run("from my_own_things import gone")) == []


def test_a_relative_import_is_the_business_of_its_package(kernel: LiveKernel, site: Path) -> None:
    files = {"made_kin/__init__.py": "from .later import x", "made_kin/near.py": "x = 1"}
    installed(site, "made-kin", files)
    output = kernel.run("import made_kin")
    assert output.error is not None
    assert hints(output) == []


def pip_of(folder: Path) -> Path:
    """Make an environment, and give the directory of its pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (folder / "bin" / "pip").write_text(f"#!{folder}/bin/python\n")
    (folder / "bin" / "pip").chmod(0o755)
    return folder / "bin"


@pytest.mark.skipif(os.name == "nt", reason="a pip with a shebang")
def test_what_the_pip_on_path_installed_is_told_with_its_place(
    kernel: LiveKernel, tmp_path: Path
) -> None:
    version = "{}.{}".format(*sys.version_info)
    commands = pip_of(tmp_path / "other")
    place = tmp_path / "other" / "lib" / f"python{version}" / "site-packages"
    installed(place, "made-far", {"made_far/__init__.py": ""}, version="2.3")
    kernel.run(
        f"import os; os.environ['PATH'] = {f'{commands}{os.pathsep}'!r} + os.environ['PATH']"
    )
    assert hints(kernel.run("import made_far")) == [
        (
            f"made-far 2.3 is installed for Python {version} by the pip on your PATH "
            f"({tmp_path / 'other'}), not in this kernel:\n%pymod pip install made-far"
        )
    ]


@every_generation
def test_nothing_is_loaded_before_an_import_fails_and_twice_is_once(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    kernel = fresh_kernel(environment(generation))
    for line in ("%load_ext ipymod", "%load_ext ipymod", "%reload_ext ipymod", "import json"):
        kernel.run(line)
    assert not kernel.value(
        "[n for n in __import__('sys').modules if n.startswith('ipymod.hints')]"
    )
    output = kernel.run("import cv2")
    assert len(hints(output)) == 1
    kernel.run("%unload_ext ipymod")
    after = kernel.run("import cv2")
    assert hints(after) == []
    assert after.error is not None
    assert output.error is not None
    assert after.error[:2] == output.error[:2]


def test_an_interrupted_cell_is_none_of_its_business(kernel: LiveKernel) -> None:
    output = kernel.run(
        "print('on', flush=True)\nimport time\ntime.sleep(60)",
        while_running=lambda seen: kernel.interrupt() if seen.stdout and not seen.error else None,
    )
    assert output.error is not None
    assert (output.error[0], hints(output), output.stderr) == ("KeyboardInterrupt", [], "")


def test_the_word_comes_below_the_traceback(kernel: LiveKernel) -> None:
    seen: list[tuple[bool, bool]] = []
    kernel.run("import cv2", while_running=lambda o: seen.append((bool(o.error), bool(o.displays))))
    assert (True, False) in seen
    assert (False, True) not in seen


FAILS = """
class Odd(ModuleNotFoundError):
    name = property(lambda self: 1 / 0)
raise Odd("No module named 'cv2'")
"""
SHOWN = (
    "ipymod: the hints after failed imports failed (ZeroDivisionError) and are off for this "
    "session; to report it, send this line with what %whichpip --share shows\n"
)


@every_generation
def test_a_hook_that_fails_is_switched_off_with_one_line(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    kernel = fresh_kernel(environment(generation))
    kernel.run("%load_ext ipymod")
    output = kernel.run(FAILS)
    assert output.error is not None
    assert output.error[:2] == ("Odd", "No module named 'cv2'")
    assert (output.stderr, output.stdout, hints(output)) == (SHOWN, "", [])
    for code in (FAILS, "import cv2"):
        later = kernel.run(code)
        assert (later.stderr, hints(later)) == ("", [])
    assert kernel.run("6 * 7").result == {"text/plain": "42"}
    assert kernel.value("__import__('gc').isenabled()")
    kernel.run("%reload_ext ipymod")
    assert len(hints(kernel.run("import cv2"))) == 1


OTHERS = """
_seen = []
def _first(result): _seen.append("first")
def _second(result): _seen.append("second")
get_ipython().events.register("post_run_cell", _first)
%load_ext ipymod
get_ipython().events.register("post_run_cell", _second)
def _handle(shell, kind, error, traceback, tb_offset=None):
    print("handled", kind.__name__)
get_ipython().set_custom_exc((ImportError,), _handle)
"""


@pytest.mark.slow
@every_generation
def test_hooks_and_handlers_of_others_go_on_working(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    kernel = fresh_kernel(environment(generation))
    kernel.run(OTHERS)
    kernel.run("_seen.clear()", silent=True)
    output = kernel.run("import cv2")
    assert output.stdout == "handled ModuleNotFoundError\n"
    assert len(hints(output)) == 1
    kernel.run(FAILS)
    kernel.run("%unload_ext ipymod")
    assert kernel.value("_seen") == ["first", "second"] * 3
    assert kernel.run("import cv2").stdout == "handled ModuleNotFoundError\n"


@pytest.mark.slow
def test_it_is_kept_in_the_notebook_below_the_error() -> None:
    cells = [nbformat.v4.new_code_cell(each) for each in ("%load_ext ipymod", "import cv2")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, allow_errors=True).execute()
    error, said = notebook.cells[1].outputs
    assert (error.output_type, said.output_type) == ("error", "display_data")
    assert said.data["text/plain"].endswith("%pymod pip install opencv-python")


@pytest.mark.slow
@every_generation
def test_a_terminal_shows_it_below_the_traceback(generation: str, tmp_path: Path) -> None:
    command = [environment(generation), "-m", "IPython", "--no-banner", "--simple-prompt"]
    done = subprocess.run(
        command,
        input="%load_ext ipymod\nimport cv2\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "IPYTHONDIR": str(tmp_path)},
    )
    assert 0 < done.stdout.index("No module named") < done.stdout.index("%pymod pip install opencv")
