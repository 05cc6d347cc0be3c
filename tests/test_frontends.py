from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from kernels import LiveKernel

RECORDINGS = sorted((REPOSITORY / "tests" / "data" / "screen").glob("*.bin"))
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# VS Code swallows the text after `\x1b[?25l`; JupyterLab leaves "100%%" after `\x1b[2K`, and shows
# titles and bells as boxes; Colab ignores all but `\r`.
HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("option", ["--tty", "--no-tty"])
def test_what_comes_is_text_newlines_rewritten_lines_and_colours(
    kernel: LiveKernel, path: Path, option: str
) -> None:
    code = f"import sys\nsys.stdout.buffer.write(open({str(path)!r}, 'rb').read())"
    output = kernel.run(f"%%pymod {option} -\n{code}")
    assert output.error is None
    text = COLOUR.sub("", output.stdout)
    assert text.strip()
    assert not HARMFUL.search(text)
    assert {name for _, name, _ in output.streams} == {"stdout"}


def test_two_streams_are_seen_in_the_order_in_which_they_are_written(kernel: LiveKernel) -> None:
    code = """
from ipymod.frontends import front_end
front = front_end(get_ipython())
for name, text in (("stderr", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")):
    front.write(name, text)
front.flush()
"""
    streams = [(name, text) for _, name, text in kernel.run(code).streams]
    assert streams == [("stderr", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]


def test_a_tail_replaces_itself(kernel: LiveKernel) -> None:
    code = """
from ipymod.frontends import front_end
front = front_end(get_ipython())
front.tail("one")
front.tail("two")
"""
    output = kernel.run(code)
    kinds = [(each["msg_type"], each["data"]["text/plain"]) for each in output.displays]
    assert kinds == [("display_data", "one"), ("update_display_data", "two")]
    assert len({each["transient"]["display_id"] for each in output.displays}) == 1


def test_a_redirected_output_is_a_capture_and_asks_nobody(kernel: LiveKernel) -> None:
    code = """
import contextlib, io
from ipymod.frontends import front_end
with contextlib.redirect_stdout(io.StringIO()) as text:
    front = front_end(get_ipython())
    front.write("stdout", "kept")
    found = [front.limited, front.can_answer, front.is_terminal, text.getvalue()]
"""
    assert kernel.run(code, answers=[]).error is None
    assert kernel.value("found") == [False, False, False, "kept"]
