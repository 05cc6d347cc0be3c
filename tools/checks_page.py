"""Write docs/checks.md from the checks themselves."""

from __future__ import annotations

from pathlib import Path

from ipymod.commands.explain import chapters
from ipymod.report.explain import whole_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checks.md"


def main() -> None:
    """Write it anew."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(whole_page(chapters()), "utf-8")
    print(f"{PAGE}: {sum(len(list(chapter.registry)) for chapter in chapters())} checks")


if __name__ == "__main__":
    main()
