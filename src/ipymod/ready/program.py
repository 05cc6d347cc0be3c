"""SHOW: the file that an instructor sends: data that ipymod reads, and a program for any Python.

ipymod never runs it. Where a student runs it, it hands over to ipymod, or says what brings ipymod.
It is written for Python 2.7 to 3.14 and knows the line of `ipymod.ready.line` by heart, which a
test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.ready.check import dumps

if TYPE_CHECKING:
    from ipymod.ready.check import Check

BEGIN = 'CHECK = r"""'
END = '"""  # here the check ends'

_HEAD = """#!/usr/bin/env python
# -*- coding: utf-8 -*-
# Is this Python ready for the course? In a cell, or in a terminal:
#     %run {file}
#     python {file}
# Made by `ipymod ready` {version}. Nothing is sent, installed or changed.
from __future__ import print_function

import sys

PATH = list(sys.path)
sys.path[:] = [each for each in PATH[1:] if each]  # a json.py from beside this must not break it

import binascii
import getpass
import hashlib
import json
import os
import platform

sys.path[:] = PATH

"""

_REST = r'''

FILE = globals().get("__file__") or "{file}"
OLDEST = (3, 11)  # that ipymod runs on
IN_BROWSER = sys.platform == "emscripten"


def main():
    try:
        from ipymod.commands.ready import here
    except (ImportError, SyntaxError) as error:
        try:
            check = json.loads(CHECK)
        except ValueError:
            say("%s is damaged; ask for it again" % FILE)
            if "IPython" not in sys.modules:
                sys.exit(2)
        else:
            say_what_to_do(check, error)
    else:
        here(FILE)


def say_what_to_do(check, error):
    is_cell = "IPython" in sys.modules
    other = "Take another kernel" if is_cell else "Start it with another Python"
    where = "The browser" if IN_BROWSER else sys.executable or "This Python"
    name = "%s (Python %s)" % (where, platform.python_version())
    wrong = not allows(check["python"])
    if wrong:
        say("%s is not for %s: it needs Python %s." % (name, check["name"], check["python"]))
        say(other + ", or ask your instructor.")
    elif sys.version_info < OLDEST:
        say("%s cannot be checked: ipymod needs Python 3.11 or newer." % name)
        say(other + ", or ask your instructor.")
    else:
        old = "an ipymod that is too old" if "ipymod" in sys.modules else "no ipymod"
        say("%s has %s, which checks it for %s. Type:" % (name, old, check["name"]))
        spec = check["install"]
        spec = spec if spec.replace("-", "").isalnum() else '"%s"' % spec
        upgrade = "--upgrade " if "ipymod" in sys.modules else ""
        python = sys.executable or "python"
        python = '"%s"' % python if " " in python else python
        start = "%pip" if is_cell else "%s -m pip" % python
        run = "%run" if is_cell else python
        file = '"%s"' % FILE if " " in FILE else FILE
        if not IN_BROWSER and not there("pip"):
            say("    %s%s -m ensurepip --default-pip" % ("!" if is_cell else "", python))
        say("    %s install %s%s" % (start, upgrade, spec))
        say("    %s %s" % (run, file))
    say("")
    say("Send your instructor this line; it holds no name and no path:")
    say(line(check["course"], wrong))
    if not is_cell:
        sys.exit(1)


def there(module):
    from importlib.util import find_spec

    return find_spec(module) is not None


def say(text):
    try:
        print(text)
    except UnicodeError:  # an old terminal, and a course with an accent
        print(text.encode("ascii", "replace").decode("ascii"))


def allows(python):
    """Whether this Python is one of `>=3.10,<3.14`; what is written otherwise will do."""
    ours = sys.version_info[:3]
    for clause in python.split(","):
        sign = clause.strip()[:2].rstrip("0123456789 ")
        numbers = clause.strip()[len(sign):].strip().split(".")
        if sign not in (">=", "<", ">", "<=") or not all(each.isdigit() for each in numbers):
            continue
        wanted = tuple(int(each) for each in numbers)
        have = tuple(ours) + (0,) * (len(wanted) - 3)
        wanted += (0,) * (len(have) - len(wanted))
        if not {{">=": have >= wanted, "<": have < wanted, ">": have > wanted,
                "<=": have <= wanted}}[sign]:
            return False
    return True


def line(course, wrong):
    systems = {{"linux": "linux", "darwin": "macos", "windows": "windows"}}
    fields = ["ipymod-ready=1", "course=" + course, "seat=" + seat(course)]
    fields += ["py=" + platform.python_version().partition("+")[0].lower()]
    system = "browser" if IN_BROWSER else systems.get(platform.system().lower(), "other")
    fields += ["os=" + system, "state=unknown"]
    fields += ["python=wrong"] * wrong + ["ipymod=missing"]
    body = "; ".join(fields)
    end = binascii.crc_hqx(body.replace(" ", "").encode("ascii"), 0xFFFF)
    return "%s; end=%04x" % (body, end)


def seat(course):
    try:
        user = getpass.getuser()
    except Exception:
        user = ""
    machine = [platform.node(), user, sys.prefix]
    if IN_BROWSER:  # where all have one name
        import uuid
        machine = [os.environ.setdefault("IPYMOD_SEAT", uuid.uuid4().hex)]
    told = "\0".join([str(course)] + machine)
    told = told if isinstance(told, bytes) else told.encode("utf-8", "replace")
    number = int(hashlib.sha256(told).hexdigest()[:8], 16)
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(letters[number >> 5 * place & 31] for place in range(5))


if __name__ == "__main__":
    main()
'''


def program(check: Check, file: str) -> str:
    """Write the file.

    Args:
        check: what the course needs.
        file: its name, for what is said to type.
    """
    head = _HEAD.format(file=file, version=check.made_by)
    return f"{head}{BEGIN}\n{dumps(check)}\n{END}{_REST.format(file=file)}"


def data(text: str) -> str | None:
    """The JSON in such a file; None if its two marks are not there."""
    lines = text.replace("\r\n", "\n").split("\n")
    places = [number for number, line in enumerate(lines) if line.strip() == BEGIN]
    ends = [number for number, line in enumerate(lines) if line.strip() == END]
    if not places or not ends or ends[0] < places[0]:
        return None
    return "\n".join(lines[places[0] + 1 : ends[0]])
