"""Make the table of import names that ipymod ships.

`uv run --group data tools/import_names.py` joins the public data of that group with what
import_names.toml says and writes the table. `--verify FOLDER ...` reads what the wheels and the
environments in those folders really bring, and tells where the table says something else; what
is to be seen of a distribution, `pip download --no-deps --dest FOLDER NAME` brings there.

What the data says is taken only where it is beyond doubt: a distribution much more used than
all others that bring the module, and akin in name. Who is told a wrong name installs it.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
import tomllib
import zipfile
from collections import Counter, defaultdict
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REVIEWED = Path(__file__).with_suffix(".toml")
DATA = Path(__file__).resolve().parents[1] / "src" / "ipymod" / "data"
TABLE = DATA / "import_names.json"

AT_LEAST = 100_000  # downloads a month: what fewer people use is looked up better than guessed
SAME_AT_LEAST = 200_000
MUCH_MORE = 5  # times the downloads of the next distribution that brings the module
OLDEST = "3.4"  # whatever came or went before needs no word any more
NEWEST_2 = "3.0"

NAME = re.compile(r"(?!test_|types_|mypy_boto3_|.*_tests?$|.*_mypyc$)[A-Za-z][A-Za-z0-9_]+")
PART = re.compile(r"[-_.]+")
PUBLIC = re.compile(r"(?!_|xx)").match
STAND_IN = re.compile(r".*(nightly|stubs)$|types-.*")
AFFIX = re.compile(r"(python|py)-.*|.*-(python3?|py3?)")
CODE = (".py", ".so", ".pyd")


class Public(NamedTuple):
    """The public data: who brings a module, the most downloaded first, downloads, how many each."""

    owners: dict[str, list[str]]
    downloads: dict[str, int]
    brought: Mapping[str, int]

    def is_guess(self, module: str) -> bool:
        """Whether it may be named after its distribution for want of a wheel to read."""
        owner, *_ = self.owners[module]
        return flat(module) == owner and self.brought[owner] == 1


class Seen(NamedTuple):
    """What a version of a distribution really brings, and the distributions that it requires."""

    name: str
    version: str
    modules: set[str]
    requires: set[str]


def main() -> int:
    """Write the table, or give 1 if what is installed says something else than it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verify", nargs="+", metavar="FOLDER", type=Path)
    folders = parser.parse_args().verify
    if folders:
        return verify(json.loads(TABLE.read_text("utf-8")), folders)
    TABLE.write_text(text(made()), "utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size} bytes")
    return 0


def made() -> dict[str, Any]:
    """The table, made from the public data and what was reviewed."""
    reviewed = tomllib.loads(REVIEWED.read_text("utf-8"))
    public, versions = read_public(), read_versions()
    standard = set().union(*versions.values())
    certain = dict(beyond_doubt(public, standard, reviewed))
    told, kept = modules(reviewed), set(reviewed["same"].split())
    same = {module for module, owner in certain.items() if flat(module) == owner} | kept
    other = {module: [owner] for module, owner in certain.items() if module not in same}
    return {
        "distributions": other | told,
        "lost": reviewed["lost"],
        "same": sorted(same - set(told)),
        "well_known": sorted(filter(NAME.fullmatch, {*told, *kept})),
        "generic": sorted(reviewed["generic"].split()),
        "removed": removed(versions, reviewed),
        "added": added(versions) | reviewed["parts"],
    }


def text(table: Mapping[str, Any]) -> str:
    """The table as JSON: sorted, and a name a line, so that a change can be read."""
    parts = (f"{json.dumps(key)}: {lines(table[key])}" for key in sorted(table))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def lines(part: Mapping[str, Any] | list[str]) -> str:
    """A part of the table, each of its items on a line of its own."""
    if isinstance(part, list):
        return "[\n" + ",\n".join(map(json.dumps, part)) + "\n]"
    items = (f"{json.dumps(key)}: {json.dumps(part[key])}" for key in sorted(part))
    return "{\n" + ",\n".join(items) + "\n}"


