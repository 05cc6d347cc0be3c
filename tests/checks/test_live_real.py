"""Real kernels whose packages and interpreter are changed while they run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from environments import FOLDER, REPOSITORY, create, install, interpreter, locked, pythons
from ipymod.checks import live
from ipymod.checks.base import REGISTRY
from ipymod.facts import from_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.live import Loaded
from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

CODES = ["WP601", "WP602", "WP603"]
GATHER = """
def _gather():
    import sys
    from ipymod.facts import to_json
    from ipymod.launchers import Surroundings
    from ipymod.survey import this_kernel
    from ipymod.survey.live import gather_loaded
    here = Surroundings.now()
    return to_json(gather_loaded(this_kernel(here), here, sys.modules))
"""


@dataclass(frozen=True)
class Place:
    """An environment with ipykernel, and the versions of markupsafe that go up in it."""

    python: str
    old: str
    new: str

    def pip(self, *words: str) -> None:
        command = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*command, *words], check=True)

    def uv(self, *words: str, mode: str = "copy") -> None:
        """The cache lies on the disk of the environment, so that files can be linked."""
        cache = ["--cache-dir", str(FOLDER / "uv-cache"), "--link-mode", mode, "-q"]
        command = [sys.executable, "-m", "uv", "pip", "install", *cache, "--python", self.python]
        subprocess.run([*command, *words], check=True)

    def install(self, tool: str, *words: str) -> None:
        if tool == "pip":
            self.pip(*words)
        else:
            self.uv(*words, mode=tool.removeprefix("uv "))


# The older version says its own in `__version__`, the newer ones do not.
VERSIONS = {"oldest": ("2.1.5", "3.0.2"), "newest": ("3.0.1", "3.0.2")}


@pytest.fixture(params=VERSIONS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    base = list(pythons().values())[0 if request.param == "oldest" else -1]
    digest = hashlib.sha256(f"{base}{REPOSITORY}".encode()).hexdigest()[:8]
    prefix = FOLDER / f"live-{request.param}-{digest}"
    with locked(prefix.with_suffix(".lock")):  # for the whole test, which changes it
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            create(base, prefix)
            install(interpreter(prefix), "ipykernel>=7", "-e", str(REPOSITORY))
            (prefix / "ready").touch()
        place = Place(interpreter(prefix), *VERSIONS[request.param])
        place.uv(f"markupsafe=={place.old}")
        subprocess.run([place.python, "-m", "pip", "uninstall", "-qy", "jinja2"], check=True)
        yield place


def loaded(kernel: LiveKernel) -> Loaded:
    kernel.run(GATHER, silent=True)
    found: Loaded = from_json(Loaded, kernel.value("_gather()"))
    return found


def codes(facts: Loaded, version: str = "") -> list[str]:
    assert live  # its import has registered them
    kernel = replace(HEALTHY.kernel, version=version or facts.version)
    judged = REGISTRY.judge(replace(HEALTHY, kernel=kernel, loaded=facts), CODES)
    return [problem.code for problem in judged.problems]


@pytest.mark.parametrize("tool", ["pip", "uv copy", "uv hardlink"])
def test_an_upgrade_under_a_running_kernel_is_found(place: Place, tool: str) -> None:
    with LiveKernel(place.python) as kernel:
        assert kernel.run("import markupsafe").error is None
        before = loaded(kernel)
        assert codes(before) == []
        place.install(tool, f"markupsafe=={place.new}")
        facts = loaded(kernel)
        assert codes(facts) == ["WP601"]
        (module,) = facts.modules
        assert (module.name, module.installed) == ("markupsafe", place.new)
        assert module.version in {place.old, ""}
        assert [path.endswith(".so") for path in module.deleted] == [True]
    with LiveKernel(place.python) as kernel:  # the fix
        assert kernel.run("import markupsafe").error is None
        assert codes(loaded(kernel)) == []


@pytest.mark.parametrize("tool", ["pip", "uv copy", "uv hardlink"])
def test_a_forced_reinstall_of_the_same_version_is_silent(place: Place, tool: str) -> None:
    with LiveKernel(place.python) as kernel:
        assert kernel.run("import markupsafe").error is None
        again = "--force-reinstall" if tool == "pip" else "--reinstall"
        place.install(tool, again, f"markupsafe=={place.old}")
        facts = loaded(kernel)
        assert [module.name for module in facts.modules] == ["markupsafe"]  # it did change
        assert codes(facts) == []


@pytest.mark.parametrize("tool", ["pip", "uv copy", "uv hardlink"])
def test_what_is_installed_in_the_session_and_imported_afterwards_is_fresh(
    place: Place, tool: str
) -> None:
    with LiveKernel(place.python) as kernel:
        assert kernel.run("import markupsafe_is_not_loaded_yet").error is not None
        place.install(tool, f"markupsafe=={place.new}")
        assert kernel.run("import markupsafe").error is None
        facts = loaded(kernel)
        assert [module.name for module in facts.modules] == ["markupsafe"]
        assert codes(facts) == []


def test_a_module_that_was_uninstalled_runs_on_and_is_told(place: Place) -> None:
    with LiveKernel(place.python) as kernel:
        assert kernel.run("import markupsafe").error is None
        subprocess.run([place.python, "-m", "pip", "uninstall", "-qy", "markupsafe"], check=True)
        assert codes(loaded(kernel)) == ["WP601"]


def test_a_new_package_beside_an_old_compiled_one_is_a_mixture(place: Place) -> None:
    with LiveKernel(place.python) as kernel:
        assert kernel.run("import markupsafe").error is None
        place.uv(f"markupsafe=={place.new}", "jinja2")
        assert codes(loaded(kernel)) == ["WP602"]


def test_a_new_package_beside_a_fresh_one_is_none(place: Place) -> None:
    with LiveKernel(place.python) as kernel:
        place.uv(f"markupsafe=={place.new}", "jinja2")
        assert kernel.run("import jinja2").error is None
        assert codes(loaded(kernel)) == []


def test_a_base_that_was_renamed_is_missed(place: Place, tmp_path: Path) -> None:
    base = tmp_path / "base"
    original = subprocess.run(
        [place.python, "-c", "import sys; print(sys.base_prefix)"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    shutil.copytree(original, base, symlinks=True, ignore=shutil.ignore_patterns("test", "*.a"))
    prefix = tmp_path / "venv"
    subprocess.run([base / "bin" / "python3", "-m", "venv", "--without-pip", prefix], check=True)
    site = f"lib/{next((prefix / 'lib').iterdir()).name}/site-packages"
    here = subprocess.run(
        [place.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    (prefix / site / "packages.pth").write_text(f"{here}\n{REPOSITORY / 'src'}\n", "utf-8")
    with LiveKernel(str(prefix / "bin" / "python")) as kernel:
        healthy = loaded(kernel)
        assert codes(healthy) == []
        base.rename(tmp_path / "elsewhere")
        try:
            facts = loaded(kernel)
        finally:
            (tmp_path / "elsewhere").rename(base)
        assert not facts.executable_exists
        assert codes(facts, version=healthy.version) == ["WP603"]
        (prefix / "bin" / "python").unlink()
        assert not loaded(kernel).executable_exists


def test_a_program_that_was_replaced_is_told(place: Place, tmp_path: Path) -> None:
    create(place.python, tmp_path / "venv")
    copied = tmp_path / "venv" / "bin" / "python"
    real = copied.resolve()
    copied.unlink()
    shutil.copy2(real, copied)
    prefix = copied.parents[1]
    install(str(copied), "ipykernel>=7", "-e", str(REPOSITORY))
    with LiveKernel(str(copied)) as kernel:
        assert codes(loaded(kernel)) == []
        copied.unlink()
        shutil.copy2(real, copied)
        facts = loaded(kernel)
        assert facts.executable_exists, prefix
        assert codes(facts) == ["WP603"]
