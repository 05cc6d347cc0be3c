"""Whether versions and markers are judged as `packaging` judges them."""

from __future__ import annotations

import platform
import sys
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ipymod.facts import Environment, Kernel
from ipymod.survey.packages.requirements import Machine, of_extras_alone
from ipymod.survey.packages.versions import fits, key

KERNEL = Kernel(
    executable=sys.executable,
    prefix=sys.prefix,
    base_prefix=sys.base_prefix,
    version=platform.python_version(),
    environment=Environment(sys.prefix, sys.base_prefix, "venv"),
    system=platform.system(),
    machine=platform.machine(),
)
OLD = replace(KERNEL, version="3.7.16", executable="/usr/bin/python3.7")
WINDOWS = replace(KERNEL, version="3.10.11", system="Windows", machine="AMD64")

release = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
version = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "", "", "1!"]),
    release,
    st.sampled_from(["", "", "a1", "b0", "rc2", ".a0", "-rc_1"]),
    st.sampled_from(["", "", ".post0", ".post2"]),
    st.sampled_from(["", "", ".dev0", ".dev3"]),
)
installed = st.builds("{}{}".format, version, st.sampled_from(["", "", "+cpu", "+ubuntu.1"]))
clause = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["~=", "==", "!=", "<=", ">=", "<", ">"]), version),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), release),
    st.builds("{} {} ".format, st.sampled_from(["==", ">="]), release),
)


@given(version, version)
def test_versions_are_ordered_as_packaging_orders_them(one: str, two: str) -> None:
    mine, other = key(one), key(two)
    assert mine is not None
    assert other is not None
    assert (mine < other, mine == other) == (
        Version(one) < Version(two),
        Version(one) == Version(two),
    )


@example("2a1", "<2.post0")
@given(installed, st.lists(clause, max_size=2).map(",".join))
def test_specifiers_hold_as_packaging_says(have: str, wanted: str) -> None:
    answer = fits(have, wanted)
    try:
        truth = SpecifierSet(wanted).contains(have, prereleases=True)
    except InvalidSpecifier:
        assert answer is None
    else:
        assert answer in {None, truth}
        assert Machine(KERNEL).fits(have, wanted) is truth


@given(version, st.sampled_from(["~=", "==", "!=", "<=", ">=", "<", ">"]), release)
def test_packaging_is_not_needed_for_what_is_written_usually(
    have: str, operator: str, wanted: str
) -> None:
    assert fits(have, f"{operator}{wanted}.1") is not None


@pytest.mark.parametrize(
    "wanted", ["<2.dev1", "===2.0", "==2.0+cpu", ">=v2", "~=2", ">=2.*", "==1-1", "huh"]
)
def test_what_is_written_unusually_is_left_to_packaging(wanted: str) -> None:
    assert fits("2.0", wanted) is None


def test_a_version_that_packaging_does_not_know_meets_nothing_and_breaks_nothing() -> None:
    assert Machine(KERNEL).fits("2004d-of-old", ">=1") in {None, False}


REQUIREMENTS = (
    "numpy",
    "numpy>=1.20",
    "numpy >=1.20, <3 ; python_version >= '3.8'",
    "Foo.Bar_baz[extra,other] (>=1.0,<2) ; python_version<'3.12'",
    "pywin32; sys_platform == 'win32'",
    "colorama ; os_name == \"nt\" and python_version > '3'",
    "tomli>=1; python_full_version <= '3.11.0a6'",
    "typing; (python_version < '3.5' or sys_platform == 'linux') and implementation_name!='pypy'",
    "cffi; platform_python_implementation != 'PyPy'",
    "x; platform_machine == 'x86_64' or platform_machine == 'AMD64'",
    "x; platform_machine not in 'x86_64 AMD64'",
    "x; python_version in '3.10 3.11'",
    "x; python_version not   in '2.7, 3.11'",
    "x; '3.8' <= python_version",
    "x; extra == 'dev'",
    "x; extra == 'dev' and python_version > '3'",
    "x; extra == 'dev' or python_version > '3'",
    "x; extra != 'dev'",
    "x; (extra == 'a' or extra == 'b') and os_name == 'posix'",
    "x; platform_release >= '1'",
    "x; python_version ~= '3.8'",
    "x; implementation_version >= '3.9'",
    "pkg @ https://example.org/pkg-1.0.zip",
    "pkg @ file:///tmp/pkg-1.0.zip ; python_version > '3'",
    "x===1.0",
    "x>=1.0rc1,!=1.2.*",
)


@pytest.mark.parametrize("kernel", [KERNEL, OLD, WINDOWS], ids=["own", "old", "windows"])
@pytest.mark.parametrize("line", REQUIREMENTS)
def test_a_requirement_is_read_as_packaging_reads_it(line: str, kernel: Kernel) -> None:
    machine = Machine(kernel)
    truth = Requirement(line)
    holds = not truth.marker or truth.marker.evaluate(dict(machine.answers))
    asked = machine.wanted(line)
    assert (asked is not None) is holds
    if asked:
        assert asked[0] == truth.name.lower().replace("_", "-").replace(".", "-")
        assert SpecifierSet(asked[1]) == truth.specifier
    if of_extras_alone(line):
        assert not holds


def test_markers_speak_of_this_process_as_packaging_does() -> None:
    answers = Machine(KERNEL).answers
    truth: dict[str, object] = dict(default_environment())
    assert {name: answers[name] for name in answers if name != "extra"} == {
        name: truth[name] for name in answers if name != "extra"
    }


@pytest.mark.parametrize(
    "line", ["", ";;", "x; (", "x; python_version", "@@@", "x; a.b == 'c'", "["]
)
def test_what_is_no_requirement_asks_for_nothing(line: str) -> None:
    assert Machine(KERNEL).wanted(line) is None