def modules(reviewed: Mapping[str, Any]) -> dict[str, list[str]]:
    """The reviewed modules and the parts of namespaces, with their distributions."""
    parts = {
        f"{base}.{part}": [flat(f"{base}.{part}")]
        for base, told in reviewed["namespaces"].items()
        for part in told.split()
    }
    return parts | {module: told.split() for module, told in reviewed["modules"].items()}


def beyond_doubt(
    public: Public, standard: set[str], reviewed: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The modules whose distribution the data leaves no doubt about."""
    never, absent = set(reviewed["never"].split()), set(reviewed["absent"].split())
    generic = set(reviewed["generic"].split())
    told = {flat(each) for owners in modules(reviewed).values() for each in owners}
    for module, owners in public.owners.items():
        if not NAME.fullmatch(module) or module.lower() in generic or module in standard | absent:
            continue
        owner = sole(module, owners, public.downloads)
        if not owner or owner in never or STAND_IN.match(owner):
            continue
        if not public.is_guess(module) or not (owner in told or AFFIX.fullmatch(owner)):
            yield module, owner


def sole(module: str, owners: list[str], downloads: Mapping[str, int]) -> str:
    """The distribution that has the module for itself; empty if there is a doubt."""
    first, *others = owners
    used = downloads[first]
    if first == flat(module):
        return first if used >= SAME_AT_LEAST else ""
    rival = downloads[others[0]] if others else 0
    certain = used >= max(AT_LEAST, MUCH_MORE * rival) and akin(module, first)
    return first if certain else ""


def akin(module: str, distribution: str) -> bool:
    """Whether the two names have a word in common, or one is in the other."""
    one, other = flat(module), flat(distribution)
    plain, whole = one.replace("-", ""), other.replace("-", "")
    words = {word for word in one.split("-") if len(word) > len("py")}
    return plain in whole or whole in plain or not words.isdisjoint(other.split("-"))


def flat(name: str) -> str:
    """A name as package indexes compare it."""
    return PART.sub("-", name).lower()


def read_public() -> Public:
    """What pyimport2pkg found in the metadata of the most downloaded distributions."""
    address = f"file:{home('pyimport2pkg')}/data/mapping.db?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as base:
        counted = base.execute("SELECT package_name, download_count FROM packages")
        downloads = {flat(name): int(count) for name, count in counted}
        owners = defaultdict(set)
        for module, name in base.execute("SELECT module_name, package_name FROM mappings"):
            owners[module].add(flat(name))

    def used(name: str) -> tuple[int, str]:
        return -downloads[name], name

    brought = Counter(name for each in owners.values() for name in each)
    by_use = {module: sorted(each, key=used) for module, each in owners.items()}
    return Public(by_use, downloads, brought)


def read_versions() -> dict[str, set[str]]:
    """The public standard modules of each version of Python 3, the oldest first."""
    data = import_module("stdlibs")
    known = sorted((each for each in data.KNOWN_VERSIONS if each.startswith("3")), key=numbers)
    late = [version for version in known if numbers(version) >= numbers(OLDEST)]
    return {version: set(filter(PUBLIC, data.stdlib_module_names(version))) for version in late}


def removed(
    versions: Mapping[str, set[str]], reviewed: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """The modules that a version has no more, with the version and what takes their place."""
    old = {module: (NEWEST_2, instead) for module, instead in reviewed["python2"].items()}
    gone = {
        module: (later, reviewed["instead"].get(module, ""))
        for earlier, later in pairwise(versions)
        for module in versions[earlier] - versions[later]
        if module.islower()
    }
    return old | gone


def added(versions: Mapping[str, set[str]]) -> dict[str, str]:
    """The modules that a version brought, with the version."""
    return {
        module: later
        for earlier, later in pairwise(versions)
        for module in versions[later] - versions[earlier]
    }


def numbers(version: str) -> list[int]:
    """A version as it is compared; of its letters nothing is said."""
    return [int(part) for part in re.findall(r"\d+", version)]


def home(package: str) -> Path:
    """Where a package of the data lies; it is not imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed; uv run --group data tools/import_names.py")
    return Path(spec.origin).parent


def verify(table: Mapping[str, Any], folders: Iterable[Path]) -> int:
    """Compare the table with real wheels and environments, and print what differs."""
    kept = defaultdict(list)
    for seen in found(folders):
        kept[seen.name].append(seen)
    told = {module: owners[0] for module, owners in table["distributions"].items()}
    told |= {module: flat(module) for module in table["same"]}
    lost = table["lost"]
    newest = {each: newest_of(kept, owner, lost.get(each, "")) for each, owner in told.items()}
    judged = {module: seen for module, seen in newest.items() if seen}
    other = [module for module, seen in sorted(judged.items()) if flat(module) != seen.name]
    print(f"{len(judged)} modules seen, {len(other)} of another name than their distributions:")
    for module in other:
        print(module, judged[module].name)
    own = [*table["removed"], *table["added"]]  # of these a distribution has but the like
    wrong = [each for each in judged if each not in own and not brings(judged[each], each, kept)]
    for module in wrong:
        print(
            f"the table says that {module} is in {told[module]}: {judged[module].version} has none"
        )
    return 1 if wrong else 0


def newest_of(kept: Mapping[str, list[Seen]], name: str, below: str = "") -> Seen | None:
    """The newest version seen of a distribution, older than another where that is given."""
    seen = kept.get(flat(name), [])
    fitting = [each for each in seen if not below or numbers(each.version) < numbers(below)]
    return max(fitting, key=lambda each: numbers(each.version), default=None)


def brings(seen: Seen, module: str, kept: Mapping[str, list[Seen]]) -> bool:
    """Whether a module comes with a distribution, or with one that it requires."""
    required = (newest_of(kept, each) for each in seen.requires)
    return module in seen.modules or any(each and module in each.modules for each in required)


def found(folders: Iterable[Path]) -> Iterator[Seen]:
    """What lies in these folders: wheels, and the distributions of environments."""
    for folder in folders:
        for wheel in folder.rglob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                files = archive.namelist()
                inner = min((each for each in files if each.endswith("/METADATA")), key=len)
                pths = [each for each in files if each.endswith(".pth")]
                links = [archive.read(each).decode("utf-8", "replace") for each in pths]
                yield described(wheel.stem, linked(files, links), archive.read(inner))
        for metadata in folder.rglob("*.dist-info/METADATA"):
            record = metadata.with_name("RECORD")
            lines = record.read_text("utf-8", "replace").splitlines() if record.exists() else []
            files = [line.split(",")[0] for line in lines]
            if files:
                yield described(metadata.parent.stem, files, metadata.read_bytes())


def linked(files: Iterable[str], links: Iterable[str]) -> list[str]:
    """The files, and again those in the folders that `.pth` files lead to: pywin32 has some."""
    lines = [line.strip().replace("\\", "/") for link in links for line in link.splitlines()]
    folders = [f"{line}/" for line in lines if line and not line.startswith(("#", "import"))]
    below = (each.removeprefix(to) for to in folders for each in files if each.startswith(to))
    return [*files, *below]


def described(label: str, files: Iterable[str], metadata: bytes) -> Seen:
    """A distribution by the name of its wheel or of its metadata: `PyYAML-6.0`."""
    owner, version, *_ = label.split("-")
    requires = re.findall(rb"(?m)^Requires-Dist: *([\w.-]+)", metadata)
    return Seen(flat(owner), version, modules_in(files), {flat(each.decode()) for each in requires})


def modules_in(files: Iterable[str]) -> set[str]:
    """The modules among the files of a distribution, and the packages that they lie in."""
    told = set()
    for file in files:
        inside = re.sub(r"^[^/]+\.data/(pure|plat)lib/|^.*/site-packages/", "", file)
        *folders, last = inside.split("/")
        stem = [] if last.startswith("__init__.") else [last.partition(".")[0]]
        parts = [*folders, *stem]
        if last.endswith(CODE) and all(part.isidentifier() for part in parts):
            told |= {".".join(parts[: end + 1]) for end in range(len(parts))}
    return told


if __name__ == "__main__":
    sys.exit(main())
