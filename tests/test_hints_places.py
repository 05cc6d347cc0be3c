"""The hint where something is known of other places: environments, files, versions, libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY, pythons
from ipymod.facts import Environment, Kernel
from ipymod.hints import word_on
from ipymod.hints.statement import Wanted, wanted_by
from made_machines import Machine

if TYPE_CHECKING:
    from pathlib import Path

SITE = "env/lib/python3.12/site-packages"
THERE = "other/lib/python3.12/site-packages"


class Ada(Machine):
    """A machine with a kernel in `env` and another environment, in which `thing` is installed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.project = self.folder("home/project")
        self.base()
        self.env, self.other = self.venv("env"), self.venv("other")
        self.site = self.folder(SITE)
        self.installed(THERE, "thing", "2.3", {"thing/__init__.py": ""})

    def installed(
        self, site: str, name: str, version: str, files: dict[str, str], requires: str = ""
    ) -> str:
        info = f"{site}/{name.replace('-', '_')}-{version}.dist-info"
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        self.file(f"{info}/METADATA", f"Name: {name}\nVersion: {version}\n{needs}\nWords.\n")
        self.file(f"{info}/RECORD", "".join(f"{each},,\n" for each in files))
        for each, text in files.items():
            self.file(f"{site}/{each}", text)
        return info

    def kernel(self, version: str = "3.12.1") -> Kernel:
        environment = Environment(self.env, f"{self.root}/base", "venv", version, (self.site,))
        return Kernel(
            executable=f"{self.env}/bin/python",
            prefix=self.env,
            base_prefix=f"{self.root}/base",
            version=version,
            environment=environment,
            path=(self.project, self.site),
            cwd=self.project,
            running=False,
        )

    def word(self, name: str, *on_path: str, file: str = "", version: str = "3.12.1") -> str:
        return word_on(Wanted(name, file=file), self.kernel(version), self.around(*on_path))

    def word_of(self, code: str, file: str = "<cell>") -> str:
        """The word on what code ends with that stands in a file."""
        with pytest.raises(ImportError) as caught:
            exec(compile(code, file, "exec"), {})  # noqa: S102  so does a kernel
        wanted = wanted_by(caught.value)
        return word_on(wanted, self.kernel(), self.around()) if wanted else ""


@pytest.fixture
def ada(tmp_path: Path) -> Ada:
    return Ada(tmp_path)


def installed(how: str) -> str:
    return (
        f"thing 2.3 is installed for Python 3.12 {how}, not in this kernel:\n"
        "%pymod pip install thing"
    )


# Other environments


