"""How a form is written in a cell: each time with other names."""

import re
from dataclasses import dataclass
from random import Random

import corpus_counts as counts
from corpus_phrases import NOUNS, PACKAGES

_PLACE = re.compile(r"<(\w+)>")
_IMPORTED = ("numpy", "pandas", "matplotlib", "scipy", "seaborn", "plotly", "networkx", "tqdm")
_VARIABLES = ("$VERSION", "$HOME/wheels/x.whl", "$package", "torch==$TORCH", "$INSTALL_FLAGS")
_BRACES = ("{package}", "torch=={version}", "{FLAG} kfp", "{' '.join(names)}", "{wheel_url}")
_REMARKS = ("# protobuf>=3.13", "# takes a minute", "# needed for the GPU", "# restart afterwards")
_CONDITIONS = (
    "IN_COLAB",
    "'google.colab' in sys.modules",
    "os.getenv('COLAB_GPU')",
    "install",
    "1",
)


@dataclass(frozen=True)
class Form:
    """Something that a linter has to know, or to leave alone, in a code cell.

    Attributes:
        name: one of `corpus_counts`.
        traits: what else holds for it, there as well.
    """

    name: str
    traits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """The lines of a form.

    Attributes:
        lines: without their ends.
        at: which of them it is about, from 0.
        alone: whether it begins with a cell magic, so that the whole cell is its own.
        needs: a cell that stands somewhere before it; empty for none.
    """

    lines: tuple[str, ...]
    at: int = 0
    alone: bool = False
    needs: str = ""


