from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from environments import REPOSITORY, build, create, install, interpreter, pythons
from kernels import LiveKernel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "-o", str(folder)]
    subprocess.run([*command, str(REPOSITORY)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def versions(python: str) -> dict[str, str]:
    command = [python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return {package["name"]: package["version"] for package in json.loads(told.stdout)}


def assert_it_loads(python: str, cwd: Path) -> None:
    with LiveKernel(python, cwd=cwd) as kernel:
        assert kernel.run("%load_ext ipymod").error is None
        loaded = Path(kernel.value("__import__('ipymod').__file__"))
        assert kernel.run("%pymod this").stdout.startswith("The Zen of Python")
    assert loaded.is_relative_to(Path(python).parents[1])


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    source = REPOSITORY / "src"
    files = [path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    name, version, *_ = wheel.name.split("-")
    data = [f"src/ipymod/data/{path.name}" for path in (source / "ipymod/data").glob("*.LICENSE")]
    licences = ("LICENSE", *data)
    about = ["METADATA", "WHEEL", "RECORD", "entry_points.txt"]
    about += [f"licenses/{licence}" for licence in licences]
    expected = {path.relative_to(source).as_posix() for path in files}
    expected |= {f"{name}-{version}.dist-info/{entry}" for entry in about}
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert held == expected
    assert "ipymod/py.typed" in held


def test_pip_changes_no_version_of_a_colab_like_environment(wheel: Path, tmp_path: Path) -> None:
    python = build("colab", tmp_path / "colab")
    before = versions(python)
    install(python, str(wheel), plain_pip=True)
    after = versions(python)
    assert "ipymod" in after
    assert {name: after.get(name) for name in before} == before
    assert_it_loads(python, tmp_path)


def test_the_wheel_alone_brings_all_that_it_needs(wheel: Path, tmp_path: Path) -> None:
    newest = list(pythons().values())[-1]
    create(newest, tmp_path / "empty")
    python = interpreter(tmp_path / "empty")
    install(python, str(wheel))
    assert_it_loads(python, tmp_path)
