"""The hint on a failed import in a bare environment: one known distribution, or none at all."""

from __future__ import annotations

import linecache
import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from ipymod.hints import hint
from ipymod.listing import STDLIB
from ipymod.survey.shelf import normalised
from made_machines import Machine
from test_known import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALL = "%pymod pip install "

# Parts of namespaces, and what no wheel was read of here: their sources have the module.
NAMES = FACTS | {
    "MySQLdb": ["mysqlclient"],
    "cairo": ["pycairo"],
    "gi": ["pygobject"],
    "google.cloud.bigquery": ["google-cloud-bigquery"],
    "google.cloud.storage": ["google-cloud-storage"],
    "google.cloud.vision": ["google-cloud-vision"],
    "google.genai": ["google-genai"],
    "azure.storage.blob": ["azure-storage-blob"],
    "ruamel.yaml": ["ruamel-yaml"],
    "usb": ["pyusb"],
    "wx": ["wxpython"],
}

UNKNOWN = ["qzzt_of_nobody", "my_companys_etl", "_secret", "Ünknown_wörd", "x", "a", "_", "Q"]
EVERYBODYS = ["utils", "config", "helpers", "main", "models", "dataset", "tests", "app"]
EVERYBODYS += ["my_package", "src", "common", "data", "preprocessing", "model_utils", "vector"]
# What somebody else registered under the name that people type.
SQUATTED = ["opencv", "pytorch", "beautifulsoup", "crypto", "cv", "pil", "load_dotenv"]
SQUATTED += ["apiclient", "tk", "conda", "git_python", "mysql_connector", "tensorflow_gpu"]
SLIPS = ["jsno", "ramdom", "collectoins", "maths", "timedelta", "DateTime", "ordereddict", "Json"]
SLIPS += ["nunpy", "sklaern", "pnadas", "maplotlib", "reqeusts", "skleanr.svm"]
NAMESPACES = ["google", "google.cloud", "azure", "azure.storage", "zope", "backports", "svg"]


@pytest.fixture(scope="module", autouse=True)
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let this process be an environment without packages, on a machine without others."""
    root = tmp_path_factory.mktemp("machine")
    version = "{}.{}".format(*sys.version_info)
    machine = Machine(root)
    base, prefix = machine.base(version=version, pip=""), machine.venv(version=version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", f"{prefix}/bin/python")
        patch.setattr(sys, "base_prefix", base)
        patch.setattr(sys, "prefix", prefix)
        dynamic = os.path.join(STDLIB, "lib-dynload")
        patch.setattr(
            sys, "path", ["", STDLIB, dynamic, f"{prefix}/lib/python{version}/site-packages"]
        )
        patch.setattr(os, "environ", {"PATH": f"{prefix}/bin", "HOME": machine.home})
        patch.chdir(machine.cwd)
        yield


def failed(statement: str, monkeypatch: pytest.MonkeyPatch) -> ImportError:
    """What a cell with this statement ends with; our own tools are not loaded for it."""
    top = statement.split()[1].partition(".")[0]
    if top not in sys.stdlib_module_names:
        monkeypatch.delitem(sys.modules, top, raising=False)
    file = f"<cell {statement}>"
    linecache.cache[file] = (len(statement), None, [f"{statement}\n"], file)
    with pytest.raises(ImportError) as caught:
        exec(compile(statement, file, "exec"), {})  # noqa: S102  so does a kernel
    return caught.value


@pytest.mark.parametrize(("module", "owners"), NAMES.items())
def test_a_known_module_gives_its_distribution_in_one_command(
    module: str, owners: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence, command = hint(failed(f"import {module}", monkeypatch)).splitlines()
    assert command.startswith(INSTALL)
    (requirement,) = shlex.split(command.removeprefix(INSTALL))
    assert normalised(requirement.partition("<")[0]) in owners
    assert sentence.endswith("is not installed in this kernel:")
    assert sentence.startswith(module.partition(".")[0])


def test_of_a_module_that_newer_versions_lost_an_older_one_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = hint(failed("import pkg_resources", monkeypatch)).splitlines()[1]
    assert command == "%pymod pip install 'setuptools<82'"


@pytest.mark.parametrize("name", [*UNKNOWN, *EVERYBODYS, *SQUATTED, *SLIPS, *NAMESPACES])
def test_of_a_name_that_is_not_known_for_sure_nothing_is_installed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "install " not in hint(failed(f"import {name}", monkeypatch))


@pytest.mark.parametrize("name", [*UNKNOWN, *EVERYBODYS])
def test_of_a_name_that_says_nothing_nothing_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hint(failed(f"import {name}", monkeypatch)) == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("jsno", "json"),
        ("collectoins", "collections"),
        ("DateTime", "datetime"),
        ("nunpy", "numpy, which is not installed"),
        ("sklaern", "sklearn, which is not installed"),
        ("pil", "PIL, which is not installed"),
    ],
)
def test_a_slip_is_mended_by_a_name_that_can_be_imported_or_is_well_known(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meant in hint(failed(f"import {name}", monkeypatch))


@pytest.mark.parametrize(
    ("name", "module"),
    [("pillow", "PIL"), ("scikit_learn", "sklearn"), ("python_ldap", "ldap"), ("pygobject", "gi")],
)
def test_the_name_of_a_known_distribution_tells_its_module(
    name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence, command = hint(failed(f"import {name}", monkeypatch)).splitlines()
    assert f"the module that it brings is {module}" in sentence
    assert normalised(command.removeprefix(INSTALL)) == normalised(name)


def test_what_is_here_is_never_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("my_things.py", "w", encoding="utf-8") as file:
        file.write("")
    for statement in ("import my_things.part", "from my_things import part"):
        assert hint(failed(statement, monkeypatch)) == ""
