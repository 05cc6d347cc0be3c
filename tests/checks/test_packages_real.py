"""Packages as real tools install and break them, compared with what pip and uv say."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from environments import environment
from ipymod.facts.settings import Setting, Settings
from ipymod.survey.packages import supported_tags
from package_environments import Place, checked, checked_by_uv, fresh, listed, unmet
from real_launchers import Absent, conda, made, python, run, uv, uv_venv, venv, virtualenv

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.registry import Problem

pytestmark = pytest.mark.slow

DEBIAN = "/usr/bin/python3"
AARCH64 = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 183)
X86_64 = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 62)
on_x86_linux = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="the wheels are for that"
)


def of_prefix(build: Callable[..., Path], *words: str) -> Callable[[], str]:
    return lambda: str(build(*words) / "bin/python")


def debian() -> str:
    if not os.path.isdir("/usr/lib/python3/dist-packages"):
        raise Absent("this is no Debian")
    return DEBIAN


INTERPRETERS: dict[str, Callable[[], str]] = {
    "ours": lambda: sys.executable,
    "colab": lambda: environment("colab"),
    "ipython9": lambda: environment("ipython9"),
    "venv 3.8": of_prefix(venv, "3.8"),
    "venv 3.13": of_prefix(venv, "3.13"),
    "uv 3.12": of_prefix(uv_venv, "3.12"),
    "virtualenv": of_prefix(virtualenv, "newest", "3.13"),
    "system site": of_prefix(venv, "3.12", "system-3.12", "--system-site-packages"),
    "base 3.7": lambda: python("3.7"),
    "base 3.13": lambda: python("3.13"),
    "conda": of_prefix(conda, "conda-plain"),
    "debian": debian,
}


@pytest.fixture(params=INTERPRETERS)
def place(request: pytest.FixtureRequest) -> Place:
    """Each interpreter that was not broken."""
    try:
        return Place(INTERPRETERS[request.param]())
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture(params=["newest", "old"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An environment to break: the newest Python and pip, or an old one with its own pip."""
    newest = request.param == "newest"
    return fresh(tmp_path / "env", "3.13" if newest else "3.8", newest=newest)


def only(place: Place, code: str) -> Problem:
    (problem,) = place.problems()
    assert problem.code == code
    return problem


# What pip and uv say


def test_the_distributions_are_those_that_pip_lists(place: Place) -> None:
    found = place.packages.distributions
    assert {(each.title, each.version) for each in found} == listed(place)
    assert len(found) == len(listed(place))


def test_the_unmet_requirements_are_those_of_pip_check(place: Place) -> None:
    assert unmet(place) == checked(place)


def test_the_supported_tags_are_those_of_pip(place: Place) -> None:
    text = place.ask("-m", "pip", "debug", "--verbose").stdout
    told = set(re.findall(r"^  (\S+-\S+-\S+)$", text.partition("Compatible tags")[2], re.MULTILINE))
    assert told
    assert supported_tags(place.kernel) >= told
    newer = {tag for tag in supported_tags(place.kernel) - told if "abi3" not in tag}
    assert newer == set()


def test_healthy_environments_have_no_problem(place: Place) -> None:
    allowed = {"WP411"} if place.executable == DEBIAN else set()
    if checked(place):
        allowed.add("WP408")
    assert set(place.codes()) <= allowed


BROKEN = ("requests", "pandas<2.1", "jinja2<3", "ipykernel<6", "jupyterlab<4", "python-dateutil")


@pytest.fixture(params=["3.11", "3.8"])
def broken(request: pytest.FixtureRequest) -> Place:
    """Distributions installed without what they require, some of them old."""

    def build(at: Path) -> None:
        uv("venv", "--seed", "--python", python(request.param), str(at))
        tool = ("pip", "install", "--python", str(at / "bin/python"))
        uv(*tool, "--only-binary", ":all:", "--no-deps", *BROKEN, "traitlets<5", "six<1.15")

    return Place(str(made(f"packages-broken-{request.param}", build) / "bin/python"))


def test_what_is_broken_is_what_pip_check_and_uv_pip_check_say(broken: Place) -> None:
    assert len(unmet(broken)) > 20
    assert unmet(broken) == checked(broken) == checked_by_uv(broken)
    assert broken.codes() == ["WP408"]


