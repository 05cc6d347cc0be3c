"""Metadata of packages on made files: other systems, other tools, rubbish."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.tags import sys_tags

from ipymod.facts import Environment, Kernel
from ipymod.launchers import Surroundings
from ipymod.survey.packages import folder, gather_packages, supported_tags
from ipymod.survey.packages import tags as judged_tags
from ipymod.survey.packages.binaries import machines

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.facts.packages import Distribution, Packages

NOWHERE = Surroundings((), "/", {}, "/nowhere", "Linux")
PURE = ("py3-none-any",)


@dataclass
class Site:
    """A directory of packages of a kernel that does not exist."""

    prefix: Path
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.prefix / "lib/python3.12/site-packages"

    def write(self, name: str, data: str | bytes = b"") -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return file

    def install(  # noqa: PLR0913  the parts of a wheel
        self,
        name: str,
        version: str = "1.0",
        *,
        files: dict[str, str | bytes] | None = None,
        headers: tuple[str, ...] = (),
        tags: tuple[str, ...] = PURE,
        extra: dict[str, str] | None = None,
    ) -> Path:
        info = f"{name}-{version}.dist-info"
        told = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers]
        contents: dict[str, str | bytes] = {
            **(files or {}),
            f"{info}/METADATA": "\n".join([*told, "", "A text.", "Requires-Dist: not-this"]),
            f"{info}/WHEEL": "\n".join(["Wheel-Version: 1.0", *(f"Tag: {tag}" for tag in tags)]),
            f"{info}/INSTALLER": "pip\n",
            **{f"{info}/{key}": text for key, text in (extra or {}).items()},
        }
        rows = [f"{info}/RECORD,,"]
        for path, data in contents.items():
            self.write(path, data)
            read = data.encode() if isinstance(data, str) else data
            digest = base64.urlsafe_b64encode(hashlib.sha256(read).digest()).decode()
            named = f'"{path}"' if "," in path else path
            rows.append(f"{named},sha256={digest.rstrip('=')},{len(read)}")
        self.write(f"{info}/RECORD", "\n".join(sorted(rows)) + "\n")
        return self.path / info

    def gather(self) -> Packages:
        environment = Environment(str(self.prefix), "/usr", "venv", site=(str(self.path),))
        kernel = Kernel(
            executable=str(self.prefix / "bin/python"),
            prefix=str(self.prefix),
            base_prefix="/usr",
            version="3.12.1",
            environment=environment,
            path=("", str(self.path)),
            cwd=str(self.prefix),
        )
        return gather_packages(replace(kernel, **self.changes), NOWHERE)

    def only(self) -> Distribution:
        (found,) = self.gather().distributions
        return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.path.mkdir(parents=True)
    return made


# Metadata


def test_a_wheel_is_described_by_its_own_files(site: Site) -> None:
    site.install(
        "Py_Thing", files={"thing/__init__.py": "", "six.py": ""}, headers=("Requires-Dist: a>1",)
    )
    found = site.only()
    assert (found.name, found.title, found.version) == ("py-thing", "Py_Thing", "1.0")
    assert (found.installer, found.tags, found.requires) == ("pip", PURE, ("a>1",))
    assert found.top == ("Py_Thing-1.0.dist-info", "six.py", "thing")
    assert found.location == str(site.path)


def test_requirements_of_extras_are_left_out(site: Site) -> None:
    lines = ("a; extra == 'x'", "b; extra == 'x' or os_name == 'nt'", "c; python_version > '3'")
    site.install("one", headers=tuple(f"Requires-Dist: {line}" for line in lines))
    assert site.only().requires == lines[1:]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_headers_of_any_length_and_line_end_are_read(site: Site, end: str) -> None:
    info = site.install("one")
    licence = [f"        line {number}" for number in range(2000)]
    lines = ["Name: one", "License: x", *licence, "Requires-Dist: two", "", "Requires-Dist: three"]
    (info / "METADATA").write_bytes(end.join(lines).encode())
    assert site.only().requires == ("two",)


def test_a_byte_order_mark_and_bytes_that_are_no_text_do_no_harm(site: Site) -> None:
    info = site.install("one")
    (info / "METADATA").write_bytes(
        b"\xef\xbb\xbfName: One\nAuthor: \xff\xfe\nRequires-Dist: two\n"
    )
    assert (site.only().title, site.only().requires) == ("One", ("two",))


def test_a_name_with_a_comma_stands_in_quotes_in_a_record(site: Site) -> None:
    site.install("one", files={"a,b/__init__.py": "", "c/x,y.txt": ""})
    assert {"c", "one-1.0.dist-info"} <= set(site.only().top)
    assert site.gather().incomplete == ()


def test_the_metadata_of_setuptools_and_distutils_are_read(site: Site) -> None:
    site.write("one-1.0-py3.12.egg-info/PKG-INFO", "Name: One\nVersion: 1.0\n")
    site.write("one-1.0-py3.12.egg-info/top_level.txt", "one\n_one\n")
    site.write(
        "one-1.0-py3.12.egg-info/requires.txt",
        "a>1\n\n[:python_version > '3']\nb\n\n[:os_name == 'nt']\nc\n\n[dev]\nd\n",
    )
    site.write("two-2.0.egg-info", "Name: two\nVersion: 2.0\n")
    one, two = site.gather().distributions
    assert (one.version, one.top, two.version) == ("1.0", ("one", "_one"), "2.0")
    assert {each.name for each in site.gather().unmet} == {"a", "b"}


def test_of_one_name_the_first_on_the_path_is_listed(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other")
    other.path.mkdir(parents=True)
    site.install("one", "1.0")
    other.install("One", "2.0")
    site.changes["path"] = (str(site.path), str(other.path))
    assert site.only().version == "1.0"
    assert site.gather().duplicates == ()


def test_a_directory_under_two_names_is_read_once(site: Site) -> None:
    site.install("one")
    (site.prefix / "lib64").symlink_to("lib")
    again = site.prefix / "lib64/python3.12/site-packages"
    site.changes["path"] = (str(site.path), str(again))
    assert site.gather().duplicates == ()


def test_a_system_without_handles_of_directories_reads_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("one", files={"one/__init__.py": "", "one/two/__init__.py": ""})
    (site.path / "one/two/__init__.py").unlink()
    before = site.gather()
    monkeypatch.setattr(folder, "_BY_HANDLE", False)
    assert site.gather() == before
    assert before.unread == ()


# Rubbish


def rubbish(info: Path, kind: str) -> None:
    for name in ("METADATA", "RECORD", "WHEEL", "INSTALLER"):
        file = info / name
        file.unlink()
        if kind == "folders":
            file.mkdir()
        elif kind == "loops":
            file.symlink_to(name)
        elif kind == "pipes":
            os.mkfifo(file)
        elif kind == "bytes":
            file.write_bytes(bytes(range(256)) * 300)
        elif kind == "endless":
            file.symlink_to("/dev/zero" if name != "RECORD" else "/dev/null")


@pytest.mark.parametrize("kind", ["gone", "folders", "loops", "pipes", "bytes", "endless"])
def test_what_cannot_be_read_is_known_by_its_name_alone(site: Site, kind: str) -> None:
    rubbish(site.install("one"), kind)
    found = site.gather()
    assert [(each.name, each.version) for each in found.distributions] == [("one", "1.0")]
    assert (found.unmet, found.foreign, found.incomplete) == ((), (), ())
    assert found.unread == (str(site.path / "one-1.0.dist-info"),)


def test_a_directory_that_is_gone_or_a_file_is_passed_over(site: Site) -> None:
    site.write("archive.zip", b"PK")
    site.changes["path"] = ("", "/nowhere", str(site.path / "archive.zip"), "a\0b")
    assert site.gather().distributions == ()


@pytest.mark.parametrize("text", ["[]", "{", "1", '{"dir_info": 1}', '{"url": 1}', "[" * 100_000])
def test_rubbish_for_an_origin_is_no_editable_install(site: Site, text: str) -> None:
    site.install("one", extra={"direct_url.json": text})
    assert site.only().editable == ""


# Editable installs


def editable(site: Site, url: str, **files: str) -> None:
    origin = json.dumps({"dir_info": {"editable": True}, "url": url})
    contents: dict[str, str | bytes] = {
        name.replace("__dot__", "."): t for name, t in files.items()
    }
    site.install("mine", files=contents, extra={"direct_url.json": origin})


def test_an_editable_install_whose_folder_is_there_is_whole(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    editable(site, (tmp_path / "a b").as_uri())
    assert site.only().editable == str(tmp_path / "a b")
    assert site.gather().gone == ()


def test_a_folder_that_was_moved_is_gone(site: Site, tmp_path: Path) -> None:
    editable(site, (tmp_path / "moved").as_uri())
    (gone,) = site.gather().gone
    assert (gone.name, gone.source, gone.unmounted) == ("mine", str(tmp_path / "moved"), False)


def test_a_line_of_a_pth_file_can_be_what_is_gone(site: Site, tmp_path: Path) -> None:
    editable(
        site, tmp_path.as_uri(), __editable__mine__dot__pth=f"# x\nimport os\n{tmp_path}/src\n"
    )
    assert [each.source for each in site.gather().gone] == [f"{tmp_path}/src"]
    (tmp_path / "src").mkdir()
    assert site.gather().gone == ()


def test_the_table_of_a_finder_names_modules_without_their_ending(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "lone.py").touch()
    table = {"lone": f"{tmp_path}/lone", "pack": f"{tmp_path}/pack"}
    name = "__editable___mine_finder__dot__py"
    editable(site, tmp_path.as_uri(), **{name: f"MAPPING: dict[str, str] = {table!r}\n"})
    assert [each.source for each in site.gather().gone] == [f"{tmp_path}/pack"]


@pytest.mark.parametrize("path", ["/mnt/no-such-drive/mine", "/Volumes/no-such-drive/mine"])
def test_a_drive_that_is_not_there_is_unmounted(site: Site, path: str) -> None:
    if not os.path.isdir(os.path.dirname(os.path.dirname(path))):
        pytest.skip("this system mounts drives elsewhere")
    editable(site, f"file://{path}")
    (gone,) = site.gather().gone
    assert gone.unmounted


def test_an_old_link_to_a_folder_that_is_gone_is_seen(site: Site) -> None:
    site.write("mine.egg-link", "/nowhere/mine\n.")
    assert [(each.name, each.source) for each in site.gather().gone] == [("mine", "/nowhere/mine")]


# Files of several owners, and files that are missing


def test_a_file_of_two_owners_is_seen_with_the_one_whose_it_is(site: Site) -> None:
    site.install("first", files={"jwt/__init__.py": "a = 1"})
    site.install("second", files={"jwt/__init__.py": "a = 2"})
    (one,) = site.gather().shared
    assert (one.path, one.owners, one.by) == ("jwt/__init__.py", ("first", "second"), "second")
    assert not one.same
    assert not one.namespace


def test_the_same_bytes_do_not_differ(site: Site) -> None:
    site.install("first", files={"jwt/__init__.py": "a = 1"})
    site.install("second", files={"jwt/__init__.py": "a = 1"})
    assert [each.same for each in site.gather().shared] == [True]


@pytest.mark.parametrize(
    ("text", "namespace"),
    [
        ("__path__ = __import__('pkgutil').extend_path(__path__, __name__)", True),
        ("__import__('pkg_resources').declare_namespace(__name__)", True),
        ("# nothing\n\n", True),
        ("x = 1", False),
    ],
)
def test_a_file_that_opens_a_namespace_is_known(site: Site, text: str, namespace: bool) -> None:  # noqa: FBT001  a column of a table
    site.install("first", files={"google/__init__.py": "", "google/a.py": ""})
    site.install("second", files={"google/__init__.py": text, "google/b.py": ""})
    assert [each.namespace for each in site.gather().shared] == [namespace]


def test_two_versions_of_one_distribution_are_no_two_owners(site: Site) -> None:
    site.install("one", "1.0", files={"one/__init__.py": "a = 1"})
    site.install("one", "2.0", files={"one/__init__.py": "a = 2"})
    found = site.gather()
    assert found.shared == ()
    assert [each.versions for each in found.duplicates] == [("1.0", "2.0")]


def test_modules_that_are_gone_are_missing(site: Site) -> None:
    names = ["a/__init__.py", "a/b/__init__.py", "a/c.py", "lone.py", "d/__init__.py"]
    site.install("one", files=dict.fromkeys(names, ""))
    assert site.gather().incomplete == ()
    for name in ("a/b/__init__.py", "lone.py", "d/__init__.py", "a/c.py"):
        (site.path / name).unlink()
    (site.path / "d").rmdir()
    (found,) = site.gather().incomplete
    assert found.missing == ("a/b/__init__.py", "d/__init__.py", "lone.py")


def test_scripts_and_compiled_files_are_not_missed(site: Site) -> None:
    info = site.install("one", files={"one/__init__.py": ""})
    rows = "../../../bin/one,sha256=x,1\none/__pycache__/__init__.cpython-312.pyc,,\n"
    with (info / "RECORD").open("a") as record:
        record.write(rows)
    assert site.gather().incomplete == ()


def test_a_leftover_tells_its_age(site: Site) -> None:
    (site.path / "~ip").mkdir()
    site.write("numpy.dll.c~")
    site.write("~ip-1.0.dist-info/METADATA", "Name: pip\nVersion: 1.0\n")
    found = site.gather()
    assert [each.name for each in found.leftovers] == ["numpy.dll.c~", "~ip", "~ip-1.0.dist-info"]
    assert all(0 <= each.age < 60 for each in found.leftovers)
    assert found.distributions == ()


# conda


def conda_record(site: Site, file: str, *paths: str, **hashes: str) -> None:
    listed = [{"_path": p, "sha256": hashes.get(os.path.basename(p), "")} for p in paths]
    target = site.prefix / "conda-meta" / file
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"files": paths, "paths_data": {"paths": listed}}))


def test_what_conda_installed_itself_is_not_overwritten(site: Site) -> None:
    info = site.install("numpy", "1.26.4")
    (info / "INSTALLER").write_text("conda")
    conda_record(site, "numpy-1.26.4-py312_0.json", f"lib/{info.name}/METADATA")
    assert site.gather().overwritten == ()


def test_another_version_than_condas_is_seen(site: Site) -> None:
    site.install("numpy", "2.1.0")
    conda_record(site, "numpy-1.26.4-py312_0.json", "lib/numpy-1.26.4.dist-info/METADATA")
    (found,) = site.gather().overwritten
    assert (found.conda, found.version, found.installer) == ("1.26.4", "2.1.0", "pip")
    assert not found.both


def test_metadata_of_conda_and_pip_side_by_side_are_both_there(site: Site) -> None:
    site.install("numpy", "2.1.0")
    site.install("numpy", "1.26.4")
    hashed = hashlib.sha256(b"pip\n").hexdigest()
    paths = [f"lib/numpy-1.26.4.dist-info/{name}" for name in ("METADATA", "INSTALLER")]
    conda_record(site, "numpy-1.26.4-py312_0.json", *paths, INSTALLER=hashed)
    assert [(each.version, each.both) for each in site.gather().overwritten] == [("2.1.0", True)]


def test_a_program_of_the_same_name_is_something_else(site: Site) -> None:
    site.install("graphviz", "0.20")
    conda_record(site, "graphviz-9.0.0-h_0.json", "bin/dot")
    assert site.gather().overwritten == ()


def test_condas_own_way_to_write_a_version_is_no_difference(site: Site) -> None:
    info = site.install("thing", "1.0rc1")
    (info / "INSTALLER").write_text("conda")
    conda_record(site, "thing-1.0.0rc1-py_0.json", f"lib/{info.name}/METADATA")
    assert site.gather().overwritten == ()


def test_the_same_version_by_pip_is_told_by_the_hash_of_its_installer(site: Site) -> None:
    info = site.install("thing", "1.0")
    paths = (f"lib/{info.name}/METADATA", f"lib/{info.name}/INSTALLER")
    for text, count in (("pip\n", 0), ("conda", 1)):
        digest = hashlib.sha256(text.encode()).hexdigest()
        conda_record(site, "thing-1.0-py_0.json", *paths, INSTALLER=digest)
        assert len(site.gather().overwritten) == count


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paths_data": 3}'])
def test_a_record_that_is_rubbish_proves_nothing(site: Site, text: str) -> None:
    site.install("thing", "2.0")
    conda_record(site, "thing-1.0-py_0.json")
    (site.prefix / "conda-meta/thing-1.0-py_0.json").write_text(text)
    assert site.gather().overwritten == ()


# Wheels and compiled files of other systems

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 183)
BIG_ELF = b"\x7fELF\x02\x02\x01" + bytes(9) + struct.pack(">HH", 3, 22)
MACH = struct.pack("<II", 0xFEEDFACF, 0x0100000C) + bytes(24)
FAT = struct.pack(">II", 0xCAFEBABE, 2) + b"".join(
    struct.pack(">IIIII", machine, 3, 0, 0, 0) for machine in (0x01000007, 0x0100000C)
)
DLL = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", 0x8664)


@pytest.mark.parametrize(
    ("head", "built"),
    [
        (ELF, ("arm64",)),
        (BIG_ELF, ("s390x",)),
        (MACH, ("arm64",)),
        (FAT, ("arm64", "x86_64")),
        (DLL, ("x86_64",)),
        (b"", ()),
        (b"MZ", ()),
        (ELF[:19], ()),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", ()),
        (b"#!/bin/sh", ()),
    ],
)
def test_the_first_bytes_tell_the_processor(head: bytes, built: tuple[str, ...]) -> None:
    assert machines(head) == built


MODULE = "one/_fast.cpython-312-darwin.so"
NATIVE = ("cp312-cp312-macosx_11_0_arm64",)


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({MODULE: MACH}, 1),
        ({MODULE: FAT}, 0),
        ({MODULE: DLL}, 0),
        ({MODULE: MACH, "one/_other.abi3.so": DLL}, 0),
        ({"one/attach_linux_arm64.so.1": MACH}, 0),
        ({MODULE: b"not compiled"}, 0),
    ],
)
def test_a_binary_is_wrong_if_none_is_for_this_processor(
    site: Site, files: dict[str, str | bytes], wrong: int
) -> None:
    site.install("one", files=files, tags=NATIVE)
    site.changes |= {"system": "Darwin", "machine": "x86_64"}
    assert len(site.gather().binaries) == wrong


def test_a_python_of_32_bits_is_known_by_its_own_file(site: Site) -> None:
    own = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack("<HH", 2, 3)
    python = site.write("../../../bin/python", own)
    site.changes["executable"] = str(python)
    site.install("one", files={"one/_fast.cpython-312-i386-linux-gnu.so": own}, tags=("cp312-x-y",))
    assert site.gather().binaries == ()


@pytest.mark.parametrize(
    ("tags", "foreign"),
    [
        (("py2-none-any", "py3-none-any"), 0),
        (("py2.py3-none-any",), 0),
        (("py2-none-any",), 1),
        (("py312-none-any",), 0),
        (("py313-none-any",), 1),
        (("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",), 0),
        (("cp310-cp310-manylinux_2_17_x86_64",), 1),
        (("cp38-abi3-manylinux2014_x86_64",), 0),
        (("cp313-abi3-manylinux2014_x86_64",), 1),
        (("cp312-cp312-linux_x86_64",), 0),
        (("cp312-cp312-manylinux_2_99_x86_64",), 1),
        (("cp312-cp312-manylinux2014_aarch64",), 1),
        (("cp312-cp312t-manylinux2014_x86_64",), 1),
        (("cp312-cp312-win_amd64",), 1),
        ((), 0),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the list is that of Linux")
def test_a_wheel_is_foreign_if_pip_would_not_install_it(
    site: Site, tags: tuple[str, ...], foreign: int
) -> None:
    site.install("one", tags=tags)
    assert len(site.gather().foreign) == foreign


def test_the_quick_rules_accept_nothing_that_the_list_does_not_have() -> None:
    kernel = Kernel(
        executable=sys.executable,
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        version="{}.{}.{}".format(*sys.version_info),
        environment=Environment(sys.prefix, sys.base_prefix, "venv"),
        machine="x86_64",
    )
    listed = frozenset(map(str, sys_tags()))
    assert supported_tags(kernel) == listed
    parts = list(zip(*(tag.split("-") for tag in listed), strict=True))
    platforms = {
        *parts[2],
        "manylinux_2_99_x86_64",
        "manylinux_3_1_x86_64",
        "win32",
        "linux_armv7l",
    }
    sure = judged_tags._Sure(kernel)  # noqa: SLF001  the rules have no other door
    for interpreter in {*parts[0], "py2", "cp27", "cp399", "pp310", "py399"}:
        for abi in {*parts[1], "cp310", "cp312t", "abi4"}:
            for platform in platforms:
                tag = f"{interpreter}-{abi}-{platform}"
                assert tag in listed or not sure.any_fits((tag,))