# The line that counts begins with `@`, unless it is the first one.
_WRITTEN: dict[str, tuple[str, ...]] = {
    counts.BARE: ("pip install <package>", "pip install -U <package> <package>"),
    counts.SCRIPT: (
        "!python <noun>.py --epochs <n>",
        "!python3 scripts/<noun>_<n>.py",
        "! python tools/train.py --config <noun>.yaml --lr <n>e-5",
        "!python setup.py develop",
    ),
    counts.MODULE: (
        "!python -m pip install <package>",
        "!python3 -m pip install -q <package> <package>",
        "!python -m spacy download en_core_web_<noun>",
        "!python -m ipykernel install --user --name <noun>",
    ),
    counts.CONDA: ("!conda install -y <package>", "! conda install -c conda-forge <package> --yes"),
    counts.UV: (
        "!uv pip install --system -qqq <package>",
        "!uv pip install <package> <package>",
        "!uv add <package>",
    ),
    counts.BASH_PIP: (
        "%%bash\ncd <noun>\n@pip install -q <package>\nls -l",
        "%%bash\nset -e\n@pip3 install <package>==<n>.<n>",
        "%%sh\n@pip install -r requirements.txt > /dev/null",
        "%%bash\n\n@python -m pip install -e .",
    ),
    counts.BASH_PYTHON: (
        "%%bash\n@python <noun>.py --size <n>",
        "%%bash\nexport CUDA_VISIBLE_DEVICES=<n>\n@python3 -m <noun>.train \\\n  --steps <n>",
    ),
    counts.SUBPROCESS: (
        'import subprocess\n\n@subprocess.run(["python", "-m", "pip", "install", "<package>"])',
        "import subprocess\n@subprocess.check_call(['python', '-m', 'pip', 'install', 'd2l'])",
        "import subprocess\n@for w in more: subprocess.call(['python', '-m', 'pip', 'install', w])",
        "import subprocess\n@subprocess.call('python -m pip install <package>', shell=True)",
    ),
    counts.MAGIC: (
        "%pip install <package>",
        "%pip install -q <package> <package>==<n>.<n>",
        "%pip list",
    ),
    counts.OWN: (
        "import sys\n@!{sys.executable} -m pip install <package>",
        "import sys\n@!{sys.executable} <noun>.py --n <n>",
    ),
    counts.SUBPROCESS_OWN: (
        "import subprocess, sys\n@subprocess.run([sys.executable, '-m', 'pip', 'install', 'd2l'])",
    ),
    counts.APT: (
        "!apt-get install -y -qq <noun>-tools",
        "!apt install <noun>-dev",
        "!apt-get update && apt-get install -y lib<noun><n>",
        "!sudo apt-get install -y graphviz",
    ),
    counts.CD: ("!cd <noun>", "! cd /content/<noun>-<n>", "!cd .."),
    counts.RESTART: (
        "import os\n@os.kill(os.getpid(), 9)",
        "exit()",
        "import os\n@os._exit(00)",
        "import IPython\n@IPython.Application.instance().kernel.do_shutdown(True)",
        "get_ipython().kernel.do_shutdown(restart=True)",
        "quit()",
    ),
    counts.CAPTURED: (
        "installed = !pip list\nlen(installed)",
        "versions = !pip show <package>",
        "where = !python -c 'import <noun>'",
    ),
    counts.SYSTEM: (
        "import os\n@os.system('pip install <package>')",
        'import os\n@os.system("python <noun>.py")',
    ),
    counts.SUDO: ("!sudo pip install <package>", "!sudo -H pip3 install -U <package>"),
    counts.HARD_CODED: (
        "!/usr/bin/python3 <noun>.py",
        "!/opt/conda/bin/python -m <noun>.train",
        "!/home/<noun>/miniconda3/envs/<noun>/bin/python run.py",
    ),
    counts.STRING: (
        'text = """\nTo get <noun>:\n@!pip install <package>\nthen restart.\n"""\nprint(text)',
        "cells = ['''\n@!pip install <package>\n''', 'import <noun>']",
    ),
    counts.WRITEFILE: (
        "%%writefile setup_<noun>.sh\n#!/bin/sh\n@pip install <package>\npython <noun>.py",
        "%%writefile <noun>.py\nimport os\n\n@os.system('pip install <package>')\n",
        "%%file notes_<n>.md\n@!pip install <package>\n",
    ),
    counts.DOCKERFILE: (
        "%%bash\ncat > Dockerfile <<'EOF'\nFROM python:3.11\n@RUN pip install <package>\nEOF\n",
        "%%bash\ncat << EOF > <noun>/Dockerfile\nFROM debian\n@RUN pip3 install <package>\nEOF",
    ),
    counts.COMMENT: ("# !pip install <package>", "#!pip install -q <package>  # once"),
}
_ALONE: dict[str, tuple[str, ...]] = {
    counts.AND: (
        "! cd <noun> && <pip> install -e '.[<noun>]'",
        "!<pip> install uv && uv pip install <package>",
        "!git clone https://git.example.org/<noun>/<noun> && <pip> install <noun>/",
    ),
    counts.SUBSHELL: ("!(cd <noun> && <pip> install .)",),
    counts.SEMICOLON: (
        "!<pip> install cython; <pip> install 'git+https://git.example.org/<noun>#subdirectory=p'",
    ),
    counts.PIPE: (
        "!yes | <pip> uninstall <package>",
        "!<pip> show <package> <package> |egrep 'Name|Version'",
        "!<pip> list | grep <noun>",
    ),
    counts.ENV: ("! PIP_NO_BINARY=<noun> <pip> install git+https://git.example.org/<noun>.git",),
    counts.REDIRECT: ("!<pip> install --upgrade keras>=<n>", "!<pip> install <package>>=<n>.<n>"),
    counts.HANGS: ("!<pip> uninstall <package>", "! <pip> uninstall <package> <package>"),
    counts.PATH: ("!~/anaconda3/envs/<noun>/bin/<pip> install <package>",),
    counts.REINSTALL: ("!<pip> install -U <imported>", "!<pip> install <imported>==1.<n>.<n>"),
}
_INSTALLS: dict[str, tuple[str, ...]] = {
    counts.GIT: (
        "git+https://git.example.org/<noun>/<noun>.git",
        "-q git+https://git.example.org/<noun>@v<n>",
        "'<noun> @ git+https://git.example.org/<noun>'",
    ),
    counts.INDEX: (
        "<package> --index-url https://wheels.example.org/cu<n>",
        "torch==<n>.0 -f https://wheels.example.org/<noun>.html",
        "--extra-index-url https://wheels.example.org/ <package>",
    ),
    counts.REQUIREMENTS: ("-r requirements.txt", "-q -r <noun>/requirements-<n>.txt"),
    counts.USER: ("--user <package>", "--user -U <package>"),
    counts.EDITABLE: ("-e .", "-qe '.[dev]'", "--editable ./<noun>"),
    counts.QUOTED: ('-q -U "keras >= <n>.0, <<n>.0"', "'<package>>=<n>'"),
}
_LOOSE = ("<package>", "-q <package>", "<package> <package>", "-U <package>", "--quiet <package>")
_PINNED = ("<package>==<n>.<n>", "-q <package>==<n>.<n>.<n> <package>==<n>", "<package>~=1.<n>.0")


