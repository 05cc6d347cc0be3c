"""DATA: the programs that install packages: their verbs, and which options take a value."""

from __future__ import annotations

from ipymod.frozen import dataclass

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Installer:
    """How one is called.

    Attributes:
        valued_before: options before the verb that take a value.
        valued: options behind it that take one.
        changing: the verbs that install or remove.
        asks: the verbs that wait for an answer without `-y`.
        targets: options that name an environment or a place.
        names_else: options that name what to install.
        needs_nothing: verbs that need no requirement.
        pretends: options with which nothing is changed; `--dry-run` and `--help` with all.
        with_a_second: verbs that have verbs of their own.
        starts_another: verbs behind which another program's words stand.
        acting: more verbs that act on an environment, or run something in it.
        reading: the verbs that tell of an environment.
        apart: verb and option, with which it touches no environment: `add --no-sync`.
        flags: verb and option, which takes no value there: `run -m`.
    """

    valued_before: frozenset[str]
    valued: frozenset[str]
    changing: frozenset[str]
    asks: frozenset[str] = _NONE
    targets: frozenset[str] = _NONE
    names_else: frozenset[str] = _NONE
    needs_nothing: frozenset[str] = _NONE
    pretends: frozenset[str] = _NONE
    with_a_second: frozenset[str] = _NONE
    starts_another: frozenset[str] = _NONE
    acting: frozenset[str] = _NONE
    reading: frozenset[str] = _NONE
    apart: frozenset[str] = _NONE
    flags: frozenset[str] = _NONE


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PIP_ANYWHERE = _set(
    "--python --log --log-file --proxy --retries --timeout --exists-action --trusted-host --cert"
    " --client-cert --cache-dir --keyring-provider --use-feature --use-deprecated"
    " --resume-retries --uploaded-prior-to"
)
_REQUIREMENTS = _set(
    "-r --requirement --requirements -e --editable --group --requirements-from-script"
)

PIP = Installer(
    valued_before=_PIP_ANYWHERE,
    valued=_PIP_ANYWHERE
    | _REQUIREMENTS
    | _set(
        "-c --constraint --constraints --build-constraint -t --target --platform --python-version"
        " --implementation --abi --root --prefix -b --build --src --upgrade-strategy"
        " -C --config-settings --config-setting --global-option --install-option --build-option"
        " --no-binary --only-binary --progress-bar --root-user-action --report"
        " --default-timeout --index --extra-index --find"
        " -i --index-url --pypi-url --extra-index-url -f --find-links -d --dest -w --wheel-dir"
        " --path --format --exclude"
    ),
    changing=_set("install uninstall"),
    asks=_set("uninstall"),
    targets=_set("-t --target --prefix --root --user --python --path"),
    names_else=_REQUIREMENTS,
    reading=_set("list show freeze check inspect debug"),
)

CONDA = Installer(
    valued_before=_set("-n --name -p --prefix -r --root-prefix --rc-file"),
    valued=_set(
        "-n --name -p --prefix -r --root-prefix --rc-file -c --channel --file --solver"
        " -f --repodata-fn --subdir --platform --revision --clone --experimental --log-level --cwd"
    ),
    changing=_set("install update upgrade remove uninstall") | {"env update"},
    asks=_set("install update upgrade remove uninstall"),
    targets=_set("-n --name -p --prefix -r --root-prefix"),
    names_else=_set("--file --all --revision -f"),
    needs_nothing=frozenset({"env update"}),
    pretends=_set("-d --download-only"),
    with_a_second=_set("env config"),
    starts_another=_set("run"),
    acting=_set("run rename develop") | {"env config", "env remove"},
    reading=_set("list info compare doctor export package") | {"env export"},
    apart=frozenset({"info -e", "info --envs", "info --base"}),
)

_UV_ANYWHERE = _set("--cache-dir --color --directory --project --config-file --allow-insecure-host")
_UV_INSTALLS = _set(
    "-p --python -i --index-url --default-index --index --extra-index-url -f --find-links"
    " --index-strategy --keyring-provider --link-mode --no-build-package --no-binary-package"
    " -P --upgrade-package --upgrade-group --reinstall-package --refresh-package"
    " -C --config-setting --config-settings --config-settings-package --resolution --prerelease"
    " --fork-strategy --exclude-newer --exclude-newer-package --no-build-isolation-package"
    " --torch-backend --python-version --python-platform --extra --group --no-sources-package"
)

UV_PIP = Installer(
    valued_before=_UV_ANYWHERE,
    valued=_UV_ANYWHERE
    | _UV_INSTALLS
    | _set(
        "-r --requirement --requirements -e --editable -c --constraint --constraints"
        " --override --overrides --exclude --excludes"
        " -b --build-constraint --build-constraints -t --target --prefix"
        " --no-binary --only-binary --path"
    ),
    changing=_set("install uninstall sync"),
    targets=_set("-p --python --system -t --target --prefix --path --project --directory"),
    names_else=_set("-r --requirement --requirements -e --editable --group"),
    pretends=_set("--check"),
    reading=_set("list freeze show tree check"),
)

UV = Installer(
    valued_before=_UV_ANYWHERE,
    valued=_UV_ANYWHERE
    | _UV_INSTALLS
    | _set(
        "-r --requirements -c --constraints -m --marker --optional --rev --tag --branch --package"
        " --script --bounds --no-extra --no-group --only-group --no-install-package"
        " --with --with-editable --with-requirements --env-file --module -w --from"
    ),
    changing=_set("add remove sync"),
    targets=_set("-p --python --active --project --directory -s --script --isolated"),
    names_else=_set("-r --requirements"),
    needs_nothing=_set("sync"),
    pretends=_set("--check"),
    with_a_second=_set("tool python"),
    starts_another=_set("run"),
    acting=_set("run"),
    apart=frozenset({"add --no-sync", "add --frozen", "remove --no-sync", "remove --frozen"}),
    flags=frozenset({"run -m", "run --module", "run --script"}),
)

BY_NAME = {"pip": PIP, "conda": CONDA, "uv pip": UV_PIP, "uv": UV}
