"""The look after an install, on directories that an installer would leave."""

from __future__ import annotations

import importlib.util
import os
import shutil
import site
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from ipymod.refresh import (
    Change,
    Imports,
    Snapshot,
    Step,
    after,
    make_importable,
    seen,
    sentence,
    snapshot,
    untouched,
)
from package_environments import write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

EMPTY = Snapshot((), (), {})


class Site:
    """A directory on `sys.path`, and what is installed there."""

    def __init__(self, place: Path, wheels: Path) -> None:
        self.place = place
        self.wheels = wheels
        self.imports = Imports()

    def unpack(self, name: str, version: str, parts: Mapping[str, str]) -> None:
        self.remove(name)
        wheel = write_wheel(self.wheels, name, version, {**parts})
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.place)

    def remove(self, name: str) -> None:
        for info in self.place.glob(f"{name}-*.dist-info"):
            for row in (info / "RECORD").read_text("utf-8").splitlines():
                (self.place / row.split(",")[0]).unlink(missing_ok=True)
            shutil.rmtree(info)

    def look(self, before: Snapshot) -> Change:
        importlib.invalidate_caches()
        return after(before, [str(self.place)], sys.modules, self.imports)

    def seen(self, last: Snapshot) -> Snapshot:
        return seen(last, [str(self.place)], sys.modules, self.imports)

    def before(self, earlier: Snapshot | None = None) -> Snapshot:
        return snapshot([str(self.place)], sys.modules, earlier)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    place, wheels = tmp_path / "site", tmp_path / "wheels"
    place.mkdir()
    wheels.mkdir()
    monkeypatch.syspath_prepend(place)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    here = Site(place, wheels)
    here.imports.watch()
    yield here
    here.imports.leave()
    for name in set(sys.modules) - known:
        del sys.modules[name]


PARTS = {"wiptop/__init__.py": "", "wiptop/one.py": "x = 1\n", "wiptop/two.py": "y = 1\n"}
OTHER = {**PARTS, "wiptop/one.py": "x = 2\n"}


def loaded(here: Site, parts: Mapping[str, str] = PARTS) -> Snapshot:
    here.unpack("wip", "1.0", parts)
    importlib.invalidate_caches()
    for name in ("wiptop", "wiptop.one", "wiptop.two"):
        importlib.import_module(name)
    return here.before()


def test_a_new_distribution_is_ready(here: Site) -> None:
    before = here.before()
    here.unpack("wip", "1.0", PARTS)
    assert sentence(here.look(before)) == "wip 1.0 is ready, no restart needed"


