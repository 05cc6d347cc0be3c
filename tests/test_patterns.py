"""Patterns are compiled late, but all of them can be compiled, and they work as others do."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import ipymod
from ipymod.patterns import pattern

NAMES = [each.name for each in pkgutil.walk_packages(ipymod.__path__, "ipymod.")]
KINDS = {type(pattern("")), re.Pattern}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("__main__")])
def test_every_pattern_can_be_compiled(name: str) -> None:
    module = importlib.import_module(name)
    for each in vars(module).values():
        if type(each) in KINDS:
            assert each.flags >= 0


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    late, compiled = pattern("A(.)", re.IGNORECASE), re.compile("A(.)", re.IGNORECASE)
    assert late.findall("abac") == compiled.findall("abac")
    assert late.pattern == compiled.pattern
    found = late.search("xab")
    assert found
    assert found[1] == "b"


def test_a_wrong_pattern_is_told_when_it_is_used() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.match("")
