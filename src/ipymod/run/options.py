"""Our own options, which stand before NAME; everything from NAME on belongs to the module."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.frozen import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

USAGE = "%pymod [OPTION ...] NAME [ARG ...]"


@dataclass(frozen=True)
class Request:
    """One `%pymod` line, understood.

    `action` is `run`, or the option that asks for something else (`here`, `bg`, `explain`,
    `list`, `jobs`, `tail`, `wait`, `kill`); `args` are the words after NAME, untouched.
    """

    action: str = "run"
    name: str = ""
    args: tuple[str, ...] = ()
    capture: bool = False
    check: bool = True
    time: bool = False
    tty: bool | None = None
    cwd: str | None = None
    timeout: float | None = None
    log: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Option:
    """One option: how it is written, what it changes in the request, and its line of help."""

    flag: str
    metavar: str
    help: str
    apply: Callable[[Request, str], Request]


def _seconds(request: Request, text: str) -> Request:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise UsageError(f"--timeout wants a number of seconds above 0, not {text!r}")
    return replace(request, timeout=seconds)


def _variable(request: Request, text: str) -> Request:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"--env wants NAME=VALUE, not {text!r}")
    return replace(request, env={**request.env, name: value})


def _absolute(text: str) -> str:
    try:
        return os.path.abspath(os.path.expanduser(text))
    except FileNotFoundError as error:
        raise UsageError(
            f"{text} is a place below the working directory, which is gone: write it in full, or"
            " change the kernel's directory with %cd DIR"
        ) from error


def _directory(request: Request, text: str) -> Request:
    path = _absolute(text)
    if not os.path.isdir(path):
        raise UsageError(f"--cwd {text}: there is no such directory")
    return replace(request, cwd=path)


def _log(request: Request, text: str) -> Request:
    return replace(request, log=_absolute(text))


def _act(action: str) -> Callable[[Request, str], Request]:
    def apply(request: Request, _: str) -> Request:
        if request.action not in {"run", action}:
            raise UsageError(f"--{request.action} and --{action} do not go together: give one")
        return replace(request, action=action)

    return apply


OPTIONS = (
    Option(
        "--capture",
        "",
        "keep the output in the result instead of showing it",
        lambda request, _: replace(request, capture=True),
    ),
    Option(
        "--no-raise",
        "",
        "a status other than 0 is no error; see _exit_code",
        lambda request, _: replace(request, check=False),
    ),
    Option("--cwd", "DIR", "run in DIR", _directory),
    Option("--env", "K=V", "set a variable for the module; may be repeated", _variable),
    Option("--timeout", "SECONDS", "stop the module after so long", _seconds),
    Option(
        "--time",
        "",
        "say at the end how long it took, and its peak memory",
        lambda request, _: replace(request, time=True),
    ),
    Option("--log", "FILE", "write every byte of the output to FILE as well", _log),
    Option(
        "--tty",
        "",
        "give it a terminal: colours, bars, the exact order",
        lambda request, _: replace(request, tty=True),
    ),
    Option(
        "--no-tty",
        "",
        "give it pipes, also where --tty is the default (pip, uv)",
        lambda request, _: replace(request, tty=False),
    ),
    Option("--bg", "", "run it as a job beside the notebook, and go on", _act("bg")),
    Option("--jobs", "", "list the jobs", _act("jobs")),
    Option("--tail", "N", "show the last lines of job N", _act("tail")),
    Option("--wait", "N", "show the output of job N until it ends", _act("wait")),
    Option("--kill", "N", "stop job N and everything that it started", _act("kill")),
    Option("--here", "", "run inside the kernel's own process; returns its globals", _act("here")),
    Option("--explain", "", "run nothing; show what -m would do with NAME ARGS", _act("explain")),
    Option("--list", "[PATTERN]", "show which modules can be run here", _act("list")),
    Option("--help", "", "show this manual, as %pymod? does", _act("help")),
)

# The words that follow these are theirs, not an option's value: `--tail 2`, `--list json*`.
_ACTIONS = frozenset({"--tail", "--wait", "--kill", "--list"})
_BY_FLAG = {option.flag: option for option in OPTIONS}

# What an action has no use for; saying so beats ignoring it.
_USELESS = {
    "bg": {"--capture", "--timeout", "--time", "--no-raise"},
    "here": {"--capture", "--timeout", "--time", "--log", "--tty", "--no-tty"},
}
_QUERIES = {"explain", "help", "list", "jobs", "tail", "kill"}


def parse(words: Sequence[str]) -> Request:
    """Read our options off the front of the words.

    Raises:
        UsageError: no NAME, an unknown option, a value that is missing or wrong.
    """
    request, rest = Request(), list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        flag, equals, value = rest.pop(0).partition("=")
        option = _option(flag)
        if takes_value(flag) and not equals:
            value = _take_value(option, rest)
        elif equals:
            rest[:0] = _given_value(option, value)
        request = option.apply(request, value)
        request = replace(request, given=request.given | {flag})
    _forbid_useless(request)
    return _with_rest(request, rest)


def takes_value(flag: str) -> bool:
    """Tell whether the next word is the value of this option; False for what is no option."""
    option = _BY_FLAG.get(flag)
    return bool(option and option.metavar and flag not in _ACTIONS)


def _option(flag: str) -> Option:
    if flag in _BY_FLAG:
        return _BY_FLAG[flag]
    if flag == "-h":
        return _BY_FLAG["--help"]
    if flag in {"-m", "-c"}:
        raise UsageError(f"write the module's name without {flag}: {USAGE}")
    import difflib

    near = difflib.get_close_matches(flag, _BY_FLAG, n=1)
    hint = f"did you mean {near[0]}?" if near else "%pymod? lists them"
    raise UsageError(
        f"{flag} is not an option of %pymod; {hint} (options of the module stand after its NAME)"
    )


def _take_value(option: Option, rest: list[str]) -> str:
    if not rest:
        raise UsageError(f"{option.flag} wants a value: {option.flag} {option.metavar}")
    return rest.pop(0)


def _given_value(option: Option, value: str) -> list[str]:
    """What `--flag=value` leaves for the words that follow."""
    if option.flag in _ACTIONS:
        return [value]
    if not option.metavar:
        raise UsageError(f"{option.flag} takes no value")
    return []


def _forbid_useless(request: Request) -> None:
    useless = _USELESS.get(request.action, set())
    if request.action in _QUERIES:
        useless = {option.flag for option in OPTIONS} - {"--cwd", "--" + request.action}
    for flag in sorted(request.given & useless):
        raise UsageError(f"{flag} and --{request.action} do not go together")


def _with_rest(request: Request, rest: list[str]) -> Request:
    if request.action == "help":
        return request
    if request.action == "jobs" and rest:
        raise UsageError(f"--jobs takes no argument, not {rest[0]!r}; --tail N shows one job")
    if request.action in {"list", "tail", "wait", "kill"} and len(rest) > 1:
        raise UsageError(f"--{request.action} takes one argument, not {len(rest)}")
    if not rest and request.action in {"list", "jobs"}:
        return request
    if not rest or not (rest[0] or request.action == "list"):  # $name may be empty
        raise UsageError(_missing(request.action))
    return replace(request, name=rest[0], args=tuple(rest[1:]))


def _missing(action: str) -> str:
    if action in {"tail", "wait", "kill"}:
        return f"--{action} wants the number of a job; %pymod --jobs lists them"
    return f"no module given: {USAGE}, for example %pymod pip list"


def manual() -> str:
    """Give the lines of help about the options, for `%pymod?`."""
    rows = [(f"{o.flag} {o.metavar}".strip(), o.help) for o in OPTIONS]
    return "\n".join(f"  {left:<18}{text}" for left, text in rows)