# One fault each


def test_metadata_of_an_old_version_copied_back(own: Place) -> None:
    own.pip("install", "--no-index", str(own.wheel("thing", "1.0", **{"thing.py": "v = 1"})))
    kept = shutil.copytree(own.site / "thing-1.0.dist-info", own.site.parent / "kept")
    own.pip("install", "--no-index", str(own.wheel("thing", "2.0", **{"thing.py": "v = 2"})))
    assert own.codes() == []
    kept.rename(own.site / "thing-1.0.dist-info")
    problem = only(own, "WP401")
    assert "1.0 and as 2.0" in problem.message
    own.mend(problem)
    assert own.codes() == []
    assert own.packages.version_of("thing") == "2.0"


def test_a_folder_that_pip_left(own: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (own.site / "~umpy").mkdir()
    assert own.codes() == []
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert "Ignoring invalid distribution" not in own.ask("-m", "pip", "list").stdout
    own.mend(only(own, "WP402"))
    assert own.codes() == []


def test_two_distributions_that_own_one_file(own: Place) -> None:
    pyjwt = own.wheel("PyJWT", "2.0", **{"jwt/__init__.py": "a = 1", "jwt/api.py": ""})
    jwt = own.wheel("jwt", "1.0", **{"jwt/__init__.py": "a = 2", "jwt/jwk.py": ""})
    own.pip("install", "--no-index", str(pyjwt))
    assert own.codes() == []
    own.pip("install", "--no-index", str(jwt))
    problem = only(own, "WP403")
    assert "PyJWT and jwt both own jwt/__init__.py; jwt/__init__.py is that of jwt" in (
        problem.message
    )
    own.mend(problem)
    assert own.codes() == []
    assert (own.site / "jwt/__init__.py").read_text() == "a = 1"


def test_the_real_pyjwt_and_jwt() -> None:
    def build(at: Path) -> None:
        uv("venv", "--python", python("3.12"), str(at))
        for name in ("pyjwt==2.10.1", "jwt==1.4.0"):
            uv("pip", "install", "--python", str(at / "bin/python"), "--no-deps", name)

    found = Place(str(made("packages-jwt", build) / "bin/python"))
    assert {"WP403"} <= set(found.codes()) <= {"WP403", "WP408", "WP409"}


def test_pip_over_a_package_of_conda(tmp_path: Path) -> None:
    try:
        kept = conda("conda-plain")
    except Absent as absent:
        pytest.skip(str(absent))
    shutil.copytree(kept, tmp_path / "conda", symlinks=True)
    own = Place(str(tmp_path / "conda/bin/python"))
    assert own.codes() == []
    own.pip("install", "-q", "pip==24.0")
    problem = only(own, "WP404")
    assert "but it is 24.0 by pip" in problem.message
    assert problem.fix == f"conda install -p {tmp_path}/conda --force-reinstall pip"


PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "mine"
version = "0.1"
"""
BACKEND = """
import os, zipfile
INFO = "mine-0.1.dist-info/"
FILES = {
    "_mine.pth": os.getcwd() + "/src",
    INFO + "METADATA": "Metadata-Version: 2.1\\nName: mine\\nVersion: 0.1\\n",
    INFO + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
def build_editable(directory, config_settings=None, metadata_directory=None):
    name = "mine-0.1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in FILES.items():
            archive.writestr(path, text)
        archive.writestr(INFO + "RECORD", "".join(path + ",,\\n" for path in FILES))
    return name
"""


def project(at: Path) -> Path:
    (at / "src").mkdir(parents=True)
    (at / "src/mine.py").touch()
    (at / "pyproject.toml").write_text(PROJECT)
    (at / "backend.py").write_text(BACKEND)
    return at


@pytest.mark.parametrize("tool", ["pip", "uv"])
@pytest.mark.parametrize("gone", [".", "src"])
def test_an_editable_project_that_is_moved(tool: str, gone: str, tmp_path: Path) -> None:
    own = fresh(tmp_path / "env", "3.13", newest=True)
    source = project(tmp_path / "a project")
    if tool == "uv":
        uv("pip", "install", "--offline", "--python", own.executable, "-e", str(source))
    else:
        own.pip("install", "--no-index", "-e", str(source))
    assert own.codes() == []
    assert own.packages.distributions[0].editable == str(source)
    shutil.rmtree(source / gone)
    problem = only(own, "WP405")
    assert str(source / gone).removesuffix("/.") in problem.message
    own.mend(problem)
    assert own.codes() == []


def test_an_editable_project_of_setuptools_that_is_moved(tmp_path: Path) -> None:
    own = fresh(tmp_path / "env", "3.11", newest=True)
    source = tmp_path / "mine"
    (source / "mine").mkdir(parents=True)
    (source / "mine/__init__.py").touch()
    (source / "pyproject.toml").write_text('[project]\nname = "mine"\nversion = "0.1"\n')
    own.pip("install", "-q", "-e", str(source))
    assert own.codes() == []
    (source / "mine").rename(source / "other")
    assert own.codes() == ["WP405"] or not list(own.site.glob("*_finder.py"))
    shutil.rmtree(source)
    only(own, "WP405")


@on_x86_linux
def test_a_wheel_for_another_processor(own: Place) -> None:
    platforms = ("--platform", "manylinux2014_aarch64", "--only-binary=:all:", "--no-deps")
    own.pip("install", "-q", *platforms, "--target", str(own.site), "markupsafe")
    problems = {problem.code: problem for problem in own.problems()}
    assert sorted(problems) == ["WP406", "WP407"]
    assert "for arm64, but the kernel runs on x86_64" in problems["WP407"].message
    own.pip("install", "-q", "--force-reinstall", "--no-deps", "markupsafe")
    assert own.codes() == []
    assert own.ask("-c", "import markupsafe._speedups").returncode == 0


@on_x86_linux
def test_a_wheel_for_another_python(own: Place) -> None:
    parts: dict[str, str | bytes] = {
        "fast.cpython-310-x86_64-linux-gnu.so": X86_64,
        "tag": "cp310-cp310-linux_x86_64",
    }
    file = own.wheel("fast", "1.0", **parts)
    words = ("--python-version", "3.10", "--platform", "linux_x86_64", "--only-binary=:all:")
    own.pip("install", "-q", *words, "--no-deps", "--target", str(own.site), str(file))
    assert "cp310-cp310-linux_x86_64" in only(own, "WP406").message


@on_x86_linux
def test_a_binary_for_another_processor_in_a_wheel_that_lies(own: Place) -> None:
    files: dict[str, str | bytes] = {"fast.abi3.so": AARCH64, "tag": "py3-none-linux_x86_64"}
    own.pip("install", "-q", "--no-index", str(own.wheel("fast", "1.0", **files)))
    problem = only(own, "WP407")
    own.wheel("fast", "1.0", **{**files, "fast.abi3.so": X86_64})
    own.mend(problem)
    assert own.codes() == []


def test_a_requirement_that_is_too_old(own: Place) -> None:
    own.wheel("base", "2.0")
    needs = own.wheel("needs", "1.0", requires="base>=2\nnothing; extra == 'all'")
    own.pip("install", "-q", "--no-index", "--no-deps", str(own.wheel("base", "1.0")), str(needs))
    assert unmet(own) == checked(own) == checked_by_uv(own) == {("needs", "base", "1.0")}
    own.mend(only(own, "WP408"))
    assert own.codes() == []


@pytest.mark.parametrize("tool", ["uv", "venv"])
def test_an_environment_without_pip(tool: str, tmp_path: Path) -> None:
    at = tmp_path / "env"
    if tool == "uv":
        uv("venv", "--python", python("3.13"), str(at))
    else:
        run(python("3.11"), "-m", "venv", "--without-pip", str(at))
    own = Place(str(at / "bin/python"))
    assert "No module named pip" in own.ask("-m", "pip", "--version").stderr
    problem = only(own, "WP409")
    assert problem.fix.startswith("uv pip install --python" if tool == "uv" else own.executable)
    if tool == "venv":
        own.mend(problem)
        assert own.codes() == []


def test_an_old_pip_in_a_new_python(tmp_path: Path) -> None:
    own = fresh(tmp_path / "env", "3.12")
    assert own.codes() == []
    uv("pip", "install", "--python", own.executable, "pip==22.3.1")
    assert "ImpImporter" in own.ask("-m", "pip", "list").stderr
    own.mend(only(own, "WP410"))
    assert own.codes() == []
    assert own.ask("-m", "pip", "list").returncode == 0


@pytest.mark.parametrize(("release", "works"), [("23.1.1", False), ("23.1.2", True)])
def test_the_first_pip_that_works_with_the_new_python(
    release: str,
    works: bool,  # noqa: FBT001  a column of a table
    tmp_path: Path,
) -> None:
    own = fresh(tmp_path / "env", "3.12")
    uv("pip", "install", "--python", own.executable, f"pip=={release}")
    assert (own.ask("-m", "pip", "list").returncode == 0) is works
    assert (own.codes() == []) is works


@pytest.mark.parametrize(("release", "works"), [("66.0.0", False), ("66.1.0", True)])
def test_the_first_setuptools_that_works_with_the_new_python(
    release: str,
    works: bool,  # noqa: FBT001  a column of a table
    tmp_path: Path,
) -> None:
    own = fresh(tmp_path / "env", "3.12")
    uv("pip", "install", "--python", own.executable, f"setuptools=={release}")
    assert (own.ask("-c", "import pkg_resources").returncode == 0) is works
    assert own.codes() == ([] if works else ["WP410"])


@pytest.mark.skipif(not os.path.exists("/usr/lib/python3/dist-packages"), reason="no Debian")
def test_the_python_of_debian() -> None:
    own = Place(DEBIAN)
    if not own.kernel.environment.managed:
        pytest.skip("this one does not forbid it")
    refused = own.ask("-m", "pip", "install", "--dry-run", "--no-index", "nothing-of-that-name")
    assert "externally-managed-environment" in refused.stderr
    assert "WP411" in own.codes()
    forced = Settings(pip=(Setting("break-system-packages", "1", "PIP_X", ":env:"),))
    (problem,) = (each for each in own.problems(forced) if each.code == "WP411")
    assert "all the same" in problem.message


@pytest.mark.skipif(not os.path.exists("/usr/bin/pip"), reason="no pip of the system")
def test_the_pip_of_debian_beside_a_kernel_of_its_own(tmp_path: Path) -> None:
    own = fresh(tmp_path / "env", "3.13", newest=True)
    assert own.codes() == []
    beside = Place(own.executable, first_on_path="/usr/bin")
    if not beside.packages.managed:
        pytest.skip("this one does not forbid it")
    assert only(beside, "WP411").fix == "%pip install NAME"


def test_a_file_that_somebody_deleted(own: Place) -> None:
    parts = {"thing/__init__.py": "", "thing/inner/__init__.py": "", "thing/tests/__init__.py": ""}
    own.pip("install", "-q", "--no-index", str(own.wheel("thing", "1.0", **parts)))
    (own.site / "thing/tests/__init__.py").unlink()
    assert own.codes() == []
    (own.site / "thing/inner/__init__.py").unlink()
    problem = only(own, "WP412")
    own.mend(problem)
    assert own.codes() == []


def test_distributions_that_share_a_namespace(own: Place) -> None:
    opens = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    shared = {"first": opens, "second": f"# a namespace\n{opens}"}
    for name, text in shared.items():
        files = {"space/__init__.py": text, f"space/{name}.py": ""}
        own.pip("install", "-q", "--no-index", str(own.wheel(name, "1.0", **files)))
    assert len(own.packages.shared) == 1
    assert own.codes() == []


def test_nothing_is_started_and_nothing_is_written(own: Place, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    code = (
        "import sys\n"
        "from package_environments import Place\n"
        f"place = Place({own.executable!r})\n"
        "place.kernel\n"
        "events = []\n"
        "sys.addaudithook(lambda name, args: events.append(name))\n"
        "place.packages\n"
        "bad = {'subprocess.Popen', 'os.exec', 'os.fork', 'os.system', 'socket.connect'}\n"
        "print(sorted(bad & set(events)))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
