"""FACE: `%whichpip` and `ipymod whichpip`: read the words, gather, judge, show."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from ipymod.errors import UsageError
from ipymod.launchers import Surroundings
from ipymod.report import Report, build
from ipymod.report.explain import Page, explain, overview

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping, Sequence

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts
    from ipymod.names import NameReport

_FORMS = {".html": "html", ".md": "markdown", ".json": "json", ".txt": "text", ".svg": "svg"}


def answer(options: Namespace, kernel_of: Callable[[Surroundings], Kernel]) -> Report | Page:
    """Do what was asked for.

    Args:
        options: as `parser` reads them.
        kernel_of: gives the interpreter that the report is about, if none was saved.

    Raises:
        IpymodError: it was asked wrongly, or a file cannot be read or written.
    """
    if options.explain is not None:
        return explained(options.explain)
    _refuse_early(options)
    here = Surroundings.now()
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
        facts = _saved(options.facts)
    elif names and not checks:
        return _about_names(names, kernel_of(here), here)
    else:
        facts = _gathered(kernel_of(here), here)
    facts = _probed(facts, here) if options.probe else facts
    report = build(facts, REGISTRY, checks)
    return replace(report, names=_looked_up(names, facts.kernel, here))


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


def _about_names(names: Sequence[str], kernel: Kernel, here: Surroundings) -> Report:
    """What the names mean, and nothing else."""
    from ipymod.facts.everything import Facts
    from ipymod.registry import Verdict

    looked_up = _looked_up(names, kernel, here)
    return Report(Facts(kernel), kernel, (), Verdict((), ()), checks=0, names=looked_up)


def _looked_up(names: Sequence[str], kernel: Kernel, here: Surroundings) -> tuple[NameReport, ...]:
    if not names:
        return ()
    from ipymod.names import look_up

    loaded = sys.modules if _is_this_process(kernel) else None
    return tuple(look_up(name, kernel, here, loaded) for name in names)


def _refuse_early(options: Namespace) -> None:
    """Say what is wrong with the words before anything is gathered.

    Raises:
        UsageError: a code or family that does not exist, a file of no known form.
    """
    from ipymod.checks import REGISTRY

    checks, names = divided(options.words)
    REGISTRY.select(checks)
    if options.facts and names:
        raise UsageError(f"--facts holds nothing of {names[0]}: names are looked up here and now")
    if options.save and _form(options.save) not in _FORMS:
        raise UsageError(f"--save wants a file that ends in {', '.join(_FORMS)}: {options.save}")


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
    from argparse import ArgumentParser, HelpFormatter

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
    add = options.add_argument
    add("words", nargs="*", metavar="NAME|CODE|FAMILY", help="a module, a check, a family of them")
    add("--explain", nargs="?", const="", metavar="CODE", help="explain a check; alone: list all")
    add("--all", action="store_true", help="tell everything: kernels, environments, each step")
    add("--probe", action="store_true", help="start the commands that stayed unknown, 3 s each")
    add("--json", action="store_true", help="give it as JSON")
    add("--save", metavar="FILE", help="write it to FILE: .html, .md, .json, .txt or .svg")
    add("--share", action="store_true", help="as text to paste elsewhere: no names, no secrets")
    add("-h", "--help", action="store_true", help="show these lines")
    options.set_defaults(facts=None)
    return options


DESCRIPTION = (
    "Which Python is this, which one would pip, python, uv, conda and jupyter in a shell reach,"
    " what is wrong, and which command puts it right. Nothing is started or changed."
)


def _saved(path: str) -> Facts:
    from ipymod.report.json import facts_of

    try:
        with open(path, encoding="utf-8-sig") as file:
            return facts_of(file.read())
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


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
    checks = [word for word in words if word in families or word.upper().startswith("WP")]
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
    from ipymod.report.redact import Person, redacted

    person = Person.of(here.home, here.variables, platform.node())
    plain: Report = redacted(report, person.anonymous)
    return replace(plain, form="text" if report.form == "rich" else report.form)


def save(report: Report, path: str) -> None:
    """Write the report to a file, in the form that its name ends with.

    Raises:
        UsageError: the file cannot be written.
    """
    text = _written(report, _FORMS[_form(path)])
    try:
        with open(os.path.expanduser(path), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error}") from error


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
