"""The look after an install, on directories that an installer would leave."""

from __future__ import annotations

import importlib.util
import shutil
import site
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from ipymod.refresh import (
    Change,
    Snapshot,
    Step,
    after,
    make_importable,
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
        return after(before, [str(self.place)], sys.modules)

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
    yield Site(place, wheels)
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
    here.unpack("wip", "1.0", PARTS)
    change = here.look(before)
    assert (change.steps, sentence(change)) == ((), None)


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
