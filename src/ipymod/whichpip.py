"""FACE: `%whichpip` and `ipymod whichpip`: read the words, gather, judge, show."""

from __future__ import annotations

import os
import platform
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from ipymod.errors import UsageError
from ipymod.launchers import Surroundings
from ipymod.patterns import pattern
from ipymod.report import Report, build
from ipymod.report.explain import Page, explain, overview

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping, Sequence

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts
    from ipymod.names import NameReport
    from ipymod.ready.readiness import Readiness
    from ipymod.report.json import Saved

_MOST = 1 << 26  # characters of a saved report: one of 3,000 distributions has some million
_CODE = pattern(r"wp\d*", re.IGNORECASE)  # a distribution may well be called wpilib
_FORMS = {".html": "html", ".md": "markdown", ".json": "json", ".txt": "text", ".svg": "svg"}


def answer(
    options: Namespace, kernel_of: Callable[[Surroundings], Kernel]
) -> Report | Page | Readiness:
    """Do what was asked for.

    Args:
        options: as `parser` reads them.
        kernel_of: gives the interpreter that the report is about, if none was saved.

    Raises:
        IpymodError: it was asked wrongly, or a file cannot be read or written.
    """
    _refuse_early(options)
    if options.explain is not None:
        return explained(options.explain)
    here = Surroundings.now()
    if options.ready:
        from ipymod.ready.readiness import readiness

        return readiness(options.ready, kernel_of(here), here)
    report = _report(options, kernel_of, here)
    report = replace(report, everything=options.all, form="json" if options.json else "rich")
    if options.share:
        report = _shared(report, here)
    if options.save:
        save(report, options.save)
    return report


def _report(
    options: Namespace, kernel_of: Callable[[Surroundings], Kernel], here: Surroundings
) -> Report:
    from ipymod.checks import REGISTRY

    checks, names = divided(options.words)
    if options.facts:
        return _replayed(options.facts, checks)
    if names and not checks:
        kernel = kernel_of(here)
        return _about_names(kernel, _looked_up(names, kernel, here))
    facts = _gathered(kernel_of(here), here)
    facts = _probed(facts, here) if options.probe else facts
    report = build(facts, REGISTRY, checks)
    return replace(report, names=_looked_up(names, facts.kernel, here))


def _replayed(path: str, checks: Sequence[str]) -> Report:
    from ipymod.checks import REGISTRY
    from ipymod.facts import from_json
    from ipymod.names import NameReport

    told = _saved(path)
    try:
        names = tuple(from_json(NameReport, each) for each in told.names)
        if told.brief and not checks:
            return _about_names(told.facts.kernel, names)
        report = replace(build(told.facts, REGISTRY, checks or told.selection), names=names)
        report.text()  # what is no report of ours may hold anything in the place of a text
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise UsageError(f"{path} is no report of ipymod: {error}") from error
    return report


def _gathered(kernel: Kernel, here: Surroundings) -> Facts:
    """Gather all facts; what this process has in memory only if they are about it."""
    from ipymod.survey import survey

    if not _is_this_process(kernel):
        return survey(kernel, here)
    return survey(kernel, here, modules=sys.modules, missing=_missed())


def _is_this_process(kernel: Kernel) -> bool:
    return kernel.running and kernel.executable == sys.executable


def _missed() -> str:
    """The module that the last error of this kernel was about; empty if it was about none."""
    error = getattr(sys, "last_value", None)
    if not isinstance(error, ImportError) or not error.name:
        return ""
    part = getattr(error, "name_from", None)  # `cannot import name`, from Python 3.12 on
    return f"{error.name}.{part}" if part else error.name


def _about_names(kernel: Kernel, names: tuple[NameReport, ...]) -> Report:
    """What the names mean, and nothing else."""
    from ipymod.facts.everything import Facts
    from ipymod.registry import Verdict

    return Report(Facts(kernel), kernel, (), Verdict((), ()), checks=0, names=names)


def _looked_up(names: Sequence[str], kernel: Kernel, here: Surroundings) -> tuple[NameReport, ...]:
    if not names:
        return ()
    from ipymod.names import look_up

    loaded = sys.modules if _is_this_process(kernel) else None
    return tuple(look_up(name, kernel, here, loaded) for name in names)


def _refuse_early(options: Namespace) -> None:
    """Say what is wrong with the words before anything is gathered.

    Raises:
        UsageError: a code or family that does not exist, a file of no known form, two options
            that contradict each other.
    """
    from ipymod.checks import REGISTRY

    given = {name for name, value in vars(options).items() if value and name != "explain"}
    if options.explain is not None and given:
        raise UsageError("--explain stands alone, with one CODE or with none")
    if options.ready and given != {"ready"}:
        raise UsageError("--ready stands alone, with the FILE that an instructor made")
    checks, names = divided(options.words)
    REGISTRY.select(checks)
    if options.facts and names:
        raise UsageError(f"--facts holds nothing of {names[0]}: names are looked up here and now")
    if options.facts and options.probe:
        raise UsageError("--probe starts commands of this machine, --facts tells of another")
    if options.probe and names and not checks:
        raise UsageError(f"--probe has nothing to start for {names[0]}: names are looked up")
    form = _form(options.save) if options.save else ".json"
    if form not in _FORMS:
        raise UsageError(f"--save wants a file that ends in {', '.join(_FORMS)}: {options.save}")
    if form == ".svg" and names and not checks:
        raise UsageError("the picture shows where commands go, and nothing of names")


