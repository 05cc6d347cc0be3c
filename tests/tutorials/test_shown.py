"""What a tutorial's text says, its cells show: for each of these cells, patterns in its output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tutorials.books import Ran

SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "2-python-m": {
        "by-file": (r"__name__ is __main__", r"__package__ is None", r"market.shop.till"),
        "by-module": (r"shop is imported\n(.|\n)*shop\.till", r"__package__ is shop\.till"),
        "relative-fails": (r"attempted relative import with no known parent package",),
        "relative-works": (r"There are 12 apples in stock\.",),
        "neighbour-fails": (r"No module named 'coins'",),
        "neighbour-works": (r"coins is imported",),
        "report-by-file": (r"The report begins\.(.|\n)*No module named 'package_that_nobody_has'",),
        "right-there": (r"python on your PATH", r"other", r"No module named ipymod"),
        "right-pymod": (r"^ipymod \d",),
    },
    "3-pip-as-a-module": {
        "pip-fails": (r"Successfully installed cowsay(.|\n)*No module named 'cowsay'",),
        "see-whichpip": (r"WP105", r"elsewhere", r"course"),
        "cured": (r"Successfully installed cowsay", r"course"),
        "target-seen": (r"WP501", r"PIP_TARGET"),
        "pythonpath": (r"already satisfied",),
        "file": (r"I am not pip\.",),
        "user-hides": (r"No module named 'iniconfig\.exceptions'",),
        "refused": (r"externally-managed-environment", r"Tools need this Python"),
        "way-out": (r"Successfully installed toolz",),
    },
    "4-reading-whichpip": {
        "report": (r"WP501", r"PIP_TARGET", r"this\s+kernel\s+imports\s+from"),
        "mend": (r"^OK: no problem found in WP501",),
        "report-one": (r"Error WP310", r"statistics\.py"),
        "report-two": (r"Warning WP302", r"4\.61\.0\s+before"),
        "report-three": (r"Warning WP601", r"herd 1\.0 is loaded"),
        "as-before-shown": (r"True",),
    },
    "5-installing-while-you-work": {
        "upgrade-unloaded": (r"4\.0 -> 6\.0 is ready, no restart needed",),
        "upgrade-loaded": (r"restart the kernel: cowsay 6\.0 -> 6\.1",),
        "ghost": (r"None", r"6\.0"),
        "reload-package": (r"HELLO",),
        "uv-elsewhere": (r"because\s+of\s+VIRTUAL_ENV,\s+not\s+into\s+this\s+kernel's",),
        "no-pip-report": (r"Info WP409",),
    },
    "6-testing-in-a-notebook": {
        "discover": (r"Ran 4 tests", r"OK \(skipped=1\)"),
        "stale-inside": (r"Ran 3 tests", r"\bOK\b"),
        "fails": (r"FAILED \(failures=3, skipped=1\)",),
        "stops": (r"ModuleFailed: unittest ended with exit status 1",),
        "by-name": (r"2 passed, 6 deselected",),
        "none-fits": (r"8 deselected", r"exit status 5"),
        "doctest": (r"TestResults\(failed=1, attempted=2\)",),
    },
    "7-a-repository-of-notebooks": {
        "find": (*("NB101", "NB102", "NB202", "NB203", "NB302"), r"7 problems in 2 of 4 notebooks"),
        "changed-lines": (r"!pip install cowsay", r"%pip install cowsay"),
        "run-lessons": (
            r"median\.ipynb cell 2, line 1: NameError: name 'half' is not defined",
            r"1 passed, 1 failed of 2 notebooks",
        ),
        "commit-run": (r"tools\.ipynb: 1 fix", r"OK: 1 notebook, no problem"),
        "ci": (r"exit status 0", r"::error file=lessons/median\.ipynb,line=\d+", r"exit status 1"),
    },
    "8-for-instructors": {
        "ready": (r"Ready for rivers", r"state=yes; end=[0-9a-f]{4}"),
        "bob": (r"has no ipymod", r"state=unknown; ipymod=missing"),
        "cleo": (r"2 things to do", r"cowsay +>=6 +5\.0", r"\"cowsay>=6\" \"tabulate>=0\.9\""),
        "follow": (r"Successfully installed", r"Ready for rivers"),
        "chat": (r"2 of 5 are ready", r"tabulate: makes 1 ready", r"\(Fay\): cut off"),
    },
    "9-binder-and-jupyterlite": {
        "binder-stops": (r"Binder builds nothing", r"NB611"),
        "runtime": (r"NB602", r"NB651", r"2 errors, 2 warnings, 1 note"),
        "clean": (r"OK: no problem; 1 notebook",),
        "lesson": (r"NB503", r"NB504", r"NB505", r"4 problems and 1 note"),
        "targets": (
            r"torch is not in the image",
            r"torch is not in JupyterLite",
            r"OK: 1 notebook",
        ),
    },
}
CELLS = [(name, cell) for name, cells in SHOWN.items() for cell in cells]


@pytest.mark.tutorials
@pytest.mark.parametrize(("name", "cell"), CELLS)
def test_a_cell_shows_what_the_text_says(name: str, cell: str, kept: dict[str, Ran]) -> None:
    shown = kept[f"{name}.ipynb"].cells[cell]
    patterns = SHOWN[name][cell]
    assert [each for each in patterns if not re.search(each, shown)] == [], shown
