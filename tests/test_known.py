"""The shipped table: which distribution brings a module, and what Python itself has of it."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from environments import REPOSITORY
from ipymod.survey import known
from ipymod.survey.shelf import normalised

DATA = Path(known.__file__).parents[1] / "data"
TOOL = REPOSITORY / "tools" / "import_names.py"
MOST_BYTES = 60_000  # in the wheel

# Modules and who brings them, written by `tools/import_names.py --verify FOLDER ...` from real
# wheels; several where each of them brings the module.
SEEN = """
Bio biopython
Crypto pycryptodome
Cryptodome pycryptodomex
OpenGL pyopengl
OpenSSL pyopenssl
PIL pillow
Stemmer pystemmer
Xlib python-xlib
_cffi_backend cffi
_pytest pytest
absl absl-py
adbc_driver_duckdb duckdb
ahocorasick pyahocorasick
antlr4 antlr4-python3-runtime
argon2 argon2-cffi
attr attrs
blackd black
bs4 beautifulsoup4
bson pymongo
can python-can
cattr cattrs
cfnlint cfn-lint
clang libclang
cpuinfo py-cpuinfo
cv2 opencv-python opencv-python-headless
dateparser_data dateparser
dateutil python-dateutil
dns dnspython
docx python-docx
dotenv python-dotenv
ee earthengine-api
erfa pyerfa
evtk pyevtk
faiss faiss-cpu
fitz pymupdf
flint python-flint
fpdf fpdf2
functorch torch
git gitpython
github pygithub
google.oauth2 google-auth
google.protobuf protobuf
googleapiclient google-api-python-client
graphql graphql-core
gridfs pymongo
grpc grpcio
grpc_tools grpcio-tools
imblearn imbalanced-learn
ipykernel_launcher ipykernel
isympy sympy
jwt pyjwt
kafka kafka-python
lightning_fabric pytorch-lightning
magic python-magic
markdown_it markdown-it-py
mesonbuild meson
mesonpy meson-python
mpl_toolkits matplotlib
multipart python-multipart
mypyc mypy
mysql mysql-connector-python
mysql.connector mysql-connector-python
mysqlx mysqlx-connector-python
nacl pynacl
nats nats-py
open_clip open-clip-torch
open_clip_train open-clip-torch
opentelemetry.trace opentelemetry-api
orbax orbax-checkpoint
ot pot
paho paho-mqtt
pandas_profiling ydata-profiling
past future
pasta google-pasta
pdfminer pdfminer-six
pkg_resources setuptools
playhouse peewee
pp ppft
pptx python-pptx
progressbar progressbar2
proto proto-plus
psycopg2 psycopg2-binary
pybullet_data pybullet
pybullet_utils pybullet
pycrfsuite python-crfsuite
pylab matplotlib
pypdfium2_raw pypdfium2
pysat python-sat
pythoncom pywin32
pythonjsonlogger python-json-logger
pywintypes pywin32
pywt pywavelets
pyximport cython
rest_framework djangorestframework
rpds rpds-py
samtranslator aws-sam-translator
serial pyserial
shapefile pyshp
simtk openmm
skfem scikit-fem
skimage scikit-image
sklearn scikit-learn
skrf scikit-rf
slugify python-slugify
socks pysocks
speech_recognition speechrecognition
telebot pytelegrambotapi
telegram python-telegram-bot
tiktoken_ext tiktoken
tlz toolz
torchgen torch
umap umap-learn
upath universal-pathlib
vtkmodules vtk
websocket websocket-client
win32api pywin32
win32clipboard pywin32
win32com pywin32
win32con pywin32
win32event pywin32
win32file pywin32
win32gui pywin32
win32pipe pywin32
win32process pywin32
win32security pywin32
win32service pywin32
win32ui pywin32
xdist pytest-xdist
yaml pyyaml
z3 z3-solver
zmq pyzmq
"""
FACTS = {module: owners for module, *owners in map(str.split, SEEN.split("\n")[1:-1])}


def table() -> dict[str, list[str] | dict[str, list[str]]]:
    told: dict[str, list[str] | dict[str, list[str]]] = json.loads(
        (DATA / "import_names.json").read_text("utf-8")
    )
    return told


def reviewed(part: str) -> list[str]:
    told: str = tomllib.loads(TOOL.with_suffix(".toml").read_text("utf-8"))[part]
    return told.split()


def flat(names: tuple[str, ...]) -> list[str]:
    return [normalised(name) for name in names]


def test_more_than_a_hundred_facts_were_seen_in_real_wheels() -> None:
    differing = [module for module, owners in FACTS.items() if normalised(module) not in owners]
    assert len(differing) == len(FACTS) >= 120


@pytest.mark.parametrize(("module", "owners"), FACTS.items())
def test_a_module_is_told_by_the_distribution_that_was_seen_to_bring_it(
    module: str, owners: list[str]
) -> None:
    told = known.distributions_of(module)
    assert normalised(told[0]) in owners
    assert set(owners) <= set(flat(told))


def test_no_suggestion_differs_from_what_is_installed_here() -> None:
    here = {name: flat(tuple(owners)) for name, owners in packages_distributions().items()}
    told = {module: known.distributions_of(module) for module in here}
    assert sum(map(bool, told.values())) >= 30
    wrong = {
        module: names
        for module, names in told.items()
        if names and set(here[module]).isdisjoint(flat(names))
    }
    assert wrong == {}


def test_a_module_of_several_distributions_is_told_with_all_of_them() -> None:
    kinds = ("opencv-python", "opencv-contrib-python")
    every = {name for kind in kinds for name in (kind, f"{kind}-headless")}
    assert set(known.distributions_of("cv2")) == every
    assert known.distributions_of("psycopg2") == ("psycopg2-binary", "psycopg2")
    assert known.distributions_of("faiss") == ("faiss-cpu", "faiss-gpu-cu12")


def test_a_module_that_newer_versions_lost_is_told_with_the_versions_that_have_it() -> None:
    assert known.requirements_of("pkg_resources.extern") == ("setuptools<82",)
    assert known.distributions_of("pkg_resources.extern") == ("setuptools",)
    assert "pkg_resources" in known.modules_of("setuptools")


@pytest.mark.parametrize(
    ("name", "module"),
    [("python_ldap", "ldap"), ("llama_cpp_python", "llama_cpp"), ("nats_py", "nats")],
)
def test_a_distribution_is_not_taken_for_a_module_of_its_name(name: str, module: str) -> None:
    assert known.distributions_of(name) == ()
    assert known.modules_of(name) == (module,)


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("google.cloud.storage.blob", "google-cloud-storage"),
        ("google.cloud.bigquery", "google-cloud-bigquery"),
        ("google.protobuf.message", "protobuf"),
        ("azure.storage.blob", "azure-storage-blob"),
        ("ruamel.yaml", "ruamel.yaml"),
        ("mpl_toolkits.basemap", "basemap"),
        ("mpl_toolkits.mplot3d", "matplotlib"),
    ],
)
def test_a_part_of_a_namespace_is_told_by_its_own_distribution(
    module: str, distribution: str
) -> None:
    assert known.distributions_of(module) == (distribution,)


@pytest.mark.parametrize(
    "module", ["google", "google.cloud", "azure", "azure.storage", "zope", "jaraco", "nvidia"]
)
def test_a_namespace_alone_is_told_by_none(module: str) -> None:
    assert known.distributions_of(module) == ()


@pytest.mark.skipif(not TOOL.exists(), reason="tools/import_names.py is absent")
def test_what_must_never_be_suggested_is_not_in_the_table() -> None:
    told = table()
    never = {normalised(name) for name in reviewed("never")}
    assert {"sklearn", "opencv", "dotenv", "beautifulsoup", "jwt"} <= never
    assert isinstance(told["distributions"], dict)
    names = {normalised(each) for owners in told["distributions"].values() for each in owners}
    assert never.isdisjoint(names)
    assert never.isdisjoint(map(normalised, told["same"]))


@pytest.mark.skipif(not TOOL.exists(), reason="tools/import_names.py is absent")
def test_a_module_that_everybody_has_is_neither_told_nor_a_misspelt_name() -> None:
    for module in (*reviewed("generic"), "utils", "tools", "config"):
        assert (known.distributions_of(module), known.alike(module)) == ((), ()), module


def test_no_standard_module_is_told_but_for_one_that_came_or_went() -> None:
    for module in sys.stdlib_module_names:
        if known.distributions_of(module):
            assert known.removed(module) != ("", "") or known.added(module), module


@pytest.mark.parametrize("name", ["sklearm", "qqqq_zzzz", "", ".", "opencv", "beautifulsoup"])
def test_a_name_that_nobody_knows_is_told_by_none(name: str) -> None:
    assert known.distributions_of(name) == ()
    assert known.modules_of(name) == ()


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("sklaern", "sklearn"),
        ("maplotlib", "matplotlib"),
        ("Numpy", "numpy"),
        ("pil", "PIL"),
    ],
)
def test_a_module_is_guessed_from_a_slip(name: str, module: str) -> None:
    assert known.distributions_of(name) == ()
    assert known.alike(name) == (module,)


@pytest.mark.parametrize("name", ["", "google.cloud", "sqlalchemi.orm", "qqqq_zzzz"])
def test_nothing_is_guessed_from_what_is_like_no_module(name: str) -> None:
    assert known.alike(name) == ()


def test_the_modules_of_a_distribution_are_told_however_it_is_written() -> None:
    assert known.modules_of("Typing.Extensions") == ("typing_extensions",)
    assert known.modules_of("typing-_.extensions") == ("typing_extensions",)
    assert known.modules_of("Scikit_Learn") == ("sklearn",)
    assert known.modules_of("pillow") == ("PIL",)
    assert {"win32api", "pythoncom"} <= set(known.modules_of("pywin32"))


@pytest.mark.parametrize(
    ("module", "version", "instead"),
    [
        ("urllib2", "3.0", "urllib.request"),
        ("distutils", "3.12", ""),
        ("imp", "3.12", "importlib"),
        ("cgi", "3.13", ""),
        ("pipes", "3.13", "subprocess"),
    ],
)
def test_a_module_that_python_took_out_is_told_with_its_version(
    module: str, version: str, instead: str
) -> None:
    assert known.removed(module) == (version, instead)


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("distutils", "setuptools"),
        ("cgi", "legacy-cgi"),
        ("telnetlib", "standard-telnetlib"),
        ("asyncore", "pyasyncore"),
        ("tomllib", "tomli"),
        ("zoneinfo", "backports.zoneinfo"),
    ],
)
def test_a_module_that_python_has_not_is_told_by_who_has_it(module: str, distribution: str) -> None:
    assert known.distributions_of(module) == (distribution,)


def test_a_module_that_python_brought_is_told_with_its_version() -> None:
    versions = [known.added(name) for name in ("tomllib", "zoneinfo", "compression.zstd", "json")]
    assert versions == ["3.11", "3.9", "3.14", ""]


def test_what_takes_the_place_of_a_module_can_be_imported() -> None:
    removed = table()["removed"]
    assert isinstance(removed, dict)
    places = {instead for _version, instead in removed.values() if instead}
    top = {place.partition(".")[0] for place in places}
    assert len(places) > 20
    assert top <= sys.stdlib_module_names


def test_the_licence_of_the_data_stands_beside_the_table() -> None:
    text = (DATA / "import_names.LICENSE").read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in text
    group = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for pinned in group["data"]:
        assert pinned.replace("==", " ") in text


def test_the_table_is_read_only_when_a_name_is_asked_for() -> None:
    code = "from ipymod.survey import known; print(known._table.cache_info().currsize)"
    asked = f"{code}; known.added('json'); print(known._table.cache_info().currsize)"
    ended = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["0", "1"]


@pytest.mark.skipif(
    None in (find_spec("pyimport2pkg"), find_spec("stdlibs")),
    reason="the public data is absent: uv sync --group data",
)
def test_the_table_is_what_the_tool_makes() -> None:
    tool = runpy.run_path(str(TOOL))
    written = (DATA / "import_names.json").read_text("utf-8")
    assert tool["text"](tool["made"]()) == written, f"run python {TOOL}"


def made_wheel(folder: Path, name: str, version: str, *files: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}-{version}.dist-info/METADATA", f"Name: {name}\n")
        for file in files:
            wheel.writestr(file, "")


@pytest.mark.skipif(not TOOL.exists(), reason="tools/import_names.py is absent")
def test_a_wrong_row_of_the_table_is_told_by_the_newest_wheel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verify = runpy.run_path(str(TOOL))["verify"]
    made_wheel(tmp_path, "tools_of", "9.1", "gone/__init__.py", "kept.py")
    told = {"distributions": {"gone": ["tools-of"]}, "same": [], "removed": {}, "added": {}}
    assert verify(told | {"lost": {}}, [tmp_path]) == 0
    made_wheel(tmp_path, "tools_of", "10.0", "kept.py")
    assert verify(told | {"lost": {}}, [tmp_path]) == 1
    assert "the table says that gone is in tools-of: 10.0 has none" in capsys.readouterr().out
    assert verify(told | {"lost": {"gone": "10"}}, [tmp_path]) == 0


def test_the_table_is_small_in_the_wheel() -> None:
    import zlib

    assert len(zlib.compress((DATA / "import_names.json").read_bytes())) < MOST_BYTES
