"""The IPythons that tests run in: the newest every day, the older ones in CI."""

import pytest

GENERATIONS = [
    pytest.param("colab", marks=pytest.mark.slow),
    pytest.param("ipython8", marks=pytest.mark.slow),
    "ipython9",
]
