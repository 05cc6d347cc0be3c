"""Real environments whose packages tests may break, and small wheels made on the spot."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ipymod.checks import packages as checks
from ipymod.checks.base import REGISTRY
from ipymod.facts import Kernel
from ipymod.facts.everything import Facts
from ipymod.facts.settings import Settings
from ipymod.launchers import Surroundings, environment_of
from ipymod.survey.packages import gather_packages
from real_launchers import BUILT_WITH, PLACE, described, made, python, run, uv

if TYPE_CHECKING:
    from ipymod.facts.packages import Packages
    from ipymod.registry import Problem

CODES = [check.code for check in REGISTRY if check.family == "packages" and checks]


@dataclass(frozen=True)
class Place:
    """An interpreter, as real as it gets, and what we say of its packages."""

    executable: str
    first_on_path: str = ""

    @property
    def around(self) -> Surroundings:
        first = self.first_on_path or os.path.dirname(self.executable)
        variables = {"HOME": str(PLACE / "nobody"), "PATH": first}
        return Surroundings((first,), "/", variables, variables["HOME"], "Linux")

    @cached_property
    def kernel(self) -> Kernel:
        told = described(self.executable, "", self.around)
        assert told
        return Kernel(
            executable=self.executable,
            prefix=told["prefix"],
            base_prefix=told["base"],
            version=told["version"],
            environment=environment_of(self.executable, self.around),
            path=tuple(told["path"]),
            cwd="/",
            system=platform.system(),
            machine=platform.machine(),
        )

    @property
    def site(self) -> Path:
        return Path(self.kernel.environment.site[0])

    @property
    def packages(self) -> Packages:
        return gather_packages(self.kernel, self.around)

    def problems(self, settings: Settings | None = None) -> list[Problem]:
        facts = Facts(self.kernel, packages=self.packages, settings=settings or Settings())
        return list(REGISTRY.judge(facts, ["packages"]).problems)

    def codes(self) -> list[str]:
        return sorted({problem.code for problem in self.problems()})

    def pip(self, *words: str) -> None:
        run(self.executable, "-m", "pip", *words)

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = BUILT_WITH | {"HOME": str(PLACE / "nobody")}
        command = [self.executable, *words]
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, cwd="/"
        )

    def mend(self, problem: Problem) -> None:
        """Paste the command that a problem names, where there is no network."""
        environ = BUILT_WITH | {"HOME": str(PLACE / "nobody"), "PIP_NO_INDEX": "1"}
        environ["PIP_FIND_LINKS"] = str(Path(self.kernel.prefix) / "wheels")
        subprocess.run(["/bin/sh", "-c", problem.fix], env=environ, check=True, cwd="/")

    def wheel(self, name: str, version: str = "1.0", **parts: str | bytes) -> Path:
        """A wheel beside the environment, where `mend` finds it; see `write_wheel`."""
        folder = Path(self.kernel.prefix) / "wheels"
        folder.mkdir(exist_ok=True)
        return write_wheel(folder, name, version, parts)


def fresh(at: Path, version: str, *, newest: bool = False) -> Place:
    """A copy of a virtual environment, with the pip that its Python brought or the newest."""

    def build(place: Path) -> None:
        if newest:
            uv("venv", "--seed", "--python", python(version), str(place))
        else:
            run(python(version), "-m", "venv", str(place))

    kept = made(f"packages-{version}-{newest}", build)
    shutil.copytree(kept, at, symlinks=True)
    return Place(str(at / "bin/python"))


def write_wheel(folder: Path, name: str, version: str, parts: dict[str, str | bytes]) -> Path:
    """A wheel with these files; `requires` and `tag` are no files but what it says of itself."""
    tag = str(parts.pop("tag", "py3-none-any"))
    requires = str(parts.pop("requires", ""))
    lines = [f"Requires-Dist: {line}" for line in requires.split("\n") if line]
    info = f"{name}-{version}.dist-info"
    told = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, ""]
    pure = str(tag.endswith("-any")).lower()
    contents = {
        **parts,
        f"{info}/METADATA": "\n".join(told),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tag}\n",
    }
    rows = []
    file = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in contents.items():
            read = data.encode() if isinstance(data, str) else data
            digest = base64.urlsafe_b64encode(hashlib.sha256(read).digest()).decode().rstrip("=")
            rows.append(f"{path},sha256={digest},{len(read)}")
            archive.writestr(path, read)
        archive.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,", ""]))
    return file


def listed(place: Place) -> set[tuple[str, str]]:
    """What `pip list` says."""
    answer = place.ask("-m", "pip", "list", "--format", "json")
    return {(each["name"], each["version"]) for each in json.loads(answer.stdout)}


def checked(place: Place) -> set[tuple[str, str, str]]:
    """What `pip check` complains of: who, what it requires, the version that is there."""
    text = place.ask("-m", "pip", "check").stdout
    missing = re.findall(r"^(\S+) \S+ requires (\S+), which is not installed", text, re.MULTILINE)
    wrong = re.findall(
        r"^(\S+) \S+ has requirement ([A-Za-z0-9._-]+).*, but you have \S+ (\S+)\.$",
        text,
        re.MULTILINE,
    )
    return {_plain(by, name, "") for by, name in missing} | {_plain(*each) for each in wrong}


def checked_by_uv(place: Place) -> set[tuple[str, str, str]]:
    """What `uv pip check` complains of, in the same form."""
    words = [sys.executable, "-m", "uv", "pip", "check", "--python", place.executable]
    text = subprocess.run(words, capture_output=True, text=True, check=False).stderr
    found = re.findall(
        r"The package `([^`]+)` requires `([A-Za-z0-9._-]+)[^`]*`, but "
        r"(?:`([^`]+)` is installed|it's not installed)",
        text,
    )
    return {_plain(*each) for each in found}


def unmet(place: Place) -> set[tuple[str, str, str]]:
    """What we say, in the same form."""
    return {
        _plain(each.by, each.name, each.found)
        for each in place.packages.unmet
        if each.name != "python"
    }


def _plain(by: str, name: str, version: str) -> tuple[str, str, str]:
    by, name = (re.sub(r"[-_.]+", "-", each).lower() for each in (by, name))
    return by, name, version