def test_an_upgrade_flags_exactly_the_modules_that_changed(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    change = here.look(before)
    assert change.stale == ("wiptop.one",)
    text = "restart the kernel: wip 1.0 -> 2.0, 1 of its loaded modules changed"
    assert sentence(change) == text


def test_an_upgrade_that_is_taken_back_needs_no_restart(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    before = here.before(here.look(before).now)
    here.unpack("wip", "1.0", PARTS)
    change = here.look(before)
    assert (change.stale, sentence(change)) == ((), "wip 2.0 -> 1.0 is ready, no restart needed")


def test_what_was_said_once_is_not_said_of_the_next_install(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    before = here.before(here.look(before).now)
    here.unpack("wap", "1.0", {"wap.py": ""})
    assert sentence(here.look(before)) == "wap 1.0 is ready, no restart needed"


def test_a_third_version_is_compared_with_the_one_in_memory(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    before = here.before(here.look(before).now)
    here.unpack("wip", "3.0", {**OTHER, "wiptop/two.py": "y = 3\n"})
    assert here.look(before).stale == ("wiptop.one", "wiptop.two")


def test_the_same_files_again_are_no_change(here: Site) -> None:
    before = loaded(here)
    installer = {"wip-1.0.dist-info/INSTALLER": "another one"}
    here.unpack("wip", "1.0", {**PARTS, **installer})
    change = here.look(before)
    assert (change.steps, sentence(change)) == ((), None)
    assert change.now.loaded["wiptop.one"] == here.before().loaded["wiptop.one"]._replace(
        digest=change.now.loaded["wiptop.one"].digest
    )


def test_the_same_version_with_other_files_is_a_change(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "1.0", OTHER)
    text = "restart the kernel: wip 1.0, 1 of its loaded modules changed"
    assert sentence(here.look(before)) == text


def test_the_same_version_with_other_files_that_are_not_loaded_is_ready(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    before = here.before()
    here.unpack("wip", "1.0", OTHER)
    assert sentence(here.look(before)) == "wip 1.0 is ready, no restart needed"


def test_a_new_version_with_the_same_code_needs_no_restart(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "1.1", PARTS)
    assert sentence(here.look(before)) == "wip 1.0 -> 1.1 is ready, no restart needed"


def test_a_module_that_the_new_version_lacks_is_gone(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", {key: PARTS[key] for key in list(PARTS)[:2]})
    change = here.look(before)
    assert (change.stale, change.gone) == ((), ("wiptop.two",))
    text = "restart the kernel: wip 1.0 -> 2.0, 1 of its loaded modules changed"
    assert sentence(change) == text


def test_what_was_removed_stays_in_memory(here: Site) -> None:
    before = loaded(here)
    here.remove("wip")
    change = here.look(before)
    assert change.gone == ("wiptop", "wiptop.one", "wiptop.two")
    assert sentence(change) == (
        "wip 1.0 is removed, 3 of its modules stay in memory until a restart"
    )


def test_what_was_removed_and_not_loaded_needs_no_restart(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    before = here.before()
    here.remove("wip")
    assert sentence(here.look(before)) == "wip 1.0 is removed, no restart needed"


def test_a_module_that_is_imported_after_the_install_is_fresh(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    before = here.before()
    here.unpack("wip", "2.0", OTHER)
    importlib.invalidate_caches()
    importlib.import_module("wiptop.one")
    assert here.look(before).stale == ()


def test_a_module_that_is_reloaded_after_the_install_is_fresh(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    importlib.reload(sys.modules["wiptop.one"])
    assert here.look(before).stale == ()


def test_another_distribution_that_takes_over_the_files_is_no_removal(here: Site) -> None:
    before = loaded(here)
    here.remove("wip")
    here.unpack("wip_headless", "1.0", PARTS)
    change = here.look(before)
    assert (change.stale, change.gone) == ((), ())
    here.remove("wip_headless")
    here.unpack("wip_more", "1.0", OTHER)
    assert sentence(here.look(change.now)) == (
        "restart the kernel: wip-more 1.0, 1 of its loaded modules changed;"
        " wip-headless 1.0 is removed"
    )


def test_another_version_after_a_removal_is_compared_with_what_stayed_in_memory(here: Site) -> None:
    before = loaded(here)
    here.remove("wip")
    before = here.before(here.look(before).now)
    here.unpack("wip", "1.0", PARTS)
    change = here.look(before)
    assert sentence(change) == "wip 1.0 is ready, no restart needed"
    before = here.before(change.now)
    here.remove("wip")
    before = here.before(here.look(before).now)
    here.unpack("wip", "2.0", OTHER)
    text = "restart the kernel: wip 2.0, 1 of its loaded modules changed"
    assert sentence(here.look(before)) == text


def test_a_pure_namespace_is_seen_too(here: Site) -> None:
    here.unpack("wip", "1.0", {"wipspace/part/one.py": "x = 1\n"})
    importlib.import_module("wipspace.part.one")
    before = here.before()
    here.unpack("wip", "2.0", {"wipspace/part/one.py": "x = 2\n"})
    assert here.look(before).stale == ("wipspace.part.one",)


def test_a_file_in_place_of_a_hand_made_one_is_stale(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    (here.place / "wiptop" / "one.py").write_text("x = 'mine'\n", "utf-8")
    importlib.import_module("wiptop.one")
    before = here.before()
    here.unpack("wip", "1.0", PARTS)
    assert here.look(before).stale == ("wiptop.one",)


def test_an_egg_info_without_a_list_is_compared_by_its_files(here: Site) -> None:
    info = here.place / "wip-1.0-py3.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text("Name: wip\nVersion: 1.0\n", "utf-8")
    (info / "top_level.txt").write_text("wipone\n", "utf-8")
    (here.place / "wipone.py").write_text("x = 1\n", "utf-8")
    importlib.import_module("wipone")
    before = here.before()
    info.rename(here.place / "wip-2.0-py3.egg-info")
    (here.place / "wipone.py").write_text("x = 22\n", "utf-8")
    text = "restart the kernel: wip 1.0 -> 2.0, 1 of its loaded modules changed"
    assert sentence(here.look(before)) == text


def test_a_module_that_loads_itself_when_touched_is_not_touched(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("wiptop.one")
    assert spec
    assert spec.loader
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules["wiptop.one"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "wiptop.one" not in here.before().loaded
    assert type(module).__name__ == "_LazyModule"


def test_a_quick_look_tells_that_nothing_was_installed(here: Site) -> None:
    before = here.before()
    here.unpack("wip", "1.0", PARTS)
    assert not untouched(before)


def test_a_list_with_rubbish_is_no_error(here: Site) -> None:
    for name, record in {"one": b"\xff\xfe,,\n,\n", "two": b"", "three": b"a,b\n\0,c,d"}.items():
        info = here.place / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "RECORD").write_bytes(record)
    before = here.before()
    for info in here.place.glob("*.dist-info"):
        shutil.rmtree(info)
    assert [step.title for step in here.look(before).steps] == ["one", "three", "two"]


# -- what was loaded since the last look


def between() -> None:
    """Let the clock of the files go on, as it does while anything is installed."""
    time.sleep(0.02)


def imported(here: Site) -> Snapshot:
    """A snapshot after which a cell has imported a module."""
    here.unpack("wip", "1.0", PARTS)
    last = here.before()
    importlib.import_module("wiptop.one")
    return last


def test_a_module_that_a_cell_imported_is_stale_once_a_terminal_upgrades_it(here: Site) -> None:
    last = here.seen(imported(here))
    assert {"wiptop", "wiptop.one"} <= last.loaded.keys()
    here.unpack("wip", "2.0", OTHER)
    assert here.look(last).stale == ("wiptop.one",)


def test_a_cell_that_imports_nothing_leaves_the_very_same_snapshot(here: Site) -> None:
    last = here.before()
    assert here.seen(last) is last
    importlib.import_module("wave")  # is of the standard library
    assert here.seen(last) is last
    assert here.imports.began == {}


def test_what_a_cell_imported_before_something_was_installed_meanwhile_is_stale(here: Site) -> None:
    last = imported(here)
    between()
    here.unpack("wip", "2.0", {**OTHER, "wiptop/two.py": "y = 2\n"})
    importlib.invalidate_caches()
    importlib.import_module("wiptop.two")
    change = here.look(here.seen(last))
    assert change.stale == ("wiptop.one",)  # and not what was imported later
    between()
    here.unpack("wip", "1.0", PARTS)
    assert here.look(change.now).stale == ("wiptop.two",)


def test_what_a_cell_imported_before_something_was_removed_stays_in_memory(here: Site) -> None:
    last = imported(here)
    here.remove("wip")
    assert here.look(last).gone == ("wiptop", "wiptop.one")


def test_a_module_that_was_loaded_anew_before_an_upgrade_is_stale(here: Site) -> None:
    last = loaded(here)
    here.imports.taken()
    importlib.reload(sys.modules["wiptop.one"])
    last = here.seen(last)
    here.unpack("wip", "2.0", OTHER)
    assert here.look(last).stale == ("wiptop.one",)


def test_a_module_of_which_nobody_knows_when_it_was_loaded_is_older_than_the_install(
    here: Site,
) -> None:
    last = imported(here)
    here.imports.taken()  # as if another finder had stood before ours
    here.unpack("wip", "2.0", OTHER)
    assert here.look(last).stale == ("wiptop.one",)


def test_what_is_laid_over_a_package_does_not_make_the_old_one_fresh(
    here: Site, tmp_path: Path
) -> None:
    here.unpack("wip", "1.0", PARTS)
    first = Site(tmp_path / "first", here.wheels)
    path = [str(first.place), str(here.place)]
    last = snapshot(path, sys.modules)
    first.unpack("wip", "2.0", OTHER)
    between()
    importlib.import_module("wiptop.one")  # from where it always was, as caches make it
    assert after(last, path, sys.modules, here.imports).stale == ("wiptop.one",)


def test_what_was_imported_before_another_distribution_took_its_file_is_stale(here: Site) -> None:
    last = imported(here)
    between()
    here.unpack("wip_headless", "1.0", OTHER)
    assert here.look(last).stale == ("wiptop.one",)


def test_a_list_without_hashes_tells_nothing_of_what_was_imported_meanwhile(here: Site) -> None:
    here.unpack("wip", "1.0", PARTS)
    record = here.place / "wip-1.0.dist-info" / "RECORD"
    record.write_text("".join(f"{path},,\n" for path in PARTS), "utf-8")
    last = here.before()
    importlib.import_module("wiptop.one")
    between()
    here.unpack("wip", "1.1", PARTS)
    text = "wip 1.0 -> 1.1 is ready, no restart needed"
    assert sentence(here.look(last)) == text


def test_what_is_loaded_anew_was_not_told_of(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    last = here.look(before).now
    assert last.told == {"wiptop.one"}
    importlib.reload(sys.modules["wiptop.one"])
    assert here.seen(last).told == set()


def test_whoever_notes_imports_leaves_no_trace() -> None:
    before = list(sys.meta_path)
    imports = Imports()
    imports.watch()
    imports.watch()
    assert len(sys.meta_path) == len(before) + 1
    importlib.util.find_spec("nothing_of_that_name")
    assert "nothing_of_that_name" in imports.began
    imports.leave()
    imports.leave()
    assert (sys.meta_path, imports.began) == (before, {})


# -- whether anything was installed


def test_a_file_that_a_notebook_writes_is_no_install(here: Site) -> None:
    before = here.before()
    for number in range(2):
        (here.place / f"plot-{number}.png").write_bytes(b"")
        assert untouched(before)


@pytest.mark.parametrize("whole_seconds", [True, False])
def test_what_is_installed_in_the_same_tick_of_the_clock_is_seen(
    here: Site, *, whole_seconds: bool
) -> None:
    second = 1_000_000_000
    now = time.time_ns() + second // 2
    if whole_seconds:
        now = (now - 6 * second // 10) // second * second
    os.utime(here.place, ns=(now, now))
    before = here.before()
    here.unpack("wip", "1.0", PARTS)
    os.utime(here.place, ns=(now, now))
    assert not untouched(before)
    assert sentence(here.look(before)) == "wip 1.0 is ready, no restart needed"


def test_a_directory_that_is_put_on_the_path_is_no_install(here: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other", here.wheels)
    other.unpack("wip", "1.0", PARTS)
    before = here.before()
    both = [str(here.place), str(other.place)]
    assert untouched(before, [str(here.place)])
    assert not untouched(before, both)
    change = after(before, both, sys.modules)
    assert (change.steps, untouched(change.now, both)) == ((), True)
    back = after(change.now, both[:1], sys.modules)
    assert back.steps == ()
    other.unpack("wip", "2.0", PARTS)
    assert sentence(after(change.now, both, sys.modules)) == (
        "wip 1.0 -> 2.0 is ready, no restart needed"
    )


def test_a_directory_that_is_made_by_an_install_is_seen(here: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other", here.wheels)  # as with pip's --target
    path = [str(here.place), str(other.place)]
    before = snapshot(path, sys.modules)
    assert untouched(before, path)
    other.unpack("wip", "1.0", PARTS)
    assert not untouched(before, path)
    assert sentence(after(before, path, sys.modules)) == "wip 1.0 is ready, no restart needed"


def test_what_stands_before_on_the_path_is_what_is_imported(here: Site, tmp_path: Path) -> None:
    loaded(here)
    first = Site(tmp_path / "first", here.wheels)
    first.place.mkdir()
    path = [str(first.place), str(here.place)]
    before = snapshot(path, sys.modules)
    first.unpack("wip", "2.0", OTHER)
    change = after(before, path, sys.modules)
    text = "restart the kernel: wip 1.0 -> 2.0, 1 of its loaded modules changed"
    assert (change.stale, sentence(change)) == (("wiptop.one",), text)
    first.remove("wip")
    back = after(change.now, path, sys.modules)
    assert sentence(back) == "wip 2.0 -> 1.0 is ready, no restart needed"


def test_other_data_needs_no_restart(here: Site) -> None:
    here.unpack("wip", "1.0", {**PARTS, "wiptop/data.txt": "1"})
    importlib.import_module("wiptop.one")
    before = here.before()
    here.unpack("wip", "1.1", {**PARTS, "wiptop/data.txt": "2"})
    change = here.look(before)
    assert sentence(change) == "wip 1.0 -> 1.1 is ready, no restart needed"
    here.unpack("wip", "1.1", {**PARTS, "wiptop/data.txt": "3"})
    assert sentence(here.look(change.now)) == "wip 1.1 is ready, no restart needed"


def test_the_same_files_from_another_distribution_are_no_change(here: Site) -> None:
    before = loaded(here)
    here.unpack("wip_headless", "1.0", PARTS)  # as with the four that bring cv2
    change = here.look(before)
    assert sentence(change) == "wip-headless 1.0 is ready, no restart needed"
    here.unpack("wip_headless", "2.0", OTHER)
    text = "restart the kernel: wip-headless 1.0 -> 2.0, 1 of its loaded modules changed"
    assert sentence(here.look(change.now)) == text


def test_a_path_with_a_comma_or_a_quote_is_read(here: Site) -> None:
    parts = ('wip"x/a,b.py', 'wip",x.py')
    here.unpack("wip", "1.0", {})
    record = next(here.place.glob("*.dist-info")) / "RECORD"
    rows = ('"wip""x/a,b.py",sha256=a,6', '"wip"",x.py",sha256=b,6')
    record.write_text("\r\n".join(rows), "utf-8", newline="")
    (found,) = here.before().installed.values()
    assert found.rows == dict(zip(parts, ["sha256=a,6", "sha256=b,6"], strict=True))


# -- the sentence


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), None),
        ((Step("a", "", "1"), Step("b", "", "2")), "a 1 and 1 other are ready, no restart needed"),
        (
            (Step("a", "", "1"), Step("b", "", "2", requested=True), Step("c", "1", "2")),
            "b 2 and 2 others are ready, no restart needed",
        ),
        (
            (Step("a", "1", "2", ("a",)), Step("b", "1", "2", ("b", "b.c")), Step("d", "", "3")),
            (
                "restart the kernel: b 1 -> 2, 2 of its loaded modules changed (and 1 of 1 other);"
                " d 3 is ready"
            ),
        ),
        (
            (Step("a", "1", "", gone=("a",)), Step("d", "", "3")),
            (
                "d 3 is ready, no restart needed; "
                "a 1 is removed, 1 of its modules stays in memory until a restart"
            ),
        ),
        (
            (Step("a", "1", "", gone=("a", "a.b")), Step("d", "1", "")),
            "a 1 and 1 other are removed, 2 of their modules stay in memory until a restart",
        ),
        (
            (Step("a", "1", "2", libraries=("a.libs/x.so",)),),
            "restart the kernel: a 1 -> 2, 1 of its loaded libraries changed",
        ),
        (
            (Step("a", "1", "", ("a",)),),
            "restart the kernel: a 1 (removed), 1 of its loaded modules changed",
        ),
        (
            (Step("python", "3.12.1", "3.12.3", is_python=True),),
            "restart the kernel: python 3.12.1 -> 3.12.3, which runs it",
        ),
        (
            (Step("a", "", "", gone=("a",)),),
            "restart the kernel: a, 1 of its loaded modules is gone",
        ),
    ],
)
def test_one_sentence_names_the_worst_and_counts_the_rest(
    steps: tuple[Step, ...], text: str | None
) -> None:
    assert sentence(Change(steps, (), EMPTY, EMPTY)) == text


# -- importable at once


@pytest.fixture
def packages(here: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Snapshot]:
    """Let Python take the directory for one with `.pth` files."""
    monkeypatch.setattr(site, "getsitepackages", lambda *_: [str(here.place)])
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
    monkeypatch.setattr(sys, "path", [*sys.path, str(here.place.parent / "last")])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    return lambda: snapshot(sys.path, sys.modules)


def change_of(before: Snapshot) -> Change:
    return after(before, sys.path, sys.modules)


def folders(here: Site, *names: str) -> list[str]:
    for name in names:
        (here.place.parent / name).mkdir(exist_ok=True)
    return [str(here.place.parent / name) for name in names]


def test_paths_of_new_files_come_in_the_order_of_a_start(
    here: Site, packages: Callable[[], Snapshot]
) -> None:
    one, two, three = folders(here, "one", "two", "three")
    (here.place / "b.pth").write_text(f"{two}\n", "utf-8")
    make_importable(change_of(Snapshot((), (), {})))
    before = packages()
    (here.place / "a.pth").write_text(f"# a comment\n{one}\n", "utf-8")
    (here.place / "c.pth").write_text(f"{three}\nnot/there\n", "utf-8")
    make_importable(change_of(before))
    start = sys.path.index(str(here.place))
    assert sys.path[start + 1 : start + 4] == [one, two, three]


def test_a_stale_module_is_told_once_where_every_file_is_looked_at(
    here: Site, packages: Callable[[], Snapshot]
) -> None:
    assert packages().installed is not None
    before = loaded(here)
    here.unpack("wip", "2.0", OTHER)
    change = here.look(before)
    assert change.stale == ("wiptop.one",)
    (here.place / "wiptop" / "two.py").write_text("y = 'mine'\n", "utf-8")
    here.unpack("wap", "1.0", {"wap.py": ""})
    text = (
        "restart the kernel: wiptop, 1 of its loaded modules changed; wap 1.0 is ready"  # by hand
    )
    assert sentence(here.look(change.now)) == text


def test_to_do_it_again_does_nothing(here: Site, packages: Callable[[], Snapshot]) -> None:
    (one,) = folders(here, "one")
    before = packages()
    code = "import sys; sys.wip_runs = getattr(sys, 'wip_runs', 0) + 1"
    (here.place / "a.pth").write_text(f"{one}\n{code}\n", "utf-8")
    change = change_of(before)
    make_importable(change)
    path = list(sys.path)
    make_importable(change)
    assert sys.path == path
    assert vars(sys).pop("wip_runs") == 1


def test_a_path_that_no_file_names_any_more_is_taken_away(
    here: Site, packages: Callable[[], Snapshot]
) -> None:
    one, two = folders(here, "one", "two")
    before = packages()
    (here.place / "a.pth").write_text(f"{one}\n{two}\n", "utf-8")
    make_importable(change := change_of(before))
    sys.path.insert(0, sys.path.pop(sys.path.index(two)))  # as somebody who wants it first
    before = snapshot(sys.path, sys.modules, change.now)
    (here.place / "a.pth").unlink()
    make_importable(change_of(before))
    assert one not in sys.path
    assert sys.path[0] == two


def test_what_an_editable_install_leaves_among_its_sources_is_not_installed(
    here: Site, packages: Callable[[], Snapshot]
) -> None:
    (sources,) = folders(here, "sources")
    notes = here.place.parent / "sources" / "wip.egg-info"
    notes.mkdir()
    (notes / "PKG-INFO").write_text("Name: wip\nVersion: 1.0\n", "utf-8")
    before = packages()
    here.unpack("wip", "1.0", {"wip.pth": f"{sources}\n"})
    make_importable(change := change_of(before))
    assert (sentence(change), sources in sys.path) == ("wip 1.0 is ready, no restart needed", True)
    here.remove("wip")
    make_importable(change := change_of(change.now))
    text = "wip 1.0 is removed, no restart needed"
    assert (sentence(change), sources in sys.path) == (text, False)
    assert change_of(change.now).steps == ()


def test_a_distribution_that_a_new_file_leads_to_is_ready(
    here: Site, packages: Callable[[], Snapshot]
) -> None:
    other = Site(here.place.parent / "one", here.wheels)
    other.unpack("wip", "1.0", PARTS)
    before = packages()
    (here.place / "a.pth").write_text(f"{other.place}\n", "utf-8")
    make_importable(change := change_of(before))
    assert sentence(change) == "wip 1.0 is ready, no restart needed"
    other.unpack("wip", "2.0", PARTS)
    assert not untouched(change.now, sys.path)
    assert sentence(change_of(change.now)) == "wip 1.0 -> 2.0 is ready, no restart needed"


@pytest.mark.parametrize(
    "rubbish",
    [b"\xff\xfe\x00\n", b"import nothing_of_that_name\n", b"a\0b\n", b"import sys; sys.exit(3)\n"],
)
def test_a_file_with_rubbish_breaks_nothing(
    here: Site, packages: Callable[[], Snapshot], rubbish: bytes
) -> None:
    (one,) = folders(here, "one")
    before = packages()
    (here.place / "a.pth").write_bytes(rubbish)
    (here.place / "b.pth").write_text(f"{one}\n", "utf-8")
    make_importable(change_of(before))
    assert one in sys.path
