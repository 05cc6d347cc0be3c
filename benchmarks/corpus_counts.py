"""What was counted in the wild: 8,669 files of 81 public repositories.

Of them 8,402 are Python notebooks, with 154,918 code cells. A corpus of another size holds of
each kind its share, and at least one.
"""

FILES = 8669
REPOSITORIES = 81
CODE_CELLS = 154_918 / 8402  # in a notebook
BYTES = 158_000  # of a file, on average
PIP_COMMANDS = 6074
UNSAFE_NOTEBOOKS = 3772

# Files that are no Python notebook, or are passed over.
POINTER, BROKEN, EMPTY = "pointer", "broken", "empty"
OLD, PYTHON = "old", "python"
UNREADABLE = {POINTER: 25, BROKEN: 5, EMPTY: 1}
OTHERS = {"r": 9, "julia": 5, "javascript": 3, OLD: 4}
CHECKPOINTS = 215

# Notebooks that hold a form. These act on another environment than the kernel's, ...
PIP, PIP3, BARE = "pip", "pip3", "bare pip"
SCRIPT, MODULE, CONDA, UV = "python file", "python module", "conda", "uv"
BASH_PIP, BASH_PYTHON = "bash pip", "bash python"
SUBPROCESS = "subprocess python"
UNSAFE = {
    PIP: 2511,
    PIP3: 652,
    BARE: 50,
    SCRIPT: 77,
    MODULE: 27,
    CONDA: 16,
    UV: 260,
    BASH_PIP: 197,
    BASH_PYTHON: 163,
    SUBPROCESS: 403,
}
# ... these do not, ...
MAGIC, OWN, APT, CD, RESTART = "magic pip", "sys.executable", "apt", "cd", "restart"
SUBPROCESS_OWN = "subprocess sys.executable"
# ... and these nobody counted: a few of each, so that none is missing.
CAPTURED, SYSTEM, SUDO, HARD_CODED = "captured", "os.system", "sudo", "interpreter path"
# Near misses, in which there is nothing to find.
STRING, WRITEFILE, DOCKERFILE, COMMENT = "string", "writefile", "dockerfile", "comment"
NOTHING_TO_FIND = frozenset({MAGIC, OWN, SUBPROCESS_OWN, STRING, WRITEFILE, DOCKERFILE, COMMENT})
OTHER_FORMS = {
    MAGIC: 374,
    OWN: 50,
    APT: 217,
    CD: 83,
    RESTART: 516,
    SUBPROCESS_OWN: 7,
    CAPTURED: 30,
    SYSTEM: 25,
    SUDO: 12,
    HARD_CODED: 10,
    STRING: 16,
    WRITEFILE: 60,
    DOCKERFILE: 8,
    COMMENT: 150,
}

# What a pip command is: at most one of these, ...
GIT, INDEX, REQUIREMENTS, USER = "git", "index", "-r", "--user"
AND, SEMICOLON, PIPE, ENV = "&&", ";", "|", "env prefix"
REDIRECT, HANGS, PATH, REINSTALL = "redirect", "no -y", "path", "imported before"
SUBSHELL, EDITABLE, QUOTED = "subshell", "-e", "quoted >="
KINDS = {
    GIT: 120,
    INDEX: 115,
    REQUIREMENTS: 47,
    USER: 44,
    AND: 15,
    SUBSHELL: 3,
    SEMICOLON: 3,
    PIPE: 10,
    ENV: 4,
    REDIRECT: 9,
    HANGS: 7,
    PATH: 3,
    REINSTALL: 41,
    EDITABLE: 60,
    QUOTED: 40,
}
# ... of which these are no single command of pip, so nothing more is done to them, ...
ALONE = frozenset({AND, SUBSHELL, SEMICOLON, PIPE, ENV, REDIRECT, HANGS, PATH, REINSTALL})
# ... and any of these; a trailing comment and a continuation exclude each other.
UNDER_IF, VARIABLE, BRACES, CAPTURE = "if", "$VAR", "{x}", "%%capture"
REMARK, CONTINUED = "trailing comment", "continuation"
TRAITS = {UNDER_IF: 702, VARIABLE: 384, BRACES: 271, REMARK: 203, CONTINUED: 278, CAPTURE: 150}
UNPINNED = 0.7

# How the file looks.
FOREIGN_KERNEL, NO_KERNEL = 1142, 1203
INVALID = 52  # differ from the schema
STRING_SOURCE = 417
INDENTS = {1: 6067, 2: 2516, None: 35, 4: 20}
NO_FINAL_NEWLINE, CRLF = 1470, 5


def share(count: int, files: int) -> int:
    """Give how many of so many files are of a kind that was counted so often."""
    return max(1, round(count * files / FILES))
