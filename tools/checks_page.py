"""Write docs/checks.md from the checks themselves."""

from __future__ import annotations

from pathlib import Path

from ipymod.checks import REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.report.explain import whole_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checks.md"


def main() -> None:
    """Write it anew."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(whole_page(REGISTRY, HEALTHY), "utf-8")
    print(f"{PAGE}: {len(list(REGISTRY))} checks")


if __name__ == "__main__":
    main()
