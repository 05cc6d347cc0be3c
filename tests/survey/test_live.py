"""The running process against made directories of packages."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.facts import from_json, to_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.live import Loaded, Needs
from ipymod.launchers import Surroundings
from ipymod.maps import places_before
from ipymod.survey.live import gather_loaded, sighted

if TYPE_CHECKING:
    from pathlib import Path

HERE = Surroundings((), "/", {}, "/home/ada", "Linux")
LONG_AGO, LATER = 1.0, 4e9


def put(site: Path, name: str, version: str, text: str = "", requires: str = "") -> Path:
    """Install a package of that name, as an installer would."""
    package = site / name
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(text, "utf-8")
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n{requires}\n", "utf-8")
    (info / "RECORD").write_text(f"{name}/__init__.py,,\n", "utf-8")
    return package / "__init__.py"


def module(name: str, file: Path | None, **attributes: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(attributes)
    if file:
        made.__file__ = str(file)
    return made


def gathered(site: Path, *modules: ModuleType, started: float = LONG_AGO, **more: Any) -> Loaded:
    kernel = replace(HEALTHY.kernel, path=("", str(site)), started=started)
    by_name = {each.__name__: each for each in modules}
    found = gather_loaded(kernel, HERE, by_name, process=str(site / "proc"), **more)
    assert found
    return found


def test_another_interpreter_has_no_modules_to_look_at() -> None:
    assert gather_loaded(replace(HEALTHY.kernel, running=False), HERE, sys.modules) is None


def test_what_changed_since_the_start_is_told(tmp_path: Path) -> None:
    file = put(tmp_path, "thing", "2.0", '__version__ = "2.0"\n')
    (found,) = gathered(tmp_path, module("thing", file, __version__="1.0")).modules
    assert (found.version, found.installed, found.written) == ("1.0", "2.0", "2.0")
    assert found.changed


@pytest.mark.parametrize("started", [LATER, 0.0])
def test_what_did_not_change_or_is_unknown_is_not(tmp_path: Path, started: float) -> None:
    file = put(tmp_path, "thing", "2.0")
    facts = gathered(tmp_path, module("thing", file, __version__="1.0"), started=started)
    assert (facts.modules, facts.looked_at) == ((), 1)


def test_linked_files_keep_their_time_and_are_seen_all_the_same(tmp_path: Path) -> None:
    file = put(tmp_path, "thing", "2.0")
    started = time.time() - 60
    os.utime(tmp_path / "thing-2.0.dist-info", (1, 1))
    assert gathered(tmp_path, module("thing", file), started=started).modules[0].changed


def test_a_module_is_not_asked_for_its_attributes(tmp_path: Path) -> None:
    file = put(tmp_path, "thing", "2.0", "raise SystemExit")
    lazy = module("thing", file, __getattr__=pytest.fail)
    assert gathered(tmp_path, lazy).modules[0].version == ""
    spec = importlib.util.spec_from_file_location("thing", file)
    assert spec
    assert spec.loader
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sleeping = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sleeping)
    # It would run its file, which ends the process, at the first attribute.
    assert object.__getattribute__(sleeping, "__name__") == "thing"
    kernel = replace(HEALTHY.kernel, path=(str(tmp_path),), started=LONG_AGO)
    assert gather_loaded(kernel, HERE, {"thing": sleeping}, process="/nowhere")


def test_what_is_no_module_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "thing", "2.0")
    kernel = replace(HEALTHY.kernel, path=(str(tmp_path),), started=LONG_AGO)
    facts = gather_loaded(kernel, HERE, {"a": None, "b": 3, "c": object(), "d": {}}, process="/no")
    assert facts
    assert facts.modules == ()


def test_parts_of_a_namespace_are_modules_of_their_own(tmp_path: Path) -> None:
    file = put(tmp_path, "big", "2.0")
    inner = tmp_path / "google/small/__init__.py"
    inner.parent.mkdir(parents=True)
    inner.touch()
    info = put(tmp_path, "small", "3.0").parents[1] / "small-3.0.dist-info"
    (info / "RECORD").write_text("google/small/__init__.py,,\n", "utf-8")
    modules = [
        module("big", file),
        module("big.part", file),
        module("google", None, __path__=["x"]),
        module("google.small", inner),
    ]
    names = {each.name: each.distribution for each in gathered(tmp_path, *modules).modules}
    assert names == {"big": "big", "google.small": "small"}


def test_an_owner_of_another_name_is_found_by_its_record(tmp_path: Path) -> None:
    file = put(tmp_path, "yaml", "6.0")
    (tmp_path / "yaml-6.0.dist-info").rename(tmp_path / "PyYAML-6.0.dist-info")
    assert gathered(tmp_path, module("yaml", file)).modules[0].distribution == "PyYAML"


def test_a_module_whose_file_is_gone_was_uninstalled(tmp_path: Path) -> None:
    put(tmp_path, "other", "1.0")
    (found,) = gathered(tmp_path, module("thing", tmp_path / "thing.py"), started=LATER).modules
    assert (found.changed, found.distribution) == (True, "")


def test_a_module_in_an_archive_is_not_gone(tmp_path: Path) -> None:
    put(tmp_path, "other", "1.0")
    (tmp_path / "thing.egg").touch()
    inside = tmp_path / "thing.egg" / "thing.py"
    assert gathered(tmp_path, module("thing", inside), started=LATER).modules == ()


def test_what_was_seen_earlier_keeps_its_version(tmp_path: Path) -> None:
    file = put(tmp_path, "thing", "1.0")
    kernel = replace(HEALTHY.kernel, path=(str(tmp_path),), started=LONG_AGO)
    seen = sighted(kernel, {"thing": module("thing", file)})
    (tmp_path / "thing-1.0.dist-info").rename(tmp_path / "thing-2.0.dist-info")
    assert sighted(kernel, {"thing": module("thing", file)}, seen) == {"thing": "1.0"}
    (found,) = gathered(tmp_path, module("thing", file), seen=seen).modules
    assert (found.seen, found.installed) == ("1.0", "2.0")


def test_only_requirements_that_apply_are_needs(tmp_path: Path) -> None:
    file = put(tmp_path, "numpy", "2.0")
    lines = [
        "numpy (>=1.20)",
        "numpy>=1.26; python_version >= '3.12'",
        "numpy<1; python_version < '3.12'",
        "numpy>=9; extra == 'all'",
        "numpy>=9; sys_platform == 'plan9'",
        "scipy>=1",
    ]
    put(tmp_path, "pandas", "3.0", requires="".join(f"Requires-Dist: {each}\n" for each in lines))
    needs = gathered(tmp_path, module("numpy", file)).needs
    expected = [Needs("pandas", "3.0", "numpy", each) for each in (">=1.20", ">=1.26")]
    assert list(needs) == expected


def test_facts_survive_json(tmp_path: Path) -> None:
    facts = gathered(tmp_path, module("thing", put(tmp_path, "thing", "2.0")))
    assert from_json(Loaded, to_json(facts)) == facts


# What pip does to a folder before it deletes it


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/s/~arkupsafe/x.so", ["/s/markupsafe/x.so"]),
        ("/s/~-rkupsafe/x.so", ["/s/markupsafe/x.so"]),
        ("/s/~markupsafe/x.so", ["/s/markupsafe/x.so"]),
        ("/s/~umpy.libs/x.so", ["/s/numpy.libs/x.so"]),
        ("/s/~.so", []),
        ("/s/~other/x.so", []),
        ("/s/markupsafe/x.so", ["/s/markupsafe/x.so"]),
    ],
)
def test_a_renamed_folder_is_told_by_the_rest_of_its_name(path: str, expected: list[str]) -> None:
    assert list(places_before(path, ["markupsafe", "numpy.libs"])) == expected


# The maps of a process: what is mapped, at its address in a file that stands for the memory

MAPS = """\
1000-1010 r--p 00000000 08:01 7    {site}/thing/~ast.so (deleted)
2000-2010 r-xp 00000010 08:01 7    {site}/thing/~ast.so (deleted)
3000-3010 r--p 00000020 08:01 7    {site}/thing/~ast.so (deleted)
4000-4010 r-xp 00000000 00:01 8    /memfd:jit.so (deleted)
5000-5010 r-xp 00000000 00:01 9    /tmp/other.so (deleted)
6000-6010 r-xp 00000000 00:01 9    {site}/thing/kept.so
"""


def process(site: Path, maps: str, memory: dict[int, bytes]) -> None:
    folder = site / "proc"
    folder.mkdir()
    (folder / "maps").write_text(maps.format(site=site), "utf-8")
    with (folder / "mem").open("wb") as file:
        for address, content in memory.items():
            file.seek(address)
            file.write(content)


def compiled(site: Path, on_disk: bytes) -> Loaded:
    file = put(site, "thing", "2.0")
    maps = MAPS.replace("~ast.so", "fast.so")
    process(site, maps, {0x1000: b"h" * 16, 0x2000: b"c" * 16, 0x3000: b"r" * 16})
    (site / "thing/fast.so").write_bytes(on_disk)
    return gathered(site, module("thing", file), started=LATER)


def test_the_same_bytes_put_back_are_no_change(tmp_path: Path) -> None:
    # The last part is only readable: it was relocated, and is never as on disk.
    assert compiled(tmp_path, b"h" * 16 + b"c" * 16 + b"d" * 16).modules == ()


def test_other_code_in_the_file_is_a_change(tmp_path: Path) -> None:
    (found,) = compiled(tmp_path, b"h" * 16 + b"C" * 16 + b"d" * 16).modules
    assert found.deleted == (f"{tmp_path}/thing/fast.so",)


def test_memory_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    file = put(tmp_path, "thing", "2.0")
    process(tmp_path, MAPS.replace("~ast.so", "fast.so"), {})
    (tmp_path / "proc/mem").unlink()
    (tmp_path / "thing/fast.so").write_bytes(b"C" * 48)
    assert gathered(tmp_path, module("thing", file), started=LATER).modules == ()


# The interpreter


def test_a_deleted_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/exe").symlink_to("/usr/bin/python3.12 (deleted)")
    put(tmp_path, "thing", "2.0")
    facts = gathered(tmp_path)
    assert facts.executable_deleted
    assert not facts.executable_exists  # nothing of the made kernel is on this machine


def test_the_version_on_disk_is_that_of_the_base_and_not_of_pyvenv_cfg(tmp_path: Path) -> None:
    base, venv = tmp_path / "base", tmp_path / "venv"
    for path in ("bin/python3.12", "lib/python3.12/os.py"):
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).touch(0o755)
    (base / "bin/python3").symlink_to("python3.12")
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(base / "bin/python3")
    (venv / "pyvenv.cfg").write_text(f"home = {base}/bin\nversion = 3.12.0\n", "utf-8")
    kernel = replace(
        HEALTHY.kernel,
        prefix=str(venv),
        base_prefix=str(base),
        executable=str(venv / "bin/python"),
    )
    facts = gather_loaded(kernel, HERE, {}, process="/nowhere")
    assert facts
    assert (facts.version, facts.executable_exists) == ("", True)
    header = base / "include/python3.12/patchlevel.h"
    header.parent.mkdir(parents=True)
    header.write_text('#define PY_VERSION "3.12.4"\n', "utf-8")
    facts = gather_loaded(kernel, replace(HERE), {}, process="/nowhere")
    assert facts
    assert facts.version == "3.12.4"
