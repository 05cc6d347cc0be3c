"""Build the site: `make docs` runs this in the environment of the group `docs`.

Pages and executed notebooks are laid into BUILD/docs, where Sphinx finds them; the site comes to
be in BUILD/site. It asks no other host for anything and works without a server. A warning of
Sphinx, a notebook that fails and a link that leads nowhere are errors.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from docs_links import faults, foreign
from docs_pages import REPOSITORY, Pages, written
from docs_tutorials import ExecutionFailed, executed, pages

DOCS = REPOSITORY / "docs"


def main() -> int:
    """Give 0, or 1 if something is wrong."""
    asked = _parser().parse_args()
    build: Path = asked.build.resolve()
    try:
        tutorials = pages(executed(build / "tutorials"), build / "lite")
    except ExecutionFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    lay(build / "docs", own() | written() | tutorials)
    if sphinx(build):
        return 1
    with_lite(build)
    return links(build)


def links(build: Path) -> int:
    """Look at all links, and list those to other hosts; 0, or 1 if one leads nowhere."""
    listed = build / "foreign-links.txt"
    listed.write_text("\n".join(foreign(build / "site")) + "\n", "utf-8")
    found = faults(build / "site")
    print("\n".join(found) or f"The site: {build / 'site' / 'index.html'}")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build", help="where it goes")
    return parser


def own() -> Pages:
    """Give the pages that are written by hand; docs/checks.md is for those who read the sources."""
    by_hand = set(DOCS.glob("*.md")) - {DOCS / "checks.md"}
    return {path.name: path.read_text("utf-8") for path in by_hand}


def lay(folder: Path, laid: Pages) -> None:
    """Write what has changed, and remove what is no longer there: Sphinx reads no page in vain."""
    for place, text in laid.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in laid:
            path.unlink()


def sphinx(build: Path) -> int:
    """Turn the pages into the site; give the exit status."""
    shutil.rmtree(build / "site", ignore_errors=True)  # a page that is gone leaves nothing behind
    options = ("-q", "-W", "--keep-going", "-n", "-j", "auto", "-b", "html")
    places = ("-c", DOCS, "-d", build / "doctrees", build / "docs", build / "site")
    return subprocess.call([sys.executable, "-m", "sphinx", *options, *map(str, places)])


def with_lite(build: Path) -> None:
    """Put the JupyterLite site under the site, if there is one."""
    if (build / "lite").is_dir():
        shutil.copytree(build / "lite", build / "site" / "lite")


if __name__ == "__main__":
    sys.exit(main())
