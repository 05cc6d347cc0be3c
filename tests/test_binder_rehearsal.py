"""Binder without Docker: what repo2docker would run for this repository is run in a fresh folder.

repo2docker says itself which commands these are. In the place of the conda environment that they
begin with stands a virtual one, with the versions that repo2docker has locked for it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from environments import FOLDER, REPOSITORY, build, create, install, interpreter, locked, pythons
from kernels import LiveKernel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

RELEASE = "2026.4.0"
LOCKED = re.compile(r"/(ip\w+|nb\w+|notebook|jupyter\w+)-([\d.]+)-\w+\.conda")
WHOLE_REPOSITORY = "COPY --chown=0:0 src/ ${REPO_DIR}/"


def repo2docker() -> str:
    """The interpreter of an environment that has it."""
    prefix = FOLDER / f"binder-{RELEASE}"
    with locked(FOLDER / "binder-2026.4.lock"):
        if not Path(interpreter(prefix)).exists():
            build("binder", prefix)
    return interpreter(prefix)


def told(python: str, *words: str, cwd: Path | None = None) -> str:
    command = [python, *words]
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


def files_of_the_repository(target: Path) -> None:
    """Copy what git would send, as it is now."""
    names = told(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=REPOSITORY
    )
    for name in filter(None, names.split("\0")):
        if (source := REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)


@dataclass(frozen=True)
class Image:
    """What Binder's image would hold.

    Attributes:
        repository: the copy, where the image has the user's home.
        commands: what repo2docker runs once that is there.
        version: of Python, as "3.12".
        prefix: the environment of the server and of its kernel.
    """

    repository: Path
    commands: tuple[str, ...]
    version: str
    prefix: Path

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        path = os.pathsep.join([str(self.prefix / "bin"), kept["PATH"]])
        return {**kept, "KERNEL_PYTHON_PREFIX": str(self.prefix), "PATH": path}

    def bash(self, command: str) -> str:
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=self.repository,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("binder")
    files_of_the_repository(folder / "repository")
    python = repo2docker()
    plan = told(
        python, "-m", "repo2docker", "--no-build", "--debug", ".", cwd=folder / "repository"
    )
    _, after = plan.split(WHOLE_REPOSITORY)
    commands = re.findall(r"^RUN (.+)$", after, re.MULTILINE)
    [version] = re.findall(r"environment-2epy-2d(\d)-2e(\d+)-2dlinux-2d64-2elock", plan)
    made = Image(folder / "repository", tuple(commands), ".".join(version), folder / "environment")
    make_base(made, python)
    for command in made.commands:
        made.bash(command)
    return made


def make_base(image: Image, repo2docker: str) -> None:
    """Make the environment that the commands find, in the versions that repo2docker has locked."""
    if image.version not in pythons():
        pytest.skip(f"Python {image.version} is absent")
    create(pythons()[image.version], image.prefix)
    code = "import repo2docker.buildpacks.conda as it; print(it.__file__)"
    place = Path(told(repo2docker, "-c", code).strip()).parent
    lock = (place / f"environment.py-{image.version}-linux-64.lock").read_text("utf-8")
    pins = [f"{name}=={version}" for name, version in LOCKED.findall(lock)]
    assert len(pins) > 5
    install(interpreter(image.prefix), *pins)


def test_repo2docker_itself_finds_what_binder_holds(image: Image) -> None:
    install = '${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "binder/requirements.txt"'
    assert image.commands == (install, "chmod +x binder/postBuild", "./binder/postBuild")
    assert (image.repository / "binder" / "runtime.txt").read_text().strip() == (
        f"python-{image.version}"
    )


def test_ipymod_has_nothing_to_say_against_it(image: Image) -> None:
    assert "OK: no problem" in image.bash("ipymod binder .")


def test_a_new_kernel_has_ipymod_loaded(image: Image) -> None:
    folder = image.repository / "notebooks"
    with LiveKernel(interpreter(image.prefix), cwd=folder, env=image.variables) as kernel:
        report = kernel.run("%whichpip")
        assert report.error is None
        assert report.result is not None
        assert "OK: " in report.result["text/plain"].splitlines()[0]
        again = kernel.run("%load_ext ipymod")  # as the tutorials do; the tour says what it means
        assert again.stdout.startswith("The ipymod extension is already loaded.")


def test_every_notebook_runs_there(image: Image) -> None:
    said = image.bash("ipymod run --jobs 1 --notebook-timeout 150 notebooks")
    there = len(list((image.repository / "notebooks").glob("*.ipynb")))
    assert f"{there} passed of {there} notebooks" in said
