"""What is gathered of imports, on made files."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.facts import Environment, Kernel, from_json, to_json
from ipymod.facts.imports import Imports, PathEntry, Twin
from ipymod.survey.imports import gather_imports
from ipymod.survey.overlay import places_below
from made_machines import Machine

if TYPE_CHECKING:
    from pathlib import Path

SITE = "venv/lib/python3.12/site-packages"


class Desk(Machine):
    """A kernel in `venv` on a base, whose `sys.path` can be filled."""

    def __init__(self, root: Path, system: str = "Linux") -> None:
        super().__init__(root, system)
        self.base()
        self.venv()
        self.file("base/lib/python3.12/random.py")
        self.file("base/lib/python3.12/re/__init__.py")
        self.folder("base/lib/python3.12/lib-dynload")
        self.before: tuple[str, ...] = ()
        self.after: tuple[str, ...] = ()

    def at(self, name: str) -> str:
        return str(self.root / name)

    @property
    def kernel(self) -> Kernel:
        library = self.at("base/lib/python3.12")
        own = (f"{self.at('base')}/lib/python312.zip", library, f"{library}/lib-dynload", "")
        site = self.at(SITE)
        environment = Environment(self.at("venv"), self.at("base"), "venv", "3.12.1", (site,))
        return Kernel(
            executable=self.at("venv/bin/python"),
            prefix=self.at("venv"),
            base_prefix=self.at("base"),
            version="3.12.1",
            environment=environment,
            path=(*self.before, *own, site, *self.after),
            cwd=self.cwd,
            running=False,
        )

    def gather(self, **of_kernel: Any) -> Imports:
        imports = gather_imports(replace(self.kernel, **of_kernel), self.around())
        assert from_json(Imports, to_json(imports)) == imports
        return imports

    def dist(self, place: str, name: str, version: str, tag: str = "py3-none-any") -> None:
        info = f"{place}/{name}-{version}.dist-info"
        self.file(f"{info}/RECORD", f"{name}/__init__.py,,\n{name}.pth,,\n{info}/RECORD,,\n")
        self.file(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        self.file(f"{place}/{name}/__init__.py")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def entry_of(imports: Imports, text: str) -> PathEntry:
    return next(entry for entry in imports.entries if entry.entry == text)


def twin_of(imports: Imports, name: str) -> Twin:
    (twin,) = (twin for twin in imports.twins if twin.name == name)
    return twin


def test_a_plain_environment_has_no_twins_and_every_entry_has_its_role(desk: Desk) -> None:
    imports = desk.gather()
    assert [entry.role for entry in imports.entries] == ["stdlib"] * 3 + ["cwd", "site"]
    assert [entry.exists for entry in imports.entries] == [False, True, True, True, True]
    assert (imports.twins, imports.pth, imports.customize) == ((), (), ())
    assert imports.entries[-1].distributions == {"pip": "24.1"}
    assert imports.user_site == f"{desk.home}/.local/lib/python3.12/site-packages"


@pytest.mark.parametrize("name", ["lib-tk", "lib-old", "plat-linux2"])
def test_a_folder_of_the_library_of_python_2_is_a_part_of_it(name: str, desk: Desk) -> None:
    desk.before = (desk.folder(f"base/lib/python2.7/{name}"),)
    desk.file(f"base/lib/python2.7/{name}/random.py")
    imports = desk.gather()
    assert imports.entries[0].role == "stdlib"
    assert imports.twins == ()


def test_an_entry_says_who_put_it_there(desk: Desk) -> None:
    desk.variables["PYTHONPATH"] = os.pathsep.join([desk.folder("one"), "two"])
    desk.before = (desk.at("one"), desk.at("work/two"))
    desk.file(f"{SITE}/x.pth", f"# a comment\n\n{desk.folder('three')}\n")
    desk.after = (desk.at("three"), desk.folder("four"))
    entries = desk.gather().entries
    pth = f"{desk.at(SITE)}/x.pth:3"
    told = [(each.role, each.origin) for each in entries if each.role not in {"stdlib", "site"}]
    assert told == [("pythonpath", "PYTHONPATH")] * 2 + [("cwd", ""), ("pth", pth), ("other", "")]


def test_a_mere_folder_called_lib_belongs_to_nobody(desk: Desk) -> None:
    desk.script("home/bin/python", b"\x7fELF")
    desk.before = (desk.folder("home/lib"),)
    assert desk.gather().entries[0] == PathEntry(desk.at("home/lib"), role="other")


def test_an_entry_of_another_environment_is_foreign(desk: Desk) -> None:
    desk.venv("other")
    desk.before = (desk.at("other/lib/python3.12/site-packages"),)
    entry = desk.gather().entries[0]
    assert (entry.foreign, entry.owner, entry.version) == (True, desk.at("other"), "3.12")


def test_a_tree_of_packages_without_an_interpreter_is_not_foreign(desk: Desk) -> None:
    desk.dist("apps/lib/python3.12/site-packages", "scipy", "1.0")
    desk.before = (desk.at("apps/lib/python3.12/site-packages"),)
    entry = desk.gather().entries[0]
    assert (entry.foreign, entry.distributions) == (False, {"scipy": "1.0"})


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("cp310-cp310-manylinux_2_17_x86_64", "3.10"),
        ("cp312-cp312-manylinux_2_17_x86_64", "3.12"),
        ("cp38-abi3-manylinux_2_17_x86_64", ""),
        ("py3-none-any", ""),
    ],
)
def test_what_is_compiled_tells_for_which_python(desk: Desk, tag: str, version: str) -> None:
    desk.dist("target", "lxml", "4.9", tag)
    desk.before = (desk.at("target"),)
    assert desk.gather().entries[0].version == version


def test_a_compiled_file_alone_tells_too_unless_there_is_one_for_each_python(desk: Desk) -> None:
    desk.file("target/fast.cpython-310-x86_64-linux-gnu.so")
    desk.before = (desk.at("target"),)
    assert desk.gather().entries[0].version == "3.10"
    desk.file("target/fast.cpython-312-x86_64-linux-gnu.so")
    assert desk.gather().entries[0].version == "3.12"


def test_the_inside_of_a_package_is_known_by_its_parent(desk: Desk) -> None:
    desk.dist(SITE, "numpy", "2.1.0")
    desk.file(f"{SITE}/numpy/random/__init__.py")
    desk.before = (desk.at(f"{SITE}/numpy"), desk.at(f"{SITE}/numpy/random"))
    imports = desk.gather()
    assert [entry.inside for entry in imports.entries[:2]] == ["numpy", ""]
    assert twin_of(imports, "random").first


def test_a_file_beside_the_notebook_is_a_twin_behind_the_library(desk: Desk) -> None:
    file = desk.file("work/random.py")
    twin = twin_of(desk.gather(), "random")
    assert (twin.file, twin.position, twin.first) == (file, 3, False)
    assert twin.other == desk.at("base/lib/python3.12/random.py")


def test_where_the_folder_comes_first_so_does_the_twin(desk: Desk) -> None:
    desk.file("work/random.py")
    desk.before = (desk.cwd,)
    twin = twin_of(desk.gather(), "random")
    assert (twin.position, twin.first) == (0, True)


@pytest.mark.parametrize(
    "name",
    ["random/data.csv", "random/part.py", "Random.py", "time.py", "my-random.py", "random.txt"],
)
def test_what_hides_no_standard_module_is_no_twin(desk: Desk, name: str) -> None:
    desk.file(f"work/{name}")
    assert desk.gather().twins == ()


def test_a_package_beside_the_notebook_is_a_twin(desk: Desk) -> None:
    desk.file("work/random/__init__.py")
    assert twin_of(desk.gather(), "random").file == desk.at("work/random")


def test_a_file_with_the_name_of_a_package_hides_it(desk: Desk) -> None:
    desk.dist(SITE, "numpy", "2.1.0")
    desk.file("work/numpy.py")
    twin = twin_of(desk.gather(), "numpy")
    assert (twin.of, twin.first, twin.hides, twin.project) == (
        "installed",
        True,
        "numpy 2.1.0",
        False,
    )


def test_a_module_is_led_back_to_the_distribution_of_another_name(desk: Desk) -> None:
    desk.dist(SITE, "scikit_learn", "1.5")
    desk.file(f"{SITE}/scikit_learn-1.5.dist-info/RECORD", "sklearn/__init__.py,,\n")
    desk.file(f"{SITE}/sklearn/__init__.py")
    desk.file("work/sklearn.py")
    assert twin_of(desk.gather(), "sklearn").hides == "scikit-learn 1.5"


def test_a_folder_without_init_hides_no_package_but_a_file_hides_a_namespace(desk: Desk) -> None:
    desk.dist(SITE, "numpy", "2.1.0")
    desk.file("work/numpy/data.csv")
    assert desk.gather().twins == ()
    desk.file(f"{SITE}/google/protobuf/__init__.py")
    desk.file("work/google.py")
    assert twin_of(desk.gather(), "google").first


@pytest.mark.parametrize("name", ["pyproject.toml", "../pyproject.toml"])
def test_the_sources_of_the_installed_project_are_told_as_such(desk: Desk, name: str) -> None:
    desk.dist(SITE, "mine", "1.0")
    folder = "work/src" if name.startswith("..") else "work"
    desk.file(f"{folder}/mine/__init__.py")
    desk.file(f"{folder}/{name}", '[project]\nname = "mine"\n')
    assert twin_of(desk.gather(cwd=desk.at(folder)), "mine").project


def test_a_package_that_is_reached_twice_hides_nothing(desk: Desk) -> None:
    desk.dist(SITE, "numpy", "2.1.0")
    desk.link("work/numpy", desk.at(f"{SITE}/numpy"))
    assert desk.gather().twins == ()


def test_a_backport_names_its_distribution(desk: Desk) -> None:
    desk.dist(SITE, "enum34", "1.1.10")
    desk.file(f"{SITE}/enum34-1.1.10.dist-info/RECORD", "enum/__init__.py,,\n")
    desk.file(f"{SITE}/enum/__init__.py")
    twin = twin_of(desk.gather(), "enum")
    assert (twin.distribution, twin.first) == ("enum34 1.1.10", False)


def test_a_pth_file_is_read_as_site_reads_it(desk: Desk) -> None:
    text = f"# no\n\n{desk.root}/gone\nimport spy; spy.start()\n.\n"
    desk.file(f"{SITE}/own.pth", text)
    desk.file(f"{SITE}/.hidden.pth", "/gone\n")
    lines = desk.gather().pth
    assert [(each.number, each.kind, each.exists, each.outside) for each in lines] == [
        (3, "path", False, True),
        (4, "import", True, False),
        (5, "path", True, False),
    ]
    assert {each.owner for each in lines} == {""}


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("_virtualenv.pth", "virtualenv"),
        ("distutils-precedence.pth", "setuptools"),
        ("a1_coverage.pth", "coverage"),
        ("__editable__.mine-1.0.pth", "setuptools"),
        ("sphinxcontrib-nspkg.pth", "setuptools"),
        ("spy.pth", "spy 1.0"),
        ("unknown.pth", ""),
    ],
)
def test_who_wrote_a_pth_file_is_known_by_its_name_or_its_record(
    desk: Desk, name: str, owner: str
) -> None:
    desk.dist(SITE, "spy", "1.0")
    desk.file(f"{SITE}/{name}", "import x\n")
    assert [line.owner for line in desk.gather().pth] == [owner]


def test_customize_files_count_only_where_site_sees_them(desk: Desk) -> None:
    desk.file("work/sitecustomize.py")
    assert desk.gather().customize == ()
    file = desk.file(f"{SITE}/sitecustomize.py")
    assert desk.gather().customize == (file,)
    desk.file("base/lib/python3.12/sitecustomize.py")  # as Debian and Homebrew have it
    assert desk.gather().customize == ()


def test_pythonhome_is_compared_with_the_kernel_and_the_commands(desk: Desk) -> None:
    desk.variables["PYTHONHOME"] = desk.at("base")
    assert desk.gather().led_astray == {}
    desk.variables["PYTHONHOME"] = "/nowhere"
    imports = desk.gather()
    assert imports.pythonhome == "/nowhere"
    assert imports.led_astray == {desk.at("venv/bin/python"): desk.at("base")}


def test_on_windows_only_trying_would_tell_whether_packages_can_be_written(tmp_path: Path) -> None:
    assert Desk(tmp_path, "Windows").gather().writable is None


@pytest.mark.skipif(sys.platform == "win32", reason="a path of POSIX")
def test_rubbish_on_the_path_is_only_absent(desk: Desk) -> None:
    desk.file("archive.zip", b"PK\x03\x04rubbish")
    desk.link("loop", desk.at("loop"))
    desk.file("binary/x.pth", b"\xff\xfe\0\0")
    desk.file(f"{SITE}/bad.pth", b"\xff\xfe/\0x\n\xe4\n")
    desk.link(f"{SITE}/gone.pth", desk.at("nothing"))
    desk.file(f"{SITE}/half.dist-info/RECORD", b"\xff")
    rubbish = ("\0", "a" * 5000, desk.at("loop"), desk.at("archive.zip"), "\udcff", "__hook__")
    desk.before = rubbish
    imports = desk.gather()
    assert [entry.exists for entry in imports.entries[:6]] == [False] * 3 + [True, False, False]


def test_an_entry_is_listed_but_its_folders_are_not(desk: Desk) -> None:
    for number in range(140):
        desk.dist(SITE, f"dist{number}", "1.0")
    assert len(entry_of(desk.gather(), desk.at(SITE)).distributions) == 141


# The passing environments of uv


def extend(desk: Desk, below: str) -> None:
    desk.file("venv/pyvenv.cfg", f"home = {desk.at('base/bin')}\nextends-environment = {below}\n")


def below(desk: Desk) -> tuple[str, str]:
    """The packages that uv adds, and the line that adds them."""
    one, two = (desk.folder(f"{name}/lib/python3.12/site-packages") for name in ("asked", "proj"))
    desk.venv("proj")
    decode = '__import__("os").fsdecode'
    line = f'import site; site.addsitedir({decode}(b"{one}")); site.addsitedir({decode}(b"{two}"))'
    desk.file(f"{SITE}/_uv_ephemeral_overlay.pth", line)
    desk.after = (one, two)
    return one, two


def test_the_packages_below_a_passing_environment_are_its_own(desk: Desk) -> None:
    places = below(desk)
    extend(desk, desk.at("proj"))
    imports = desk.gather()
    assert [each.role for each in imports.entries if each.entry in places] == ["site", "site"]
    assert not any(each.foreign for each in imports.entries)
    assert {line.owner for line in imports.pth if "overlay" in line.file} == {"uv"}


def test_an_environment_that_extends_none_has_no_packages_below(desk: Desk) -> None:
    places = below(desk)
    imports = desk.gather()
    assert "site" not in [each.role for each in imports.entries if each.entry in places]
    assert any(each.foreign for each in imports.entries)


@pytest.mark.parametrize("line", ["", "\udcff", 'site.addsitedir(b"\\xq")', "site.addsitedir('a')"])
def test_rubbish_in_the_file_of_uv_adds_nothing(desk: Desk, line: str) -> None:
    extend(desk, "/gone")
    desk.file(f"{SITE}/_uv_ephemeral_overlay.pth", line)
    assert places_below(desk.kernel) == ()
