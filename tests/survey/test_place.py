"""What is gathered of the place, the project and a missing module, on made files."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from typing import TYPE_CHECKING

import pytest

from ipymod.facts import Environment, Kernel
from ipymod.launchers import Surroundings
from ipymod.survey.place import (
    container_of,
    gather_missing,
    gather_place,
    gather_project,
    is_wsl,
)
from made_machines import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ipymod.facts.place import Missing, Project

SERVICES = [
    ("colab", {"COLAB_RELEASE_TAG": "release-colab_2025"}),
    ("kaggle", {"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}),
    ("binder", {"BINDER_REPO_URL": "https://github.com/a/b", "JUPYTERHUB_USER": "a-b-x1"}),
    ("sagemaker", {"SAGEMAKER_SPACE_NAME": "default"}),
    ("databricks", {"DATABRICKS_RUNTIME_VERSION": "15.4"}),
    ("deepnote", {"DEEPNOTE_PROJECT_ID": "1"}),
    ("codespaces", {"CODESPACES": "true", "VSCODE_PID": "7"}),
    ("jupyterhub", {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}),
    ("vscode", {"VSCODE_PID": "77"}),
    ("", {"KAGGLE_USERNAME": "ada", "KAGGLE_KEY": "secret"}),
    ("", {"SAGEMAKER_ROLE": "arn", "DATABRICKS_HOST": "https://x", "DATABRICKS_TOKEN": "t"}),
    ("", {"JUPYTERHUB_CRYPT_KEY": "k", "VSCODE_IPC_HOOK_CLI": "/x", "COLAB_GPU": ""}),
    ("", {}),
]


class Ada(Machine):
    """A machine with one kernel, in `env`, that works in `project`."""

    def __init__(self, root: Path, system: str = "Linux") -> None:
        super().__init__(root, system)
        self.home = self.folder("home/ada")
        self.project = self.folder("home/ada/project")
        self.path = (self.project, self.folder("env/lib/python3.12/site-packages"))

    def kernel(self, *, cwd: str = "", running: bool = False) -> Kernel:
        prefix = self.folder("env")
        environment = Environment(prefix, "/usr", "venv", "3.12.1", self.path[1:])
        python = f"{prefix}/bin/python"
        return Kernel(
            python,
            prefix,
            "/usr",
            "3.12.1",
            environment,
            self.path,
            cwd or self.project,
            running=running,
        )

    def found(self, **variables: str) -> Project | None:
        self.variables = variables
        return gather_project(self.kernel(), self.around())

    def found_in(self, folder: str) -> Project | None:
        return gather_project(self.kernel(cwd=self.folder(folder)), self.around())

    def missing(self, name: str, *on_path: str) -> Missing:
        found = gather_missing(self.kernel(), self.around(*on_path), name)
        assert found is not None
        return found

    def wheel(self, site: str, name: str, version: str, *names: str) -> str:
        info = f"{site}/{name.replace('-', '_')}-{version}.dist-info"
        self.file(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        for each in names:
            self.file(f"{site}/{each}", "")
        lines = "".join(f"{each},,\n" for each in names)
        self.file(f"{info}/RECORD", lines)
        return info


@pytest.fixture
def ada(tmp_path: Path) -> Ada:
    return Ada(tmp_path)


def around(variables: Mapping[str, str], system: str = "Linux") -> Surroundings:
    return Surroundings((), "/", variables, "/home/ada", system)


@pytest.mark.parametrize(("service", "variables"), SERVICES)
def test_a_service_is_known_by_its_variables(
    service: str, variables: dict[str, str], ada: Ada
) -> None:
    ada.variables = variables
    place = gather_place(ada.kernel(), ada.around())
    assert place.service == service
    assert set(place.signs) <= set(variables)
    assert bool(place.signs) is bool(service)


def test_the_value_of_a_variable_is_never_kept(ada: Ada) -> None:
    ada.variables = {"JUPYTERHUB_USER": "ada-secret"}
    assert "ada-secret" not in repr(gather_place(ada.kernel(), ada.around()))


@pytest.mark.parametrize(
    ("release", "variables", "system", "wsl"),
    [
        ("5.15.90.1-microsoft-standard-WSL2", {"WSL_DISTRO_NAME": "Ubuntu"}, "Linux", True),
        ("4.4.0-19041-Microsoft", {"WSL_INTEROP": "/run/x"}, "Linux", True),
        ("6.1.0-18-amd64", {}, "Linux", False),
        ("5.15.90.1-microsoft-standard-WSL2", {"KUBERNETES_SERVICE_HOST": "1"}, "Linux", False),
        ("", {"WSL_DISTRO_NAME": "Ubuntu"}, "Windows", False),
    ],
)
def test_wsl_is_told_from_linux_and_from_containers_on_windows(
    release: str, variables: dict[str, str], system: str, *, wsl: bool
) -> None:
    assert is_wsl(release, around(variables, system)) is wsl


@pytest.mark.parametrize(
    ("groups", "container"),
    [
        ("0::/\n", ""),
        ("", ""),
        ("12:pids:/docker/0123abcd\n", "docker"),
        ("0::/kubepods/besteffort/pod1/docker-1\n", "kubernetes"),
        ("0::/machine.slice/libpod-1.scope\n", "podman"),
        ("1:name=systemd:/lxc/box\n", "lxc"),
    ],
)
def test_a_container_is_known_by_the_groups_of_the_first_process(
    groups: str, container: str
) -> None:
    assert container_of(groups) == container


def test_rosetta_is_asked_on_a_mac_alone(ada: Ada) -> None:
    expected = None if sys.platform != "darwin" else False
    assert gather_place(ada.kernel(running=True), ada.around()).translated is expected


# The project


def test_no_project_is_none(ada: Ada) -> None:
    assert ada.found() is None


def test_a_folder_above_the_home_is_nobodys_project(ada: Ada) -> None:
    ada.file("home/pyproject.toml", "[project]\nname = 'x'\n")
    assert ada.found() is None


@pytest.mark.parametrize("mark", [".venv/pyvenv.cfg", "environment.yml", ".python-version"])
def test_an_environment_or_a_version_in_the_home_folder_is_for_everything(
    ada: Ada, mark: str
) -> None:
    ada.file(f"home/ada/{mark}", "3.9\n")
    assert ada.found() is None
    ada.file(f"home/ada/project/{mark}", "3.9\n")
    assert ada.found()


def test_a_project_in_the_home_folder_is_one(ada: Ada) -> None:
    ada.file("home/ada/pyproject.toml", "[project]\nname = 'x'\n")
    project = ada.found()
    assert project
    assert project.name == "x"


def test_a_passing_environment_of_uv_is_the_one_that_it_extends(ada: Ada) -> None:
    ada.file("home/ada/project/.venv/pyvenv.cfg")
    ada.file("env/pyvenv.cfg", f"uv = 0.13.8\nextends-environment = {ada.project}/.venv\n")
    project = ada.found()
    assert project
    assert [each.of_kernel for each in project.environments] == [True]
    ada.file("env/pyvenv.cfg", "uv = 0.13.8\n")
    alone = ada.found()
    assert alone
    assert [each.of_kernel for each in alone.environments] == [False]


def test_a_project_is_found_from_a_folder_in_it(ada: Ada) -> None:
    ada.file(
        "home/ada/project/pyproject.toml", "[project]\nname = 'demo'\nrequires-python = '>=3.11'\n"
    )
    project = ada.found_in("home/ada/project/notebooks/deep")
    assert project
    assert (project.root, project.name) == (ada.project, "demo")
    assert project.requires == ">=3.11"
    assert project.requires_in == f"{ada.project}/pyproject.toml"


def test_the_folder_of_the_notebook_comes_before_the_working_directory(ada: Ada) -> None:
    notebook = ada.file("home/ada/other/a.ipynb", "{}")
    ada.file("home/ada/other/pyproject.toml", "[project]\nname = 'other'\n")
    project = ada.found(JPY_SESSION_NAME=notebook)
    assert project
    assert project.name == "other"
    assert ada.found(JPY_SESSION_NAME="other/a.ipynb") is None


def test_the_own_environment_is_the_kernels_through_any_link(ada: Ada) -> None:
    ada.file("env/pyvenv.cfg")
    ada.link("home/ada/project/.venv", f"{ada.root}/env")
    project = ada.found()
    assert project
    assert [each.of_kernel for each in project.environments] == [True]


def test_a_folder_called_venv_without_a_config_is_no_environment(ada: Ada) -> None:
    ada.file("home/ada/project/pyproject.toml")
    ada.file("home/ada/project/.venv/notes.txt")
    project = ada.found()
    assert project
    assert project.environments == ()


def test_what_a_project_environment_can_do_is_told(ada: Ada) -> None:
    ada.base()
    ada.venv("home/ada/project/.venv")
    project = ada.found()
    assert project
    (first,) = project.environments
    assert (first.tool, first.ipykernel, first.of_kernel) == ("venv", False, False)
    assert first.python == f"{ada.project}/.venv/bin/python"
    ada.wheel("home/ada/project/.venv/lib/python3.12/site-packages", "ipykernel", "6.29.5")
    again = ada.found()
    assert again
    assert again.environments[0].ipykernel


def test_uv_takes_the_environment_that_a_variable_names(ada: Ada) -> None:
    ada.file("home/ada/project/uv.lock")
    ada.file("home/ada/project/.venv/pyvenv.cfg")
    ada.file("home/ada/project/.uv-env/pyvenv.cfg")
    project = ada.found(UV_PROJECT_ENVIRONMENT=".uv-env")
    assert project
    assert [(each.tool, each.prefix) for each in project.environments] == [
        ("uv", f"{ada.project}/.uv-env"),
        ("venv", f"{ada.project}/.venv"),
    ]
    assert project.environments[0].named_by == "UV_PROJECT_ENVIRONMENT"


def test_a_member_of_a_workspace_uses_the_environment_of_its_root(ada: Ada) -> None:
    ada.file(
        "home/ada/project/pyproject.toml",
        "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/out']\n",
    )
    ada.file("home/ada/project/uv.lock")
    ada.file("home/ada/project/.venv/pyvenv.cfg")
    for name in ("in", "out"):
        ada.file(f"home/ada/project/packages/{name}/pyproject.toml", f"[project]\nname='{name}'")
    member = ada.found_in("home/ada/project/packages/in")
    outsider = ada.found_in("home/ada/project/packages/out")
    assert member
    assert outsider
    assert [each.prefix for each in member.environments] == [f"{ada.project}/.venv"]
    assert outsider.environments == ()


@pytest.mark.parametrize("broken", [b"\xff\xfe", b"[project\n", b"a = " + b"[" * 5000, b"\0"])
def test_a_file_that_is_no_toml_is_noted(broken: bytes, ada: Ada) -> None:
    ada.file("home/ada/project/pyproject.toml", broken)
    project = ada.found()
    assert project
    assert project.unread == (f"{ada.project}/pyproject.toml",)
    assert project.name == "project"


@pytest.mark.parametrize(
    "odd",
    [
        "project = 1",
        "[project]\nname=1\nrequires-python=[1]",
        "[tool]\nuv=3\npoetry=['x']",
        "tool=1",
    ],
)
def test_toml_of_another_shape_is_passed_over(odd: str, ada: Ada) -> None:
    ada.file("home/ada/project/pyproject.toml", odd)
    project = ada.found()
    assert project
    assert (project.name, project.requires, project.unread) == ("project", "", ())


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("3.12\n", ("3.12",)),
        ("# mine\n3.9.18 # old\n\nmyenv\n", ("3.9.18", "myenv")),
        ("", ()),
        ("\ufeff3.11\r\n", ("3.11",)),
    ],
)
def test_pins_are_read_without_comments(text: str, pinned: tuple[str, ...], ada: Ada) -> None:
    ada.file("home/ada/project/.python-version", text.encode())
    project = ada.found()
    assert project
    assert project.pinned == pinned
    assert project.pinned_in == f"{ada.project}/.python-version"


def test_a_pin_around_the_project_does_not_speak_of_it(ada: Ada) -> None:
    ada.file("home/ada/.python-version", "3.9\n")
    ada.file("home/ada/project/pyproject.toml")
    project = ada.found()
    assert project
    assert project.pinned == ()


def test_a_project_of_poetry_has_the_name_that_poetry_computes(ada: Ada) -> None:
    ada.file(
        "home/ada/project/pyproject.toml",
        "[tool.poetry]\nname='My Demo'\n[tool.poetry.dependencies]\npython='^3.9'\n",
    )
    digest = hashlib.sha256(os.path.realpath(ada.project).encode()).digest()
    name = f"my_demo-{base64.urlsafe_b64encode(digest).decode()[:8]}"
    cache = "home/ada/.cache/pypoetry/virtualenvs"
    for version in ("3.10", "3.12"):
        ada.file(f"{cache}/{name}-py{version}/pyvenv.cfg")
    ada.file(f"{cache}/another-12345678-py3.12/pyvenv.cfg")
    ada.file(f"{cache}/envs.toml", f'[{name}]\nminor = "3.12"\npatch = "3.12.1"\n')
    project = ada.found()
    assert project
    assert project.requires == "^3.9"
    assert [os.path.basename(each.prefix) for each in project.environments] == [
        f"{name}-py3.12",
        f"{name}-py3.10",
    ]


@pytest.mark.parametrize(
    ("system", "cache", "variables"),
    [
        ("Linux", "home/ada/.cache/pypoetry/virtualenvs", {}),
        ("Linux", "xdg/pypoetry/virtualenvs", {"XDG_CACHE_HOME": "{root}/xdg"}),
        ("Linux", "pc/virtualenvs", {"POETRY_CACHE_DIR": "{root}/pc"}),
        ("Linux", "envs", {"POETRY_VIRTUALENVS_PATH": "{root}/envs"}),
        ("Linux", "home/ada/.cache/pypoetry/v", {"POETRY_VIRTUALENVS_PATH": "{cache-dir}/v"}),
        ("Darwin", "home/ada/Library/Caches/pypoetry/virtualenvs", {}),
        ("Windows", "local/pypoetry/Cache/virtualenvs", {"LOCALAPPDATA": "{root}/local"}),
    ],
)
def test_poetry_keeps_environments_where_each_system_keeps_caches(
    system: str, cache: str, variables: dict[str, str], tmp_path: Path
) -> None:
    ada = Ada(tmp_path, system)
    ada.file("home/ada/project/pyproject.toml", "[project]\nname='demo'\n")
    ada.file("home/ada/project/poetry.lock")
    digest = hashlib.sha256(os.path.realpath(ada.project).encode()).digest()
    name = f"demo-{base64.urlsafe_b64encode(digest).decode()[:8]}-py3.12"
    ada.file(f"{cache}/{name}/pyvenv.cfg")
    told = {key: text.replace("{root}", str(tmp_path)) for key, text in variables.items()}
    project = ada.found(**told)
    assert project
    assert [each.prefix for each in project.environments] == [f"{tmp_path}/{cache}/{name}"]


def test_pixi_pdm_and_conda_name_their_environments(ada: Ada) -> None:
    ada.file("home/ada/project/pixi.toml")
    ada.folder("home/ada/project/.pixi/envs/default/conda-meta")
    ada.file("elsewhere/pyvenv.cfg")
    ada.file("home/ada/project/.pdm-python", f"{ada.root}/elsewhere/bin/python\n")
    ada.file("home/ada/project/environment.yml", "channels: []\nname: 'sci'  # mine\n")
    ada.folder("conda/envs/sci/conda-meta")
    ada.file("home/ada/.conda/environments.txt", f"{ada.root}/conda\n")
    project = ada.found()
    assert project
    assert [
        (each.tool, each.prefix.removeprefix(str(ada.root))) for each in project.environments
    ] == [
        ("pdm", "/elsewhere"),
        ("pixi", "/home/ada/project/.pixi/envs/default"),
        ("conda", "/conda/envs/sci"),
    ]


# A missing module


def test_without_a_name_nothing_is_missing(ada: Ada) -> None:
    assert gather_missing(ada.kernel(), ada.around()) is None


@pytest.mark.parametrize("name", ["a b", "a..b", "-x", "../x", "a.", "\0"])
def test_what_no_import_could_say_is_not_missing(name: str, ada: Ada) -> None:
    assert gather_missing(ada.kernel(), ada.around(), name) is None


def test_what_can_be_imported_by_now_is_not_missing(ada: Ada) -> None:
    ada.file("home/ada/project/mine.py")
    assert gather_missing(ada.kernel(), ada.around(), "mine") is None
    assert gather_missing(ada.kernel(), ada.around(), "sys") is None


def test_it_is_found_behind_a_command_with_the_name_of_its_distribution(ada: Ada) -> None:
    base = ada.base()
    site = "base/lib/python3.12/site-packages"
    ada.wheel(site, "some-unknown-thing", "1.5", "thing/__init__.py", "thing/part.py")
    missing = ada.missing("thing", f"{base}/bin")
    (there,) = missing.elsewhere
    assert (there.distribution, there.version) == ("some-unknown-thing", "1.5")
    assert (there.prefix, there.python) == (base, "3.12")
    assert "`pip` on PATH" in there.via
    assert ada.missing("thing.part", f"{base}/bin").elsewhere
    assert not ada.missing("thing.other", f"{base}/bin").elsewhere


def test_a_namespace_in_the_kernel_does_not_hide_what_is_elsewhere(ada: Ada) -> None:
    base = ada.base()
    ada.wheel("env/lib/python3.12/site-packages", "google-auth", "2", "google/auth/__init__.py")
    ada.wheel(
        "base/lib/python3.12/site-packages",
        "google-cloud-storage",
        "3",
        "google/cloud/storage/__init__.py",
    )
    missing = ada.missing("google.cloud.storage", f"{base}/bin")
    assert missing.found == ""
    assert [each.distribution for each in missing.elsewhere] == ["google-cloud-storage"]


def test_it_is_found_in_the_users_packages_of_another_version(ada: Ada) -> None:
    ada.wheel("home/ada/.local/lib/python3.9/site-packages", "thing", "1", "thing.py")
    (there,) = ada.missing("thing").elsewhere
    assert (there.python, there.via) == ("3.9", ("the user's packages of 3.9",))


def test_it_is_found_in_the_environment_of_the_project(ada: Ada) -> None:
    ada.base()
    ada.venv("home/ada/project/.venv")
    site = "home/ada/project/.venv/lib/python3.12/site-packages"
    ada.wheel(site, "thing", "1", "thing.cpython-312-x86_64-linux-gnu.so")
    (there,) = ada.missing("thing").elsewhere
    assert there.via == ("the project project",)


def test_a_module_of_no_distribution_has_no_name(ada: Ada) -> None:
    base = ada.base()
    ada.file("base/lib/python3.12/site-packages/loose.py")
    (there,) = ada.missing("loose", f"{base}/bin").elsewhere
    assert there.distribution == ""


def test_where_it_was_installed_from_is_told(ada: Ada) -> None:
    base = ada.base()
    info = ada.wheel("base/lib/python3.12/site-packages", "thing", "1", "thing.py")
    ada.file(f"{info}/direct_url.json", '{"url": "file:///src/thing", "dir_info": {}}')
    (there,) = ada.missing("thing", f"{base}/bin").elsewhere
    assert there.source == "file:///src/thing"


@pytest.mark.parametrize("rubbish", [b"", b"[]", b"{", b"\xff", b'{"url": 3}', b"[" * 9999])
def test_rubbish_in_metadata_is_passed_over(rubbish: bytes, ada: Ada) -> None:
    base = ada.base()
    info = ada.wheel("base/lib/python3.12/site-packages", "thing", "1", "thing.py")
    ada.file(f"{info}/direct_url.json", rubbish)
    ada.file(f"{info}/METADATA", rubbish)
    (there,) = ada.missing("thing", f"{base}/bin").elsewhere
    assert (there.distribution, there.version, there.source) == ("thing", "1", "")


def test_a_name_that_is_no_name_of_a_distribution_is_not_taken_from_metadata(ada: Ada) -> None:
    base = ada.base()
    info = ada.wheel("base/lib/python3.12/site-packages", "thing", "1", "thing.py")
    ada.file(f"{info}/METADATA", "Name: x; rm -rf /\nVersion: 1\n")
    (there,) = ada.missing("thing", f"{base}/bin").elsewhere
    assert there.distribution == "thing"


def test_a_known_module_has_its_distributions(ada: Ada) -> None:
    assert ada.missing("cv2").distributions[:2] == ("opencv-python", "opencv-python-headless")
    assert ada.missing("sklearn.svm").distributions == ("scikit-learn",)
    assert ada.missing("google.cloud.storage.blob").distributions == ("google-cloud-storage",)
    assert ada.missing("something_private").distributions == ()


def test_versions_of_the_standard_library_are_compared_with_the_kernels(ada: Ada) -> None:
    assert (ada.missing("imp").removed, ada.missing("imp").instead) == ("3.12", "importlib")
    assert ada.missing("ConfigParser").instead == "configparser"
    kernel = ada.kernel()
    old = Kernel(kernel.executable, kernel.prefix, "/usr", "3.9.18", kernel.environment, ())
    missing = gather_missing(old, ada.around(), "imp")
    assert missing is None or missing.removed == ""
    annotations = gather_missing(old, ada.around(), "annotationlib")
    assert annotations is None or annotations.added == "3.14"


def test_a_file_of_the_user_in_the_way_is_told(ada: Ada) -> None:
    ada.wheel(
        "env/lib/python3.12/site-packages", "thing", "1", "thing/__init__.py", "thing/part.py"
    )
    file = ada.file("home/ada/project/thing.py")
    assert ada.missing("thing.part").shadow == file
    assert ada.missing("thing.name").shadow == file


def test_a_package_of_the_user_in_the_way_is_told_as_its_folder(ada: Ada) -> None:
    ada.file("home/ada/project/numpy/__init__.py")
    assert ada.missing("numpy.linalg").shadow == f"{ada.project}/numpy"


def test_a_file_of_the_user_that_hides_nothing_is_in_nobodys_way(ada: Ada) -> None:
    ada.file("home/ada/project/mine.py")
    missing = ada.missing("mine.part")
    assert (missing.found, missing.shadow) == ("mine", "")


def test_an_installed_package_without_the_part_is_no_file_in_the_way(ada: Ada) -> None:
    ada.wheel("env/lib/python3.12/site-packages", "PyJWT", "2.10", "jwt/__init__.py")
    missing = ada.missing("jwt.foo")
    assert (missing.found, missing.shadow, missing.impostor) == ("jwt", "", None)
    assert [each.distribution for each in missing.here] == ["PyJWT"]


def test_another_project_of_that_name_is_an_impostor(ada: Ada) -> None:
    ada.wheel("env/lib/python3.12/site-packages", "jwt", "1.3.1", "jwt/__init__.py")
    missing = ada.missing("jwt.encode")
    assert missing.impostor
    assert missing.impostor.version == "1.3.1"
    assert missing.distributions == ("PyJWT",)


def test_a_placeholder_beside_the_right_one_is_no_impostor(ada: Ada) -> None:
    site = "env/lib/python3.12/site-packages"
    ada.wheel(site, "bs4", "0.0.2")
    ada.wheel(site, "beautifulsoup4", "4.12", "bs4/__init__.py")
    assert ada.missing("bs4.foo").impostor is None


def test_a_placeholder_without_the_right_one_is_an_impostor(ada: Ada) -> None:
    ada.wheel("env/lib/python3.12/site-packages", "sklearn", "0.0")
    assert ada.missing("sklearn").impostor


def test_both_that_overwrote_each_other_are_told(ada: Ada) -> None:
    site = "env/lib/python3.12/site-packages"
    ada.wheel(site, "PyJWT", "2.10", "jwt/__init__.py", "jwt/api.py")
    ada.wheel(site, "jwt", "1.3.1", "jwt/__init__.py")
    missing = ada.missing("jwt.encode")
    assert missing.impostor
    assert missing.impostor.distribution == "jwt"
    assert "PyJWT" in {each.distribution for each in missing.here}


def test_files_that_are_listed_and_gone_are_told(ada: Ada) -> None:
    ada.wheel("env/lib/python3.12/site-packages", "thing", "1", "thing/__init__.py")
    os.unlink(f"{ada.path[1]}/thing/__init__.py")
    os.rmdir(f"{ada.path[1]}/thing")
    missing = ada.missing("thing")
    assert (missing.listed, [each.distribution for each in missing.here]) == (True, ["thing"])


def test_a_distribution_that_has_the_module_no_longer_is_told(ada: Ada) -> None:
    ada.wheel("env/lib/python3.12/site-packages", "setuptools", "82", "setuptools/__init__.py")
    missing = ada.missing("pkg_resources")
    assert (missing.listed, [each.version for each in missing.here]) == (False, ["82"])


def test_a_misspelt_well_known_name_is_told(ada: Ada) -> None:
    assert ada.missing("nunpy").alike == ("numpy",)
    assert ada.missing("qqqqqq").alike == ()
