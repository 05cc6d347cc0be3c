from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from environments import environment
from generations import GENERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel

every_generation = pytest.mark.parametrize("generation", GENERATIONS)

# Every place that %load_ext may write to, names of objects included.
STATE = """
%load_ext storemagic
%reload_ext storemagic
def _state():
    import os, sys, threading
    shell = get_ipython()
    completer, manager = shell.Completer, shell.magics_manager
    hooks = {name: table.__dict__ for name, table in shell.strdispatchers.items()}
    printers = [each.type_printers for each in shell.display_formatter.formatters.values()]
    threads = sorted(each.name for each in threading.enumerate())
    return [repr(part) for part in (
        hooks, shell.hooks, manager.magics, manager.registry, shell.events.callbacks,
        completer.custom_matchers, completer.magic_arg_matchers, sorted(completer.__dict__),
        shell.input_transformers_cleanup, shell.input_transformers_post, shell.ast_transformers,
        printers, shell.custom_exceptions, sorted(shell.user_ns), sorted(shell.__dict__),
        sys.path, sys.meta_path, sys.excepthook, sys.stdout, dict(os.environ), threads,
    )]
"""


def ask(kernel: LiveKernel, code: str) -> dict[str, Any]:
    """What the kernel answers to TAB at the end of a cell."""
    client = kernel._client  # noqa: SLF001  TAB is no cell, and LiveKernel knows cells alone
    reply: dict[str, Any] = client.complete(code, reply=True, timeout=30)["content"]
    assert reply["status"] == "ok"
    return reply


def completed(kernel: LiveKernel, code: str) -> list[str]:
    """The cells that TAB offers: each match put in its place."""
    reply = ask(kernel, code)
    return [code[: reply["cursor_start"]] + match for match in reply["matches"]]


def is_offered_alone(kernel: LiveKernel, code: str, *expected: str) -> None:
    start = code[: code.rindex(" ") + 1]
    found = completed(kernel, code)
    assert set(found) >= {start + name for name in expected}
    last = code[len(start) :]
    assert [line for line in found if not line.startswith(start + last)] == []


SCENARIOS = [
    ("%pymod js", ["json"]),
    ("%pymod json.", ["json.tool", "json.decoder"]),
    ("%pymod http.se", ["http.server"]),
    ("%pymod --ca", ["--capture"]),
    ("%pymod -", ["--capture", "--bg", "--tty"]),
    ("r = %pymod --ca", ["--capture"]),
    ("r = %pymod --capture json.t", ["json.tool"]),
    ("%%pymod uni", ["unittest"]),
    ("x = 1\nif x:\n    %pymod uni", ["unittest"]),
    ("%pymod --env A=1 --timeout 3 uni", ["unittest"]),
    ("%pymod --timeout=3 uni", ["unittest"]),
    ('%pymod --cwd "a b" uni', ["unittest"]),
    ("%pymod --explain uni", ["unittest"]),
    ("%pymod  --capture  uni", ["unittest"]),
]


@pytest.mark.parametrize(("code", "expected"), SCENARIOS)
def test_tab_offers_what_may_stand_here_and_nothing_else(
    kernel: LiveKernel, code: str, expected: list[str]
) -> None:
    is_offered_alone(kernel, code, *expected)


@pytest.mark.slow
@pytest.mark.parametrize(("code", "expected"), SCENARIOS)
def test_tab_offers_the_same_in_every_generation(
    old_kernels: LiveKernel, code: str, expected: list[str]
) -> None:
    is_offered_alone(old_kernels, code, *expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "%pymod json.tool uni",
        "%pymod json.tool --capt",
        "%pymod --cwd uni",
        "%pymod --tail uni",
        "%pymod --jobs uni",
        "%pymodule uni",
        "print('%pymod uni",
        "# r = %pymod\nuni",
    ],
)
def test_nothing_of_ours_is_offered_where_it_is_of_no_use(kernel: LiveKernel, code: str) -> None:
    ours = {"unittest", "--capture"}
    assert ours.isdisjoint(ask(kernel, code)["matches"])


def files_are_offered(kernel: LiveKernel, folder: Path) -> None:
    (folder / "some_input.json").touch()
    for start in ("%pymod json.tool ", "%pymod --cwd . json.tool ", "r = %pymod json.tool "):
        code = f"{start}{folder}/some_in"
        assert completed(kernel, code) == [f"{start}{folder}/some_input.json"]


def test_files_are_offered_behind_the_name(kernel: LiveKernel, tmp_path: Path) -> None:
    files_are_offered(kernel, tmp_path)


@pytest.mark.slow
def test_files_are_offered_in_every_generation(old_kernels: LiveKernel, tmp_path: Path) -> None:
    files_are_offered(old_kernels, tmp_path)


def test_python_is_completed_as_before(kernel: LiveKernel) -> None:
    kernel.run("some_name = 1")
    assert "some_name" in ask(kernel, "print(some_na")["matches"]
    assert "some_name" in ask(kernel, "%%pymod -\nprint(some_na")["matches"]


def first_answers(kernel: LiveKernel) -> None:
    kernel.run("%load_ext ipymod")
    for code in ("%pymod --ca", "%pymod js", "%pymod "):
        start = time.monotonic()
        assert ask(kernel, code)["matches"]
        assert time.monotonic() - start < 1


def test_the_first_answers_come_within_a_second(fresh_kernel: Callable[..., LiveKernel]) -> None:
    first_answers(fresh_kernel())


@pytest.mark.slow
@every_generation
def test_the_first_answers_come_within_a_second_in_every_generation(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    first_answers(fresh_kernel(environment(generation)))


def no_trace_is_left(kernel: LiveKernel) -> None:
    kernel.run(STATE, silent=True)
    ask(kernel, "%pymod js")
    before = kernel.value("_state()")
    for _ in range(2):
        kernel.run("%load_ext ipymod", silent=True)
        assert "json" in ask(kernel, "%pymod js")["matches"]
        assert kernel.value("_state()") != before
        assert kernel.run("%unload_ext ipymod", silent=True).error is None
        assert kernel.value("_state()") == before
    assert "json" not in ask(kernel, "%pymod js")["matches"]


@pytest.mark.slow
def test_unload_ext_leaves_no_trace(fresh_kernel: Callable[..., LiveKernel]) -> None:
    no_trace_is_left(fresh_kernel())


@pytest.mark.slow
@every_generation
def test_unload_ext_leaves_no_trace_in_every_generation(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    no_trace_is_left(fresh_kernel(environment(generation)))