def written(form: Form, random: Random) -> Block:
    """Write a form."""
    if form.name in {counts.PIP, counts.PIP3}:
        return _pip(form, random)
    return _block(_filled(random.choice(_WRITTEN[form.name]), random))


def _pip(form: Form, random: Random) -> Block:
    """Write a `!pip` command, from its traits."""
    kinds = [trait for trait in form.traits if trait in counts.KINDS]
    if kinds and kinds[0] in counts.ALONE:
        text = random.choice(_ALONE[kinds[0]]).replace("<pip>", form.name)
        imported = random.choice(_IMPORTED)
        block = _block(_filled(text.replace("<imported>", imported), random))
        needs = f"import {imported}" if counts.REINSTALL in kinds else ""
        return Block(block.lines, block.at, needs=needs)
    loose = _LOOSE if random.random() < counts.UNPINNED else _PINNED
    words = _filled(random.choice(_INSTALLS[kinds[0]] if kinds else loose), random)
    return _around(_lengthened(words, form.traits, random), form, random)


def _lengthened(words: str, traits: tuple[str, ...], random: Random) -> str:
    """Add to the words of an install what its traits ask for."""
    if counts.VARIABLE in traits:
        words += f" {random.choice(_VARIABLES)}"
    if counts.BRACES in traits:
        words += f" {random.choice(_BRACES)}"
    if counts.CONTINUED in traits:
        more = (random.choice(PACKAGES) for _ in range(random.randrange(1, 4)))
        words += "".join(f" \\\n    {package}" for package in more)
    if counts.REMARK in traits:
        words += f"  {random.choice(_REMARKS)}"
    return words


def _around(words: str, form: Form, random: Random) -> Block:
    """Put the command before its words, and around it what its traits ask for."""
    blank = random.choice(("", "", "", " "))
    command = f"!{blank}{form.name} install {words}"
    if counts.UNDER_IF in form.traits:
        indented = "\n".join(f"    {line}" for line in command.split("\n"))
        command = f"if {random.choice(_CONDITIONS)}:\n@{indented}"
    if counts.CAPTURE in form.traits:
        command = "%%capture\n" + (command if "\n@" in command else f"@{command}")
    return _block(command)


def _block(text: str) -> Block:
    lines = text.rstrip("\n").split("\n")
    at = next((number for number, line in enumerate(lines) if line.startswith("@")), 0)
    lines[at] = lines[at].removeprefix("@")
    return Block(tuple(lines), at, alone=lines[0].startswith("%%"))


def _filled(template: str, random: Random) -> str:
    def word(match: re.Match[str]) -> str:
        match match[1]:
            case "package":
                return random.choice(PACKAGES)
            case "noun":
                return random.choice(NOUNS)
            case "n":
                return str(random.randrange(1, 40))
        return match[0]

    return _PLACE.sub(word, template)
