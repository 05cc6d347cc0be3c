"""One short list of all that `%pymod` does, in each generation of IPython and ipykernel."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kernels import LiveKernel, Output

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
can_ask = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux says that a module waits for input"
)

# All that may come: VS Code swallows what follows other codes, Colab and JupyterLab draw them.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def shown(output: Output) -> str:
    """The streams of a cell that has to succeed."""
    assert output.error is None, output.error
    return output.stdout + output.stderr


def error(output: Output) -> str:
    """The one line in place of a traceback."""
    assert output.error is not None
    (line,) = output.error[2]
    return line


def test_a_line_runs_a_module_and_has_no_value(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%pymod calendar 2024 2")
    assert output.stdout.startswith("   February 2024\n")
    assert output.result is None
    assert output.displays == []


def test_variables_become_one_argument(old_kernels: LiveKernel) -> None:
    code = "a = 'x y'\n%pymod timeit -n1 -r1 -s 'print(\"{a}\")' $a"
    assert "-s" not in old_kernels.run(code).stdout
    old_kernels.run("words = ['2024', '2']")
    assert "February" in shown(old_kernels.run("%pymod calendar {*words}"))


def test_a_cell_is_the_input_of_the_module(old_kernels: LiveKernel) -> None:
    output = old_kernels.run('%%pymod json.tool --compact\n{"a":   1}')
    assert shown(output) == '{"a":1}\n'


def test_a_cell_is_a_program(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%%pymod - first\nimport sys\nprint(sys.argv[1], 'Ä')")
    assert shown(output) == "first Ä\n"


def test_capture_gives_a_result(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("r = %pymod --capture pip list --format json\nlen(r.json()) > 5")
    assert shown(output) == ""
    assert output.result
    assert output.result["text/plain"] == "True"


def test_a_status_is_an_error_of_one_line(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%pymod json.tool --nonsense\nprint('next')")
    assert error(output) == "ModuleFailed: json.tool ended with exit status 2"
    assert output.reply["status"] == "error"
    assert "next" not in output.stdout
    assert old_kernels.value("_exit_code") == 2


def test_no_raise_goes_on(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%pymod --no-raise json.tool --nonsense\nprint(_exit_code)")
    assert shown(output).startswith("2\n")


def test_a_wrong_option_names_the_right_one(old_kernels: LiveKernel) -> None:
    assert "did you mean --capture?" in error(old_kernels.run("%pymod --captur json.tool"))


def test_an_interrupt_ends_the_module_and_the_cell(old_kernels: LiveKernel) -> None:
    program = "import time\nprint('started', flush=True)\ntime.sleep(100)"
    old_kernels.run(f"open('sleeping_here.py', 'w').write({program!r})")
    code = "%pymod sleeping_here\nprint('next')"

    def interrupt(output: Output) -> None:
        if "started" in output.stdout and not interrupted:
            interrupted.append(True)
            old_kernels.interrupt()

    interrupted: list[bool] = []
    output = old_kernels.run(code, while_running=interrupt)
    old_kernels.run("__import__('os').remove('sleeping_here.py')")
    assert error(output) == "KeyboardInterrupt: sleeping_here was interrupted"
    assert "next" not in output.stdout


@can_ask
def test_a_question_is_asked(old_kernels: LiveKernel) -> None:
    code = (
        "source = \"import getpass; print(input('who? '), len(getpass.getpass('secret? ')))\"\n"
        "%pymod --env CODE=$source -\n"
    )
    program = "import os; exec(os.environ['CODE'])"
    old_kernels.run(f"open('asking_here.py', 'w').write({program!r})")
    output = old_kernels.run(code.replace(" -\n", " asking_here\n"), answers=["Ada", "hunter2"])
    old_kernels.run("__import__('os').remove('asking_here.py')")
    assert output.questions == [("who? ", False), ("secret? ", True)]
    assert "Ada 7" in shown(output)
    assert "hunter2" not in shown(output)


@can_ask
def test_where_nobody_can_answer_the_module_ends(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%pymod pip uninstall ipymod")
    assert "nobody can" in error(output)


def test_a_job_runs_beside_the_notebook(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("job = %pymod --bg http.server 0 --bind 127.0.0.1")
    assert "http.server  running" in shown(output)
    number = old_kernels.value("job.number")
    assert "http://127.0.0.1:" in shown(old_kernels.run("%pymod --jobs"))
    assert "Serving HTTP" in shown(old_kernels.run(f"%pymod --tail {number}"))
    assert "  killed  " in shown(old_kernels.run(f"%pymod --kill {number}"))


def test_here_runs_inside_the_kernel(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("names = %pymod --here calendar 2024 2\n'TextCalendar' in names")
    assert "February 2024" in shown(output)
    assert output.result
    assert output.result["text/plain"] == "True"
    assert old_kernels.value("names['__name__']") == "__main__"


def test_explain_and_list_run_nothing(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%pymod --explain json.tool")
    told = output.stdout + str(output.result) + str(output.displays)
    assert "json" in told
    assert output.error is None
    assert "json.tool" in shown(old_kernels.run("%pymod --list json"))


def test_the_manual_is_shown(old_kernels: LiveKernel) -> None:
    reply = old_kernels.run("%pymod?").reply
    text = "".join(page["data"]["text/plain"] for page in reply["payload"])
    assert "%pymod [OPTION ...] NAME [ARG ...]" in text


def test_ipythons_capture_gets_the_output(old_kernels: LiveKernel) -> None:
    output = old_kernels.run("%%capture c\n%pymod calendar 2024 2\n%pymod --no-raise json.tool -x")
    assert shown(output) == ""
    assert old_kernels.value("c.stdout").startswith("   February 2024\n")
    assert "unrecognized arguments: -x" in old_kernels.value("c.stderr")


def test_redirected_output_goes_where_it_was_sent(old_kernels: LiveKernel) -> None:
    code = (
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()) as text:\n"
        "    %pymod calendar 2024 2\n"
    )
    assert shown(old_kernels.run(code)) == ""
    assert "February" in old_kernels.value("text.getvalue()")


def test_an_output_widget_gets_the_output(old_kernels: LiveKernel) -> None:
    code = (
        "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    %pymod calendar 2024 2\n"
        "print('id', out.msg_id == '')"
    )
    # The page moves the messages into the widget while its id is set, so here they come as ours.
    assert shown(old_kernels.run(code)).splitlines()[0].strip() == "February 2024"


def test_streams_hold_colours_and_no_other_code_for_terminals(old_kernels: LiveKernel) -> None:
    program = (
        r"print('\x1b[?25l\x1b]0;title\x07\x1b[31mred\x1b[0m\a\x1b[?25h')"
        r"; print('gone\x1b[2K\x1b[1Aup\x1b[1B\b')"
        r"; import time; [print(f'\r{i} %\x1b[K', end='', flush=True) or time.sleep(0.1)"
        r" for i in (98, 99, 100)]; print()"
    )
    for option in ("", "--tty "):
        output = old_kernels.run(f"%%pymod {option}-\n{program}")
        text = COLOUR.sub("", shown(output))
        assert "\x1b" not in text
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
        assert "\x1b[31mred" in shown(output)
        assert text.splitlines()[-1].rpartition("\r")[2].rstrip() == "100 %"
