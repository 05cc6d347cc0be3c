"""`%whichpip` in real kernels, on real environments."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import FOLDER, environment, locked
from generations import GENERATIONS
from ipymod.cli import main
from made_reports import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from kernels import LiveKernel, Output

    Kernels = Callable[..., LiveKernel]

every_generation = pytest.mark.parametrize("generation", GENERATIONS)

# What would be a change, a process or a connection, as CPython's audit events call it.
WATCH = """
import sys
_seen = []
_events = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system",
    "socket.connect", "socket.getaddrinfo", "os.remove", "os.rename", "os.mkdir", "os.rmdir",
    "os.truncate", "os.chmod", "os.putenv", "shutil.rmtree", "urllib.Request")
def _watch(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if (event in _events or writes) and ".pyc" not in str(args[0]):
        _seen.append([event, repr(args)])
sys.addaudithook(_watch)
"""


def other_environment() -> Path:
    """A venv with a pip of its own, built once."""
    prefix = FOLDER / "other-pip"
    with locked(FOLDER / "other-pip.lock"):
        if not (prefix / "ready").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(prefix)], check=True)
            (prefix / "ready").touch()
    return prefix


def started(kernels: Kernels, python: str, *path: str, **variables: str) -> LiveKernel:
    """A kernel of an environment, with a PATH and without the settings of this machine."""
    blank = dict.fromkeys((name for name in os.environ if name.startswith(("PIP_", "UV_"))), "")
    env = {**blank, "PATH": os.pathsep.join(path), "VIRTUAL_ENV": "", "PYTHONPATH": ""}
    kernel = kernels(python, env={**env, "PIP_CONFIG_FILE": os.devnull, **variables})
    # the process that runs the tests is no server
    ready = kernel.run("import os\nos.environ.pop('JPY_PARENT_PID', None);\n%load_ext ipymod")
    assert ready.error is None
    return kernel


def told(output: Output) -> str:
    """The text of the report."""
    assert output.error is None, output.error
    assert output.result is not None
    return str(output.result["text/plain"])


def healthy_kernel(kernels: Kernels, generation: str, **variables: str) -> LiveKernel:
    python = environment(generation)
    return started(kernels, python, os.path.dirname(python), **variables)


@every_generation
def test_a_kernel_whose_own_pip_is_first_on_path_is_fine(
    generation: str, fresh_kernel: Kernels
) -> None:
    text = told(healthy_kernel(fresh_kernel, generation).run("%whichpip path"))
    assert text.splitlines()[0].startswith("OK: ")


def test_the_first_line_names_what_reaches_the_kernel(fresh_kernel: Kernels) -> None:
    report = told(healthy_kernel(fresh_kernel, "ipython9").run("%whichpip"))
    assert report.startswith("OK: pip and python both reach this kernel's environment\n")
    assert "OK: " in "\n".join(report.splitlines()[-2:])


def test_a_pip_of_another_environment_is_told_with_both_sides(fresh_kernel: Kernels) -> None:
    other, python = other_environment(), environment("ipython9")
    kernel = started(fresh_kernel, python, str(other / "bin"), os.path.dirname(python))
    text = " ".join(told(kernel.run("%whichpip")).split())
    assert "WP101" in text
    assert str(other) in text
    assert python in text
    assert "problem" in text.partition(":")[0]
    assert kernel.value("get_ipython().run_line_magic('whichpip', '').exit_status") == 1


def test_every_front_end_gets_a_form_it_can_show(fresh_kernel: Kernels) -> None:
    output = healthy_kernel(fresh_kernel, "ipython9").run("%whichpip")
    assert output.result is not None
    assert set(output.result) == {"text/plain", "text/html", "text/markdown"}
    assert "OK: pip and python" in Reader(output.result["text/html"]).text
    assert output.stdout == output.stderr == ""


def test_the_value_of_the_line_is_the_report(kernel: LiveKernel) -> None:
    assert kernel.run("r = %whichpip place").result is None
    assert kernel.value("r.kernel.executable") == sys.executable
    assert kernel.value("[each.code for each in r.problems]") == []


def test_nothing_is_started_changed_or_connected_to(fresh_kernel: Kernels) -> None:
    kernel = healthy_kernel(fresh_kernel, "ipython9")
    kernel.run("%whichpip --all")  # what is imported for the first time is compiled
    kernel.run(WATCH, silent=True)
    assert kernel.run("r = %whichpip --all", silent=True).error is None
    seen: Any = kernel.value("_seen")
    assert seen == []
    assert kernel.offspring() == []


@pytest.mark.slow
def test_a_report_that_was_saved_gives_the_same_report(
    fresh_kernel: Kernels, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel = healthy_kernel(fresh_kernel, "ipython9")
    path = tmp_path / "report.json"
    text = told(kernel.run(f"path = {str(path)!r}\n%whichpip --save $path"))
    main(["whichpip", "--facts", str(path)])
    assert capsys.readouterr().out == f"{text}\n"


@pytest.mark.slow
def test_what_is_shared_names_neither_home_nor_user(fresh_kernel: Kernels) -> None:
    home = str(Path(environment("ipython9")).parents[1])
    kernel = healthy_kernel(fresh_kernel, "ipython9", HOME=home, USER="zaphod")
    output = kernel.run("%whichpip --share --all")
    text = told(output)
    assert output.result is not None
    assert set(output.result) == {"text/plain"}
    assert home not in text
    assert "zaphod" not in text
    assert "~/bin/python" in text


def test_json_is_shown_as_text(kernel: LiveKernel) -> None:
    output = kernel.run("%whichpip place --json")
    assert '"schema": 1' in told(output)
    assert output.result is not None
    assert set(output.result) == {"text/plain"}


def test_a_check_is_explained(kernel: LiveKernel) -> None:
    assert "WP901" in told(kernel.run("%whichpip --explain WP901"))
    assert "WP901" in told(kernel.run("%whichpip --explain"))
    assert "--share" in told(kernel.run("%whichpip --help"))


def test_a_name_is_looked_up(kernel: LiveKernel) -> None:
    assert "json/__init__.py" in told(kernel.run("%whichpip json"))
    missing = told(kernel.run("%whichpip no_such_module"))
    assert "no_such_module cannot be imported" in missing


def test_a_module_that_was_missed_is_explained(kernel: LiveKernel) -> None:
    kernel.run("import no_such_module")
    assert "no_such_module" in told(kernel.run("%whichpip names"))
    kernel.run("import sys; del sys.last_value")
    assert "no_such_module" not in told(kernel.run("%whichpip names"))


def test_several_names_are_told_one_after_another(kernel: LiveKernel) -> None:
    text = told(kernel.run("%whichpip json no_such_module sys"))
    answers = [line for line in text.splitlines() if not line.startswith(" ")]
    assert answers[0].endswith("json/__init__.py")
    assert answers[1].startswith("no_such_module cannot be imported by ")
    assert answers[-1] == "sys is a builtin module of Python"


def test_names_and_checks_may_be_asked_for_together(kernel: LiveKernel) -> None:
    text = told(kernel.run("%whichpip place json"))
    assert text.startswith("OK: no problem found in place")
    assert "json/__init__.py" in text


def test_a_distribution_whose_name_begins_like_a_code_is_a_name(kernel: LiveKernel) -> None:
    assert told(kernel.run("%whichpip wpilib")).startswith("wpilib cannot be imported by ")


def test_a_file_that_hides_a_module_is_told_before_and_after_it_was_imported(
    kernel: LiveKernel, tmp_path: Path
) -> None:
    (tmp_path / "traitlets.py").write_text("__version__ = '0'\n")
    kernel.run(f"import os, sys; os.chdir({str(tmp_path)!r}); sys.path.insert(0, '')")
    text = " ".join(told(kernel.run("%whichpip traitlets")).split())
    assert text.startswith(f"traitlets is {tmp_path}/traitlets.py (of no distribution)")
    assert "traitlets/__init__.py (traitlets " in text
    assert "imported already: " in text
    assert "restart the kernel" in text


def test_the_report_is_an_object(kernel: LiveKernel) -> None:
    kernel.run("r = %whichpip place json")
    assert kernel.value("[r.exit_status, r.first_line[:3], r.json()['schema']]") == [0, "OK:", 1]
    assert kernel.value("[c.name for c in r.commands] == [c['name'] for c in r.json()['commands']]")
    assert kernel.value("str(r) == r.text()")
    assert kernel.value("[len(r.problems), r.names[0].kind]") == [0, "package"]


def test_an_empty_variable_is_no_name(kernel: LiveKernel) -> None:
    output = kernel.run("name = ''\n%whichpip $name")
    assert output.error is not None
    assert "it is empty" in output.error[1]


@pytest.mark.parametrize(
    "line",
    [
        "WP999",
        "--colour",
        "--save report.docx",
        '"open',
        "--explain json",
        "--explain WP101 --json",
        "--facts report.json",
        "json --probe",
        "--save /dev/null/report.json",
    ],
)
def test_wrong_use_is_one_line(line: str, kernel: LiveKernel) -> None:
    output = kernel.run(f"%whichpip {line}")
    assert output.error is not None
    assert output.error[0] == "UsageError"
    assert len(output.error[2]) == 1


@every_generation
def test_the_magic_works_in_every_generation(generation: str, fresh_kernel: Kernels) -> None:
    kernel = healthy_kernel(fresh_kernel, generation)
    output = kernel.run("%whichpip")
    assert "This kernel is Python" in told(output)
    assert output.result is not None
    assert "text/html" in output.result
    assert kernel.run("%unload_ext ipymod").error is None
    assert "whichpip" not in kernel.value("[*get_ipython().magics_manager.magics['line']]")


@pytest.mark.slow
def test_a_command_that_stayed_unknown_is_started_when_that_is_asked_for(
    fresh_kernel: Kernels, tmp_path: Path
) -> None:
    other, python = other_environment(), environment("ipython9")
    odd = tmp_path / "pip"
    odd.write_text(f'#!/bin/sh\nset -- "$@"; where={other}\n"$where/bin/pip" "$@"\n')
    odd.chmod(0o755)
    kernel = started(fresh_kernel, python, str(tmp_path), os.path.dirname(python), "/bin")
    states = "[(c.state, c.prefix) for c in r.commands if c.name == 'pip']"
    kernel.run("r = %whichpip")
    assert kernel.value(states) == [["unknown", ""]]
    kernel.run("r = %whichpip --probe")
    assert kernel.value(states) == [["ok", str(other)]]


@pytest.mark.slow
def test_a_command_that_never_ends_is_stopped(fresh_kernel: Kernels, tmp_path: Path) -> None:
    odd = tmp_path / "pip"
    odd.write_text("#!/bin/sh\nif test x; then sleep 60 & sleep 60; fi\n")
    odd.chmod(0o755)
    kernel = started(fresh_kernel, environment("ipython9"), str(tmp_path), "/bin", "/usr/bin")
    output = kernel.run("r = %whichpip --probe", timeout=40)
    assert output.error is None
    assert output.seconds < 20
    assert kernel.offspring() == []
    assert "gave no answer in 3 s" in kernel.value(
        "[c.reason for c in r.commands if c.name == 'pip'][0]"
    )


@pytest.mark.slow
def test_an_interrupt_stops_what_is_probed(fresh_kernel: Kernels, tmp_path: Path) -> None:
    odd, mark = tmp_path / "pip", tmp_path / "mark"
    odd.write_text(f"#!/bin/sh\nif test x; then touch {mark}; sleep 60 & sleep 60; fi\n")
    odd.chmod(0o755)
    kernel = started(fresh_kernel, environment("ipython9"), str(tmp_path), "/bin", "/usr/bin")

    def interrupt() -> None:
        while not mark.exists():
            time.sleep(0.01)
        kernel.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    output = kernel.run("r = %whichpip --probe", timeout=40)
    thread.join()
    assert output.error is not None
    assert output.error[0] == "KeyboardInterrupt"
    assert kernel.offspring() == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("%whichpip ke", "kernels"),
        ("%whichpip WP90", "WP901"),
        ("%whichpip --sh", "--share"),
        ("r = %whichpip path --pr", "--probe"),
    ],
)
def test_tab_offers_families_codes_and_options(
    code: str, expected: str, kernel: LiveKernel
) -> None:
    reply = kernel._client.complete(code, reply=True, timeout=30)["content"]  # noqa: SLF001  TAB is no cell
    assert expected in reply["matches"]
    assert not [match for match in reply["matches"] if "=" in match]
