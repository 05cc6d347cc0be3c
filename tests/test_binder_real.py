"""What repo2docker's own buildpacks say of made repositories, and what we say."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from binder_situations import SITUATIONS
from environments import FOLDER, build, interpreter, locked
from ipymod.binder import image
from ipymod.binder.checks import REGISTRY
from ipymod.binder.gather import gather
from ipymod.survey.packages.requirements import normalized

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.binder.facts import Repository

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Run by repo2docker's Python: reads paths of folders, gives for each what the buildpacks decide.
# Nothing is asked of a network: the addresses of R's packages and Julia's versions are made up.
ASK = r"""
import json, logging, os, re, sys
logging.disable()
from repo2docker import __version__
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import JuliaProjectTomlBuildPack, RBuildPack
from repo2docker.buildpacks import conda
from repo2docker.buildpacks.conda.supported_python_version import SUPPORTED_PYTHON_VERSION

RBuildPack.get_rspm_snapshot_url = lambda *_: "https://example.org"
JuliaProjectTomlBuildPack.all_julias = ["1.6.7", "1.10.0"]

def chosen():
    for kind in Repo2Docker().buildpacks:
        pack = kind(base_image="base")
        if pack.detect():
            return pack
    return Repo2Docker().default_buildpack(base_image="base")

def effects(pack, text):
    plain = "\n".join(l for l in text.split("\n") if not l.startswith(("COPY", "#")))
    folder = pack.binder_dir
    def there(name):
        return os.path.exists(os.path.join(folder, name))
    def path(name):
        return folder + "/" + name if folder else name
    for name in ("requirements.txt", "requirements3.txt", "environment.yml", "environment.yaml",
                 "install.R", "default.nix"):
        if there(name) and re.search(r"[ \"]%s[\s\"]" % re.escape(path(name)), plain):
            yield path(name)
    if type(pack).__name__.startswith("Pipfile"):
        yield from (path(name) for name in ("Pipfile", "Pipfile.lock") if there(name))
    if "install_local()" in plain:
        yield "DESCRIPTION"
    if "Pkg.instantiate" in plain:
        yield from (path(n) for n in ("Project.toml", "JuliaProject.toml") if there(n))
    if there("apt.txt") and "graphviz" in plain:
        yield path("apt.txt")
    yield from pack.get_post_build_scripts()
    start = pack.get_start_script() or ""
    if start.startswith("${REPO_DIR}/") or (start.endswith("nix-shell-wrapper") and there("start")):
        yield path("start")

def told(folder):
    os.chdir(folder)
    try:
        pack = chosen()
        pack.platform = "linux/amd64"
        name = type(pack).__name__
        if name.startswith("JuliaRequire"):
            pack.build()
        text = pack.render()
        docker = name == "DockerBuildPack"
        return {
            "buildpack": name,
            "python": getattr(pack, "python_version", ""),
            "read": [pack.binder_path("Dockerfile")] if docker else sorted(effects(pack, text)),
            "project": not docker and "bin/pip install --no-cache-dir .\n" in text + "\n",
        }
    except Exception as error:
        return {"stops": "%s: %s" % (type(error).__name__, error)}

folder = os.path.dirname(conda.__file__)
locks = {}
for name in sorted(os.listdir(folder)):
    match = re.fullmatch(r"environment\.py-(\d+\.\d+)-linux-64\.lock", name)
    if match:
        lines = open(os.path.join(folder, name)).read().split("\n")
        locks[match[1]] = [l.rpartition("/")[2].rsplit("-", 2)[0] for l in lines if "://" in l]
print(json.dumps({
    "version": __version__,
    "supported": SUPPORTED_PYTHON_VERSION,
    "major": conda.CondaBuildPack.major_pythons,
    "locks": locks,
    "folders": [told(folder) for folder in json.load(sys.stdin)],
}))
"""

KINDS = {
    "DockerBuildPack": "docker",
    "JuliaProjectTomlBuildPack": "julia",
    "NixBuildPack": "nix",
    "RBuildPack": "r",
    "CondaBuildPack": "conda",
    "PipfileBuildPack": "pipfile",
    "PythonBuildPack": "python",
}
# These decide, but no line of the Dockerfile names them.
UNNAMED = ("runtime.txt", "pyproject.toml", "setup.py")


@cache
def repo2docker() -> str:
    """The Python of an environment that has repo2docker."""
    prefix = FOLDER / f"binder-{image.MEASURED}"
    with locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            build("binder", prefix)
            (prefix / "ready").touch()
    return interpreter(prefix)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The situations, each in a folder."""
    made = {}
    for name, files in SITUATIONS.items():
        made[name] = tmp_path_factory.mktemp("repository")
        for path, text in files.items():
            file = made[name] / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", newline="")
    return made


@pytest.fixture(scope="module")
def truth(folders: dict[str, Path]) -> dict[str, Any]:
    """What repo2docker says, asked once."""
    given = json.dumps([str(folder) for folder in folders.values()])
    asked = subprocess.run(
        [repo2docker(), "-c", ASK], input=given, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    told: dict[str, Any] = json.loads(asked.stdout)
    return told | {"folders": dict(zip(folders, told["folders"], strict=True))}


def said(repository: Repository) -> dict[str, Any]:
    """What we say, in the form of what repo2docker says."""
    plan = repository.plan
    problems = REGISTRY.judge(repository).problems
    stops = [each.message for each in problems if each.message.startswith("Binder stops")]
    if stops:
        return {"stops": True}
    return {
        "buildpack": plan.buildpack,
        "python": plan.python.version,
        "read": sorted(path for path in plan.read if not path.endswith(UNNAMED)),
        "project": plan.project,
    }


@pytest.mark.parametrize("name", SITUATIONS)
def test_we_say_what_repo2docker_says(
    name: str, folders: dict[str, Path], truth: dict[str, Any]
) -> None:
    told = truth["folders"][name]
    if "stops" in told:
        assert said(gather(str(folders[name]), ())) == {"stops": True}, told
    else:
        wanted = told | {"buildpack": KINDS[told["buildpack"]]}
        assert said(gather(str(folders[name]), ())) == wanted


def test_the_pythons_are_those_of_repo2docker(truth: dict[str, Any]) -> None:
    assert truth["version"] == image.MEASURED
    assert tuple(truth["supported"]) == image.SUPPORTED
    assert truth["major"] == image.MAJOR
    assert set(truth["locks"]) == set(image.BUILT)


def test_the_image_has_what_we_take_for_granted(truth: dict[str, Any]) -> None:
    for version, names in truth["locks"].items():
        have = {image.ON_PYPI.get(normalized(name), normalized(name)) for name in names}
        wanted = image.PRESENT_APART if version in image.APART else image.PRESENT
        assert version == "3.7" or wanted - have == set(), version