def _form(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def explained(code: str) -> Page:
    """Explain a check, or list them all.

    Raises:
        UsageError: there is no such check.
    """
    from ipymod.checks import REGISTRY
    from ipymod.facts.healthy import HEALTHY

    return explain(REGISTRY, code, HEALTHY) if code else overview(REGISTRY)


def parser(prog: str) -> ArgumentParser:
    """What stands behind `%whichpip`; the command takes some more."""
    from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter

    class Parser(ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message}; {self.prog} --help shows what may stand here")

    options = Parser(
        prog,
        description=DESCRIPTION,
        add_help=False,
        allow_abbrev=False,
        formatter_class=lambda prog: HelpFormatter(prog, width=80),
    )

    def filled(text: str) -> str:
        if not text.strip():
            raise ArgumentTypeError("it is empty")
        return text

    options.register("type", None, filled)  # a variable that is not set is no answer
    add = options.add_argument
    add("words", nargs="*", metavar="NAME|CODE|FAMILY", help="a module, a check, a family of them")
    add(
        "--explain", nargs="?", const="", type=str, metavar="CODE", help="explain one check, or all"
    )
    add("--all", action="store_true", help="tell everything: kernels, environments, each step")
    add("--probe", action="store_true", help="start the commands that stayed unknown, 3 s each")
    add("--json", action="store_true", help="give it as JSON")
    add("--save", metavar="FILE", help="write it to FILE: .html, .md, .json, .txt or .svg")
    add("--share", action="store_true", help="as text to paste elsewhere: no names, no secrets")
    add("--ready", metavar="FILE", help="is this Python ready for the course that FILE is from?")
    add("-h", "--help", action="store_true", help="show these lines")
    options.set_defaults(facts=None)
    return options


DESCRIPTION = (
    "Which Python is this, which one would pip, python, uv, conda and jupyter in a shell reach,"
    " what is wrong, and which command puts it right. Nothing is started or changed."
)


def _saved(path: str) -> Saved:
    from ipymod.report.json import saved

    try:
        with open(os.path.expanduser(path), encoding="utf-8-sig") as file:
            return saved(file.read(_MOST))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {_why(error)}") from error


def _probed(facts: Facts, here: Surroundings) -> Facts:
    from ipymod.report.model import NAMES
    from ipymod.survey.started import started

    known = {name: getattr(facts, name) for name in NAMES}
    told: dict[str, Any] = {name: each and started(each, here) for name, each in known.items()}
    return replace(facts, **told)


def divided(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell codes and families from names of modules and distributions."""
    from ipymod.checks import REGISTRY

    families = {check.family for check in REGISTRY}
    checks = [word for word in words if word in families or _CODE.fullmatch(word)]
    return checks, [word for word in words if word not in checks]


def candidates(last: str) -> list[str]:
    """What a word may become at TAB: a family, an option, a code once it is begun."""
    from ipymod.checks import REGISTRY

    families = sorted({check.family for check in REGISTRY})
    codes = [check.code for check in REGISTRY] if last else []
    flags = [flag for action in parser("%whichpip")._actions for flag in action.option_strings]  # noqa: SLF001  argparse has no other way to list its options
    known = [*families, *codes, *(flag for flag in flags if flag.startswith("--"))]
    return [word for word in known if word.startswith(last)] or [
        code for code in codes if code.startswith(last.upper())
    ]


def _shared(report: Report, here: Surroundings) -> Report:
    """The same without names of people and machines; as a text unless data was asked for."""
    from ipymod.report.person import Person
    from ipymod.report.redact import redacted

    homes = [here.home, os.path.realpath(here.home), _home_of_account()]
    person = Person.of(homes, here.variables, platform.node())
    plain: Report = redacted(report, person.anonymous)
    return replace(plain, form="text" if report.form == "rich" else report.form)


def _home_of_account() -> str:
    """The home folder that the system knows, whatever HOME says; empty if it knows none."""
    if sys.platform == "win32":
        return ""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):  # a browser; an account without an entry, as in a container
        return ""


def save(report: Report, path: str) -> None:
    """Write the report to a file, in the form that its name ends with.

    Raises:
        UsageError: the file cannot be written.
    """
    text = _written(report, _FORMS[_form(path)])
    try:
        with open(os.path.expanduser(path), "w", encoding="utf-8") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {_why(error)}") from error


def _why(error: Exception) -> str:
    """What is wrong with a file, its name left out: that was said."""
    return getattr(error, "strerror", None) or str(error)


def _written(report: Report, form: str) -> str:
    from ipymod.report.html import page
    from ipymod.report.json import dumps

    if form == "json":
        return dumps(report) + "\n"
    if form == "html":
        return page(report)
    text: str = getattr(report, form)()
    return text if text.endswith("\n") else text + "\n"


def magic(line: str, names: Mapping[str, object], *, colour: bool) -> Any:
    """Do what `%whichpip` asks for.

    Args:
        line: what stands behind it.
        names: the variables that `$name` and `{expression}` see.
        colour: whether the place where it is shown can show colours.
    """
    from ipymod.run.tokens import arguments
    from ipymod.survey import this_kernel

    options = parser("%whichpip")
    asked = options.parse_intermixed_args(arguments(line, names))
    if asked.help:
        return Page(f"```\n{options.format_help()}```\n")
    given = answer(asked, this_kernel)
    if colour and isinstance(given, Report) and given.form == "rich":
        return replace(given, form="colour")
    return given
