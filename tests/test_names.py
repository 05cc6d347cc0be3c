"""What one name means to a kernel, in real environments."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from environments import pythons
from ipymod.facts import Kernel, from_json, to_json
from ipymod.launchers import Surroundings
from ipymod.names import NameReport, look_up
from ipymod.survey import known
from ipymod.survey.ask import ask
from ipymod.survey.shelf import normalised

TABLE = Path(known.__file__).parents[1] / "data" / "import_names.json"


def wheel(folder: Path, name: str, version: str, **files: str) -> str:
    """A real wheel; `jwt__init__` is the file `jwt/__init__.py`."""
    plain = name.replace("-", "_")
    path = folder / f"{plain}-{version}-py3-none-any.whl"
    info = f"{plain}-{version}.dist-info"
    content = {f"{key.replace('__init__', '/__init__')}.py": text for key, text in files.items()}
    content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    content[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    lines = "".join(f"{file},,\n" for file in [*content, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**content, f"{info}/RECORD": lines}.items():
            archive.writestr(file, text)
    return str(path)


def environment(at: Path, *wheels: str, python: str = sys.executable) -> str:
    subprocess.run([python, "-m", "venv", "--without-pip", str(at)], check=True)
    inside = str(at / "bin" / "python")
    if wheels:
        command = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-index", "--no-deps"]
        command += ["--python", inside, "--no-cache", "--find-links", str(Path(wheels[0]).parent)]
        subprocess.run([*command, *map(pinned, wheels)], check=True)
    return inside


def pinned(path: str) -> str:
    name, version, *_ = Path(path).name.split("-")
    return f"{name}=={version}"


def around(at: Path, *path: str) -> Surroundings:
    return Surroundings(path, str(at), {"PATH": ":".join(path)}, str(at / "home"), "Linux")


def running(python: str, cwd: Path) -> Kernel:
    return replace(ask(python, 20), cwd=str(cwd))


def names(report: NameReport) -> list[str]:
    return [each.distribution for each in report.installed]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kernel, Path]:
    """The kernel of environment `a`, and the folder that `a`, `b` and an old `c` lie in."""
    at = tmp_path_factory.mktemp("two")
    learn = wheel(at, "scikit-learn", "1.4.0", sklearn__init__="")
    newer = wheel(at, "scikit-learn", "1.5.0", sklearn__init__="")
    odd = wheel(at, "My-Odd.Thing", "2.0", _private="", oddly__init__="", other="")
    here = environment(at / "a", learn, odd)
    environment(at / "b", newer, wheel(at, "only-there", "3", onlythere__init__=""))
    environment(at / "c", learn, python=next(iter(pythons().values())))
    return running(here, at), at


@pytest.mark.slow
def test_a_module_is_told_with_its_distribution(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    report = look_up("sklearn", kernel, around(at))
    assert report.file.endswith(
        "/a/lib/python{}.{}/site-packages/sklearn/__init__.py".format(*sys.version_info)
    )
    assert [(each.distribution, each.version) for each in report.installed] == [
        ("scikit-learn", "1.4.0")
    ]
    assert report.to_text() == [f"sklearn is {report.file} (scikit-learn 1.4.0)"]


@pytest.mark.parametrize("name", ["scikit-learn", "Scikit_Learn", "scikit.learn"])
def test_a_distribution_is_told_with_its_module(name: str, two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    report = look_up(name, kernel, around(at))
    assert (report.module, report.modules) == ("sklearn", ("sklearn",))
    assert names(report) == ["scikit-learn"]
    text = "\n".join(report.to_text())
    assert text.startswith(f"{name}: sklearn is ")
    assert f"the distribution {name} brings sklearn" in text


def test_a_distribution_that_the_table_does_not_know_is_told_from_its_record(
    two: tuple[Kernel, Path],
) -> None:
    kernel, at = two
    report = look_up("my_odd-thing", kernel, around(at))
    assert report.modules == ("_private", "oddly", "other")
    assert report.module == "oddly"
    assert names(report) == ["My-Odd.Thing"]
    assert names(look_up("oddly", kernel, around(at))) == ["My-Odd.Thing"]


def test_the_other_environments_are_told_with_the_way_to_them(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    report = look_up("sklearn", kernel, around(at, f"{at}/b/bin"))
    (there,) = report.elsewhere
    assert (there.version, there.prefix) == ("1.5.0", f"{at}/b")
    assert there.via == ("`python` on PATH", "`python3` on PATH")
    assert f"also in {at}/b: scikit-learn 1.5.0, Python " in report.to_text()[-1]


def test_an_active_environment_of_another_python_is_told(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    here = around(at).with_variables(VIRTUAL_ENV=f"{at}/c")
    (there,) = look_up("scikit-learn", kernel, here).elsewhere
    assert (there.python, there.via) == (next(iter(pythons())), ("VIRTUAL_ENV",))


def test_the_environment_of_a_kernelspec_is_told(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    spec = at / "home/.local/share/jupyter/kernels/bee/kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    argv = [f"{at}/b/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "B", "language": "python"}))
    (there,) = look_up("sklearn", kernel, around(at)).elsewhere
    spec.unlink()
    assert (there.version, there.via) == ("1.5.0", ("the kernelspec bee",))


def test_what_is_only_elsewhere_is_told_so(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    for name in ("onlythere", "only-there"):
        report = look_up(name, kernel, around(at, f"{at}/b/bin"))
        first, *rest = report.to_text()
        assert first == f"onlythere cannot be imported by {kernel.executable}"
        assert any("only-there 3" in line for line in rest)


def test_a_known_module_that_is_nowhere_is_told_with_its_distributions(
    two: tuple[Kernel, Path],
) -> None:
    kernel, at = two
    for name in ("cv2", "opencv-python-headless"):
        text = "\n".join(look_up(name, kernel, around(at)).to_text())
        assert text.startswith("cv2 cannot be imported by ")
        assert "opencv-python, opencv-python-headless" in text
        assert " or opencv-contrib-python-headless" in text


def test_an_unknown_name_is_told_without_a_guess(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    for name in ("qqqq_zzzz", "qqqq-zzzz", "a b", "../x", "", "x\0y", "-r"):
        report = look_up(name, kernel, around(at))
        assert (report.kind, report.installed, report.known) == ("missing", (), ())
        assert len(report.to_text()) == 1


def test_a_near_name_is_told_for_this_python_alone(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    mine = running(sys.executable, at)
    assert "json" in look_up("jsn", mine, around(at)).near
    assert look_up("jsn", kernel, around(at)).near == ()


@pytest.mark.parametrize(
    ("name", "kind"), [("sys", "builtin"), ("json", "package"), ("os", "frozen")]
)
def test_the_standard_library_belongs_to_no_distribution(
    name: str, kind: str, two: tuple[Kernel, Path]
) -> None:
    kernel, at = two
    report = look_up(name, kernel, around(at))
    assert (report.kind, report.installed) == (kind, ())
    assert "no distribution" not in report.to_text()[0]


def test_a_file_in_the_working_directory_hides_what_is_installed(
    two: tuple[Kernel, Path], tmp_path: Path
) -> None:
    kernel, at = two
    (tmp_path / "sklearn.py").write_text("")
    there = replace(kernel, cwd=str(tmp_path), path=("", *kernel.path))
    report = look_up("sklearn", there, around(at))
    assert report.file == f"{tmp_path}/sklearn.py"
    assert [Path(file).parts[-2:] for file in report.hides] == [("sklearn", "__init__.py")]
    first, hidden = report.to_text()
    assert first == f"sklearn is {tmp_path}/sklearn.py (of no distribution)"
    assert hidden == f"  hides {report.hides[0]} (scikit-learn 1.4.0)"


def test_what_is_imported_already_is_told_without_asking_it(two: tuple[Kernel, Path]) -> None:
    class Lazy:
        def __init__(self) -> None:
            self.__file__ = "/old/sklearn/__init__.py"
            self.__version__ = "1.3.0"

        def __getattr__(self, name: str) -> str:
            raise AssertionError(name)

    kernel, at = two
    report = look_up("sklearn", kernel, around(at), {"sklearn": Lazy()})
    assert (report.loaded, report.loaded_version) == ("/old/sklearn/__init__.py", "1.3.0")
    assert (
        "  imported already: /old/sklearn/__init__.py (1.3.0); restart the kernel to import it anew"
        in report.to_text()
    )
    assert look_up("oddly", kernel, around(at), {"oddly": object()}).loaded == ""
    assert look_up("oddly", kernel, around(at), {"oddly": None}).loaded == ""


class Imported:
    def __init__(self, file: str, version: str) -> None:
        self.__file__ = file
        self.__version__ = version


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("1.4.0", "  imported already (1.4.0)"),
        ("1.3.0", "  imported already (1.3.0); restart the kernel to import it anew"),
    ],
)
def test_what_is_imported_already_is_compared_with_what_is_installed(
    version: str, line: str, two: tuple[Kernel, Path]
) -> None:
    kernel, at = two
    file = look_up("sklearn", kernel, around(at)).file
    report = look_up("sklearn", kernel, around(at), {"sklearn": Imported(file, version)})
    assert report.to_text()[1:] == [line]


def test_the_commands_that_reach_an_environment_are_told_together(
    two: tuple[Kernel, Path],
) -> None:
    kernel, at = two
    told = look_up("sklearn", kernel, around(at, f"{at}/b/bin")).to_text()[-1]
    assert told.endswith("reached by python, python3 on PATH")


@pytest.mark.slow
def test_an_editable_install_is_found_with_its_distribution(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "src" / "mine").mkdir(parents=True)
    (source / "src" / "mine" / "__init__.py").write_text("")
    (source / "pyproject.toml").write_text(
        "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
        "[project]\nname = 'mine-dist'\nversion = '0.1'\n"
        "[tool.hatch.build.targets.wheel]\npackages = ['src/mine']\n"
    )
    python = environment(tmp_path / "v")
    command = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python]
    subprocess.run([*command, "-e", str(source)], check=True)
    kernel = running(python, tmp_path)
    for name in ("mine", "mine-dist"):
        report = look_up(name, kernel, around(tmp_path))
        assert report.file == f"{source}/src/mine/__init__.py"
        assert names(report) == ["mine-dist"]


def test_a_report_goes_to_json_and_back(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    report = look_up("sklearn", kernel, around(at, f"{at}/b/bin"))
    assert from_json(NameReport, json.loads(json.dumps(to_json(report)))) == report


def test_the_table_is_sound() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    for module, distributions in table["distributions"].items():
        assert all(part.isidentifier() for part in module.split("."))
        assert distributions
        assert len({*map(normalised, distributions)}) == len(distributions)
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", each) for each in distributions)
    others = {
        module
        for module, distributions in table["distributions"].items()
        if normalised(module) not in map(normalised, distributions)
    }
    assert len(others) >= 100


def test_the_table_agrees_with_the_standard_library_of_this_version() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    ours = sys.version_info[:2]
    for module, (version, _instead) in table["removed"].items():
        here = module in sys.stdlib_module_names
        assert here is (ours < _numbers(version)) or module in {"msilib", "nis"}, module
    for module, version in table["added"].items():
        if "." not in module:
            assert (module in sys.stdlib_module_names) is (ours >= _numbers(version)), module


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize(
    ("running", "line"),
    [
        (True, "  to have it here: %pymod pip install pillow"),
        (False, "  to have it here: {python} -m pip install pillow"),
    ],
)
def test_what_is_not_here_comes_with_the_command_that_installs_it(
    *, running: bool, line: str, two: tuple[Kernel, Path]
) -> None:
    kernel, at = two
    told = look_up("PIL", replace(kernel, running=running), around(at)).to_text()
    assert told[-1] == line.format(python=kernel.executable)


def test_nothing_is_offered_for_a_name_that_nobody_knows(two: tuple[Kernel, Path]) -> None:
    kernel, at = two
    assert "install" not in "".join(look_up("nobody_knows_this", kernel, around(at)).to_text())