def test_the_environment_of_a_kernelspec_is_named_with_the_kernelspec(ada: Ada) -> None:
    argv = [f"{ada.other}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    ada.variables["JUPYTER_PATH"] = f"{ada.root}/jupyter"
    told = {"argv": argv, "display_name": "Analysis", "language": "python"}
    ada.file("jupyter/kernels/analysis/kernel.json", json.dumps(told))
    expected = installed(f"in {ada.other} (the kernelspec analysis)")
    assert ada.word("thing") == expected
    ada.variables.clear()
    assert ada.word("thing") == ""


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_the_environment_that_a_variable_names_is_named_with_it(variable: str, ada: Ada) -> None:
    ada.variables[variable] = ada.other
    assert ada.word("thing") == installed(f"in {ada.other} ({variable})")


def test_the_environment_of_the_project_is_named_with_the_project(ada: Ada) -> None:
    ada.file("home/project/pyproject.toml", "[project]\nname = 'demo'\n")
    ada.venv("home/project/.venv")
    site = "home/project/.venv/lib/python3.12/site-packages"
    ada.installed(site, "thing", "2.3", {"thing/__init__.py": ""})
    expected = installed(f"in {ada.project}/.venv (the project demo)")
    assert ada.word("thing") == expected


def test_the_pip_on_path_is_named_before_all_others(ada: Ada) -> None:
    ada.variables["VIRTUAL_ENV"] = ada.other
    expected = installed(f"by the pip on your PATH ({ada.other})")
    assert ada.word("thing", f"{ada.other}/bin") == expected


def test_the_users_packages_of_another_version_are_named_with_it(ada: Ada) -> None:
    ada.installed("home/.local/lib/python3.9/site-packages", "old-thing", "1", {"old.py": ""})
    sentence, command = ada.word("old").splitlines()
    assert sentence.startswith("old-thing 1 is installed for Python 3.9 in ")
    assert command == "%pymod pip install old-thing"


def test_what_was_installed_from_a_folder_is_installed_from_there(ada: Ada) -> None:
    info = ada.installed(THERE, "mine", "0.1", {"mine.py": ""})
    source = ada.folder("home/my code")
    ada.file(f"{info}/direct_url.json", json.dumps({"url": f"file://{source}".replace(" ", "%20")}))
    assert ada.word("mine", f"{ada.other}/bin").splitlines()[1] == f"%pymod pip install '{source}'"


def test_a_loose_file_elsewhere_is_told_and_nothing_is_installed(ada: Ada) -> None:
    ada.file(f"{THERE}/loose.py")
    word = ada.word("loose", f"{ada.other}/bin")
    assert word.startswith("loose is installed for Python 3.12 by the pip on your PATH")
    assert "install " not in word


# What has the name and is another thing


def test_another_project_of_the_name_is_told_with_the_right_one(ada: Ada) -> None:
    ada.installed(SITE, "jwt", "1.3.1", {"jwt/__init__.py": ""})
    assert ada.word("jwt.encode") == (
        f"jwt 1.3.1 is installed in {ada.env}; jwt.encode is of PyJWT:\n"
        "%pymod pip uninstall -y jwt\n%pymod pip install PyJWT"
    )


def test_the_right_one_that_was_overwritten_gets_its_files_back(ada: Ada) -> None:
    ada.installed(SITE, "PyJWT", "2.10", {"jwt/__init__.py": "", "jwt/api_jwt.py": ""})
    ada.installed(SITE, "jwt", "1.3.1", {"jwt/__init__.py": ""})
    command = ada.word("jwt.encode").splitlines()[-1]
    assert command == "%pymod pip install --force-reinstall --no-deps PyJWT"


def test_a_placeholder_without_a_module_is_another_project(ada: Ada) -> None:
    ada.installed(SITE, "sklearn", "0.0.post12", {})
    assert ada.word("sklearn").splitlines()[1:] == [
        "%pymod pip uninstall -y sklearn",
        "%pymod pip install scikit-learn",
    ]


def test_nobody_is_accused_who_brings_the_module_as_the_right_one_does(ada: Ada) -> None:
    ada.installed(SITE, "PyJWT", "2.10", {"jwt/__init__.py": ""})
    expected = "PyJWT 2.10 has no jwt.later; another version may have it"
    assert ada.word("jwt.later") == expected


def test_a_file_that_took_the_name_is_renamed(ada: Ada) -> None:
    file = ada.file("home/project/numpy.py")
    ada.installed(SITE, "numpy", "2.1", {"numpy/__init__.py": "", "numpy/linalg.py": ""})
    sentence, command = ada.word("numpy.linalg").splitlines()
    assert sentence == f"{file} is found first under the name numpy, and it has no numpy.linalg:"
    assert command == f"!mv {file} {ada.project}/my_numpy.py"


def test_a_file_of_the_users_own_name_is_in_nobodys_way(ada: Ada) -> None:
    ada.file("home/project/my_things.py")
    assert ada.word("my_things.part") == ""


# Slips


def test_a_slip_near_an_installed_name_is_mended(ada: Ada) -> None:
    ada.installed(SITE, "pandas", "2.2", {"pandas/__init__.py": ""})
    kernel = replace(ada.kernel(), executable=sys.executable)
    word = word_on(Wanted("pandsa"), kernel, ada.around())
    assert word == "this kernel finds no pandsa; did you mean pandas?\nimport pandas"


@pytest.mark.parametrize("lying", ["thimks", "thimks.txt", "_thimk.py", "thimks-1.py"])
def test_what_is_no_module_is_no_slip(lying: str, ada: Ada) -> None:
    ada.file(f"home/project/{lying}" if "." in lying else f"home/project/{lying}/data.csv")
    kernel = replace(ada.kernel(), executable=sys.executable)
    assert word_on(Wanted("thimk"), kernel, ada.around()) == ""
    ada.file("home/project/thimke.py")
    assert word_on(Wanted("thimk"), kernel, ada.around()).endswith("import thimke")


# Versions


def test_a_version_that_lost_the_module_is_told_with_one_that_has_it(ada: Ada) -> None:
    ada.installed(SITE, "setuptools", "84.0.0", {"setuptools/__init__.py": ""})
    assert ada.word("pkg_resources") == (
        f"pkg_resources comes with setuptools<82, and setuptools 84.0.0 in {ada.env} has none:\n"
        "%pymod pip install 'setuptools<82'"
    )


@pytest.mark.parametrize(
    ("name", "version", "sentence", "command"),
    [
        ("distutils", "3.12.1", "Python 3.12 took distutils out", "setuptools"),
        ("asyncore", "3.12.1", "Python 3.12 took asyncore out", "pyasyncore"),
        ("cgi", "3.13.0", "Python 3.13 took cgi out", "legacy-cgi"),
        ("telnetlib", "3.13.0", "Python 3.13 took telnetlib out", "standard-telnetlib"),
        ("imp", "3.12.1", "importlib takes its place", ""),
        ("crypt", "3.13.0", "hashlib takes its place", ""),
        ("ConfigParser", "3.12.1", "configparser takes its place", ""),
        ("annotationlib", "3.13.0", "from Python 3.14 on", ""),
        ("tomllib", "3.10.9", "from Python 3.11 on", "tomli"),
    ],
)
def test_what_this_version_has_not_is_told_with_what_does_the_same(
    name: str, version: str, sentence: str, command: str, ada: Ada
) -> None:
    said, *commands = ada.word(name, version=version).splitlines()
    assert sentence in said
    assert commands == ([f"%pymod pip install {command}"] if command else [])


@pytest.mark.parametrize(("name", "version"), [("imp", "3.11.9"), ("cgi", "3.12.1")])
def test_of_what_this_version_still_has_no_such_thing_is_said(
    name: str, version: str, ada: Ada
) -> None:
    assert "took" not in ada.word(name, version=version)


ASKED = ("distutils", "imp", "asyncore", "cgi", "telnetlib", "annotationlib", "tomllib")
ASK = """
import importlib, json, sys
from ipymod.hints import hint
said = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        said[name] = hint(error)
print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", pythons())
def test_every_python_tells_what_it_has_not_and_nothing_else(version: str, tmp_path: Path) -> None:
    variables = {"PYTHONPATH": str(REPOSITORY / "src"), "HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [pythons()[version], "-s", "-c", ASK, *ASKED],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    gone = {"imp": 12, "asyncore": 12, "cgi": 13, "telnetlib": 13}
    minor = int(version.split(".")[1])
    taken = {name for name, word in said.items() if "out of the standard library" in word}
    assert taken - {"distutils"} == {name for name, since in gone.items() if since <= minor}
    assert ("annotationlib" in said) is (minor < 14)
    assert "tomllib" not in said


# In the code of others


def test_a_library_that_declares_what_it_needs_is_named_with_it(ada: Ada) -> None:
    files = {"made_lib/__init__.py": ""}
    ada.installed(SITE, "made-lib", "1.0", files, "scikit-learn (>=1.3)")
    file = f"{ada.site}/made_lib/__init__.py"
    assert ada.word("sklearn", file=file) == (
        "made-lib 1.0 needs scikit-learn>=1.3, which is not installed in this kernel:\n"
        "%pymod pip install 'scikit-learn>=1.3'"
    )
    assert ada.word("sklearn", file=f"{ada.project}/made_lib.py").startswith("sklearn comes with")


def test_a_library_that_wants_what_setuptools_lost_gets_the_versions_that_have_it(
    ada: Ada,
) -> None:
    ada.installed(SITE, "made-lib", "1.0", {"made_lib/__init__.py": ""}, "setuptools")
    word = ada.word("pkg_resources", file=f"{ada.site}/made_lib/__init__.py")
    assert word == (
        "made-lib 1.0 imports pkg_resources; pkg_resources comes with setuptools<82, which is not "
        "installed in this kernel:\n%pymod pip install 'setuptools<82'"
    )


@pytest.mark.parametrize("name", ["qzzt_of_nobody", "jsno", "pandsa", "utils"])
def test_an_unknown_name_in_a_library_is_its_own_business(name: str, ada: Ada) -> None:
    ada.installed(SITE, "made-lib", "1.0", {"made_lib/__init__.py": ""})
    assert ada.word(name, file=f"{ada.site}/made_lib/__init__.py") == ""


# Told in words of their own

FROM = """
def load():
    try:
        import made_sheet
    except ImportError as error:
        raise ImportError({text!r}) from {cause}
load()
"""
TEXT = "Missing optional dependency 'made_sheet'.  Use pip or conda to install made_sheet."


def lending(ada: Ada) -> str:
    """A library that can use another one, as pandas can use openpyxl."""
    extra = 'made-sheet>=3.1; extra == "excel"'
    ada.installed(SITE, "made-frames", "2.2", {"made_frames/__init__.py": ""}, extra)
    return f"{ada.site}/made_frames/__init__.py"


@pytest.mark.parametrize("cause", ["error", "None"])
@pytest.mark.parametrize("text", [TEXT, "`Import made_sheet` failed.", "made_sheet is needed"])
def test_a_failed_import_that_a_library_tells_of_is_one(cause: str, text: str, ada: Ada) -> None:
    assert ada.word_of(FROM.format(text=text, cause=cause), lending(ada)) == (
        "made-frames 2.2 needs made-sheet>=3.1, which is not installed in this kernel:\n"
        "%pymod pip install 'made-sheet>=3.1'"
    )


def test_an_optional_dependency_is_known_by_the_words_alone(ada: Ada) -> None:
    code = f"raise ImportError({('No engine: ' + TEXT)!r})"
    assert "needs made-sheet>=3.1" in ada.word_of(code, lending(ada))


def test_words_that_name_the_distribution_tell_of_its_module(ada: Ada) -> None:
    text = "please install scikit-learn"
    code = FROM.format(text=text, cause="error").replace("made_sheet", "sklearn")
    assert ada.word_of(code).endswith("%pymod pip install scikit-learn")


@pytest.mark.parametrize(
    "code",
    [
        FROM.format(text="the licence has run out", cause="error"),
        FROM.format(text="made_sheets are out of paper", cause="error"),
        "raise ImportError('made_sheet')",
        "raise ImportError('DLL load failed while importing cv2', name='cv2')",
        "raise ImportError(\"Missing optional dependency 'qzzt_of_nobody'\")",
    ],
)
def test_words_of_something_else_are_left_alone(code: str, ada: Ada) -> None:
    assert ada.word_of(code, lending(ada)) == ""
