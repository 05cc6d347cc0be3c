"""All tutorials are run once for all tests; `make test` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docs_tutorials import keep

from environments import REPOSITORY
from tutorials.books import run_all

if TYPE_CHECKING:
    from tutorials.books import Fresh, Ran

ALL_SECONDS = 1200


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first waits for all tutorials."""
    for item in items:
        if item.get_closest_marker("tutorials"):
            item.add_marker(pytest.mark.timeout(ALL_SECONDS))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fresh]:
    """Both variants, run to the end: the environment of each, and what came of each notebook."""
    ran = run_all(tmp_path_factory.mktemp("tutorials"))
    kept = ran["kept"]
    for name, each in kept.ran.items():
        if each.told["status"] == "passed":  # so that `make docs` need not do it again
            keep(kept.folder / "notebooks" / name, REPOSITORY / "build" / "tutorials")
    return ran


@pytest.fixture
def kept(fresh: dict[str, Fresh]) -> dict[str, Ran]:
    """What came of the notebooks as they are kept."""
    return fresh["kept"].ran


@pytest.fixture
def solved(fresh: dict[str, Fresh]) -> dict[str, Ran]:
    """What came of them with the answers in the place of the exercises."""
    return fresh["solved"].ran
