from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import time
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import real_lines
from environments import environment
from ipymod.cells import ShellText, shell_texts
from ipymod.shell import Call, Change, Word, calls, parse, parse_cmd, safe_form
from notebook_lines import SILENT, SPEAKS, Row

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.shell import ShellCommand

CALM = settings(deadline=None, max_examples=150)
# Characters and words that mean something, so that the constructs meet.
SIGNS = [*" \t\n;&|<>(){}$`'\"\\#*?~=!a1", "$(", "${", "$((", "<<E", "\nE\n", "f() ", "{x}", "2>"]
KEYWORDS = ["if ", "then ", "else ", "fi", "while ", "for ", "in ", "do ", "done", "case ", "esac"]
PIECES = st.sampled_from([*SIGNS, *KEYWORDS, "[[ ", "]]", "pip "])
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=25).map("".join)
REAL = [*real_lines.SPEAKS, *real_lines.SILENT]
ROWS = [*SPEAKS, *SILENT, *REAL]


def table(*rows: tuple[object, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "meant"), rows, ids=[repr(row[0]) for row in rows])


def commands(text: str, *, ipython: bool = False) -> tuple[ShellCommand, ...]:
    found = parse(text, is_line_of_ipython=ipython)
    assert found is not None, text
    return found


def words(text: str, *, ipython: bool = False) -> list[list[str]]:
    return [[word.text for word in each.words] for each in commands(text, ipython=ipython)]


def call(text: str) -> Call:
    (found,) = calls(commands(text, ipython=True))
    return found


def change(text: str) -> Change:
    found = call(text).change
    assert found is not None, text
    return found


def calls_of(text: ShellText) -> tuple[Call, ...]:
    found = parse(text.text, is_line_of_ipython=text.is_line_of_ipython)
    return calls(found or ())


def told(text: ShellText, each: Call) -> str:
    notes = []
    if each.change:
        from_to = [(redirect.start, redirect.end) for redirect in each.change.accidental]
        versions = " ".join(text.text[start:end].strip(",") for start, end in from_to)
        notes = ["+", versions, "asks" * each.change.asks, "empty" * each.change.is_empty]
    notes += ["after" * bool(each.after), "this" * each.is_this_python]
    return " ".join(filter(None, [each.program, each.verb, *notes]))


def plain(text: str | None) -> str | None:
    """IPython 9 joins continued lines with fewer blanks than 7 and 8."""
    return text and " ".join(filter(None, text.split(" ")))


# What notebooks hold


def test_two_hundred_lines_are_real_and_half_of_them_are_silent() -> None:
    assert len(REAL) >= 200
    assert len(real_lines.SILENT) * 2 >= len(REAL)
    assert len(SILENT) * 2 >= len(SILENT + SPEAKS)
    assert len({row[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row[0]))
def test_a_line_of_a_notebook_is_read_as_its_shell_would(row: Row) -> None:
    cell, readings, fix = row
    found = [text for text in shell_texts(cell) if text.kind != "bare"]
    assert tuple(told(text, each) for text in found for each in calls_of(text)) == readings
    first = [safe_form(text.text) for text in found[:1] if text.kind == "line"]
    assert [plain(each) for each in first] == [fix and plain(fix)][: len(first)]
    assert first or fix is None


def test_the_silent_half_starts_nothing_but_the_kernels_own_interpreter() -> None:
    silent, speaks = [*SILENT, *real_lines.SILENT], [*SPEAKS, *real_lines.SPEAKS]
    assert all(reading.endswith("this") for row in silent for reading in row[1])
    assert all(row[1] and not row[1][0].endswith("this") for row in speaks)


@cache
def of_generation(name: str) -> list[list[list[object]]]:
    """What each IPython makes of all cells."""
    code = (
        "import json, sys; from ipymod.cells import shell_texts; print(json.dumps("
        "[[[t.text, t.line, t.kind, t.last_line] for t in shell_texts(cell)]"
        " for cell in json.load(sys.stdin)]))"
    )
    given = json.dumps([row[0] for row in ROWS])
    program = [environment(name), "-W", "error", "-c", code]
    done = subprocess.run(program, input=given, capture_output=True, text=True, check=True)
    texts: list[list[list[object]]] = json.loads(done.stdout)
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("generation", ["colab", "ipython8", "ipython9"])
def test_every_ipython_hands_the_same_texts_to_the_shell(generation: str) -> None:
    for (cell, *_), theirs in zip(ROWS, of_generation(generation), strict=True):
        ours = [[plain(t.text), t.line, t.kind, t.last_line] for t in shell_texts(cell)]
        # IPython 7 on Python 3.12 takes `a = !x` for an error of syntax.
        found = [[plain(str(text)), *rest] for text, *rest in theirs]
        assert found == ours or (generation == "colab" and "= !" in cell)


# From a cell to its texts


@table(
    ("!ls", [("ls", 1, "line", 1)]),
    ("!!ls", [("ls", 1, "captured", 1)]),
    ("a = !ls {x}", [("ls {x}", 1, "captured", 1)]),
    ("%sx ls", [("ls", 1, "captured", 1)]),
    ("a = %system ls", [("ls", 1, "captured", 1)]),
    ("\n\n!ls\nx = 1\n!pwd", [("ls", 3, "line", 3), ("pwd", 5, "line", 5)]),
    ("!a \\\n b\n%time f \\\n g\n!c", [("a b", 1, "line", 2), ("c", 5, "line", 5)]),
    ("%%bash -e\nls\n\npwd\n", [("ls\n\npwd\n", 2, "script", 4)]),
    ("%%script --no-raise-error sh\nls", [("ls\n", 2, "script", 2)]),
    ("%%!\nls", [("ls\n", 2, "captured script", 2)]),
    ("%%script --bg --out log bash\nls", [("ls\n", 2, "script", 2)]),
    ("%%script --out=log /bin/sh -e\nls", [("ls\n", 2, "script", 2)]),
    ("%%script --out bash ruby\nls", []),
    ("%%script", []),
    ("%%capture\n# x\n!ls", [("ls", 3, "line", 3)]),
    ("\n%%capture\n\n%%bash\nls", [("ls\n", 5, "script", 5)]),
    ("%%time\n%time !ls", [("ls", 2, "line", 2)]),
    ("import a\n  \npip install -q b # c\nb", [("pip install -q b # c", 3, "bare", 3)]),
    ("if a:\n    conda install b", [("conda install b", 2, "bare", 2)]),
    ("for a in b:\n    !ls\n!pwd", [("ls", 2, "line", 2), ("pwd", 3, "line", 3)]),
    ("get_ipython().system('ls')", [("ls", 1, "line", 1)]),
    ("get_ipython().system(command)", []),
    ("x = [\n '!ls',\n]\n!pwd", [("pwd", 4, "line", 4)]),
    ("!ls\r\n!pwd\r\n", [("ls", 1, "line", 1), ("pwd", 2, "line", 2)]),
    ("%%bash", [("", 2, "script", 2)]),
    ("%%shell\npip install x", [("pip install x\n", 2, "script", 2)]),  # in Colab
    ("%%bash -l\npip install x", []),  # profiles decide what PATH is there
    ("%%script bash --login\npip install x", []),
    ("def f(:\n!ls", []),
    ("pip is None\n!ls", [("ls", 2, "line", 2)]),
    ("f'{", []),
    ('re.match("\\d!")\n!ls', [("ls", 2, "line", 2)]),
)
def test_a_cell_gives_its_texts_with_their_lines(
    text: str, meant: list[tuple[str, int, str, int]]
) -> None:
    found = shell_texts(text)
    assert [(plain(t.text), t.line, t.kind, t.last_line) for t in found] == meant


def test_the_kernels_own_transformation_is_used_where_it_is_given() -> None:
    found = shell_texts("!x", lambda _: "get_ipython().system('ls')\n")
    assert [each.text for each in found] == ["ls"]


@CALM
@given(st.lists(PIECES | st.sampled_from(["!", "!pip ", "%%bash\n", "'''", "%sx "]), max_size=20))
def test_no_cell_is_too_odd(pieces: list[str]) -> None:
    shell_texts("".join(pieces))


def test_a_cell_without_a_shell_costs_a_tenth_of_a_millisecond_at_most() -> None:
    plain = "import numpy as np\nfor x in range(10):\n    print(x, np.pi ** 2)\n" * 12
    modulo = plain + "assert a != b % 3, f'{x!r}'\n%matplotlib inline\n"
    for cell in (plain, modulo):
        best = min(_seconds(cell) for _ in range(20))
        assert best < 0.0001


def _seconds(cell: str) -> float:
    start = time.perf_counter()
    assert shell_texts(cell) == []
    return time.perf_counter() - start


# Words and commands


@table(
    ("", []),
    ("  # nothing", []),
    ("a b", [["a", "b"]]),
    ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
    ("a '' \"\"", [["a", "", ""]]),
    ("a#b # c", [["a#b"]]),
    ("a \\\n b\\\nc", [["a", "bc"]]),
    ('a "b\\"\\c\\\nd"', [["a", 'b"\\cd']]),
    ("a; b && c || d & e | f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
    ("a |\n\n b", [["a"], ["b"]]),
    ("(a; b) && { c; }", [["a"], ["b"], ["c"]]),
    ("if a; then b; elif c; then d; else e; fi; f", [[each] for each in "abcdef"]),
    ("while a; do b; done; until c; do d; done", [[each] for each in "abcd"]),
    ("for a in b c; do d; done\nfor a\ndo e\ndone", [["d"], ["e"]]),
    ("for ((i=0; i<3; i++)); do a; done", [["a"]]),
    ("case a in b|c) d;; (e) f ;;& *) g\nesac; h", [["d"], ["f"], ["g"], ["h"]]),
    ("a() { b; }; function c { d; }\ne() ( f )", [["b"], ["d"], ["f"]]),
    ("[[ a < b && ! -f c ]] && d", [["d"]]),
    ("(( a < 2 )); b", [["b"]]),
    ("((a); (b))", [["a"], ["b"]]),
    ("! a; time -p b", [["a"], ["b"]]),
    ("a=1 b+=2 c[1]=3 d=(4 5) e", [["e"]]),
    ("a $(b | c) `d e`", [["a", "$(b | c)", "`d e`"], ["b"], ["c"], ["d", "e"]]),
    ('a "$(b "c")" $((1 + (2)))', [["a", '$(b "c")', "$((1 + (2)))"], ["b", "c"]]),
    ("a <(b) > >(c)", [["a", "<(b)"], ["b"], ["c"]]),
    ("a ${b:-'}'} $c $? $'d\\'e'", [["a", "${b:-'}'}", "$c", "$?", "$'d\\'e'"]]),
    ("a <<E\nb\n$(c)\nE\nd", [["a"], ["d"]]),
    ("a <<'E' <<-F\nb\nE\nc\n\tF\nd", [["a"], ["d"]]),
    ("a <<E\nb\\\nE\nE\nc", [["a"], ["c"]]),
    ("a <<E", [["a"]]),
    ("a 2>&1 >b 3<c &>d <<< e f", [["a", "f"]]),
    ("echo if then { } ! in", [["echo", "if", "then", "{", "}", "!", "in"]]),
    ("'if' a", [["if", "a"]]),
)
def test_a_text_becomes_the_commands_of_sh(text: str, meant: list[list[str]]) -> None:
    assert words(text) == meant


OPEN = ["'a", '"a', "`a", "$(a", "${a", "(a", "a |", "if a; then b", "{ a;", "a >", "[[ a", "a=("]
CLOSED = ["a)", "&& a", "; a", "fi", "}", "do a", "]]", "a (b)", "(a) b", "a() b", "a; ;; b", "\0"]
DEEP = ["( " * 50 + ")" * 50, "$(" * 500 + ")" * 500]


@pytest.mark.parametrize("text", [*OPEN, *CLOSED, *DEEP, "for a in b; c", "case a in", "a <(b"])
def test_what_is_no_shells_text_is_not_guessed_at(text: str) -> None:
    assert parse(text) is None


@table(
    ("{a} {b!r} {c['x y']} {d[1:2]}", ["{a}", "{b!r}", "{c['x y']}", "{d[1:2]}"]),
    ("a '{b}' \"{c + \"d\"}\" {'; e'}", ["a", "{b}", '{c + "d"}', "{'; e'}"]),
    ("{{a}} b", ["{{a}}", "b"]),
    ("a {b:} c", ["a", "{b:}", "c"]),
)
def test_expressions_of_ipython_are_words_that_may_be_anything(text: str, meant: list[str]) -> None:
    (command,) = commands(text, ipython=True)
    assert [word.text for word in command.words] == meant
    unsure = [word for word in command.words if not word.is_sure]
    assert [word.text for word in unsure] == [word for word in meant if "{" in word]


def test_a_line_whose_braces_hold_no_python_keeps_them_all() -> None:
    assert words("awk '{print $1}' {a}", ipython=True) == [["awk", "{print $1}", "{a}"]]
    assert words("f() { a; }; b {c}", ipython=True) == [["a"], ["b", "{c}"]]


@pytest.mark.parametrize(
    "word", ["$a", "${a}", "$(a)", "`a`", "~/a", "*.py", "a?", "{a,b}", "$((1))", "$'a'", "a=~/b"]
)
def test_a_word_that_only_a_run_could_tell_is_unsure(word: str) -> None:
    first, *_ = commands(f"echo {word}")
    assert [each.is_sure for each in first.words] == [True, False]


def test_a_command_knows_what_is_around_it() -> None:
    first, second, third = commands("a && (b | c)")
    assert (first.after, second.nesting, second.after) == ("&&", ("(",), "|")
    assert (third.before, third.piped_from, second.piped_from) == ("|", True, False)
    (*_, inner) = commands("yes | while read x; do pip uninstall $x; done")
    assert (inner.nesting, inner.piped_from) == (("while",), True)
    (body,) = commands("f() { a; }")
    assert body.nesting == ("function f {",)


@CALM
@given(TEXTS, st.booleans())
def test_no_text_is_too_odd(text: str, ipython: bool) -> None:  # noqa: FBT001  hypothesis gives it
    calls(parse(text, is_line_of_ipython=ipython) or ())
    calls(parse_cmd(text) or ())
    for to in ("pip", "pymod"):
        safe_form(text, to=to)


@CALM
@given(TEXTS, st.booleans())
def test_positions_lead_back_to_the_text(text: str, ipython: bool) -> None:  # noqa: FBT001  likewise
    for found in (parse(text, is_line_of_ipython=ipython), parse_cmd(text)):
        for command in found or ():
            pieces = [*command.words, *command.assignments]
            pieces += [redirect.target for redirect in command.redirects]
            assert all(text[piece.start : piece.end] == piece.source for piece in pieces)
            assert all(command.start <= piece.start <= command.end for piece in pieces)
            for redirect in command.redirects:
                typed = text[redirect.start : redirect.end]
                assert typed.startswith(redirect.fd + redirect.operator)


@CALM
@given(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1))
def test_what_is_quoted_is_read_back(texts: list[str]) -> None:
    assert words("echo " + shlex.join(texts)) == [["echo", *texts]]


@CALM
@given(TEXTS)
def test_words_that_were_read_can_be_quoted_and_read_again(text: str) -> None:
    for command in parse(text) or ():
        sure = [word.text for word in command.words if word.is_sure]
        if sure:
            assert words("echo " + shlex.join(sure)) == [["echo", *sure]]


SHELLS = [path for name in ("sh", "bash") if (path := shutil.which(name))]
SIMPLE = st.lists(
    st.sampled_from([*"ab1=,:@%+-./[]{}~ \t\n'\"\\#!", "''", '""', "\\\n", "' '", ' "', "é"]),
    max_size=30,
).map("".join)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.mark.skipif(not SHELLS, reason="no shell is here")
@settings(deadline=None, max_examples=30)
@given(texts=st.lists(SIMPLE, min_size=15, max_size=15))
@pytest.mark.parametrize("shell", SHELLS)
def test_words_are_those_that_a_real_shell_prints(
    shell: str, texts: list[str], empty: Path
) -> None:
    lines = {text: found for text in texts if (found := _sure_words(f"printf_ {text}"))}
    script = 'printf_() { printf \'%s\\0\' "$#" "$@"; }\n'
    script += "".join(f"eval {shlex.quote(f'printf_ {text}')}\n" for text in lines)
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True, cwd=empty)
    printed = iter(done.stdout.decode().split("\0"))
    for text, found in lines.items():
        count = int(next(printed))
        assert [next(printed) for _ in range(count)] == [word.text for word in found], text


def _sure_words(text: str) -> list[Word] | None:
    """The words of a single command that says nothing unsure; None for others."""
    found = parse(text)
    if not found or len(found) != 1 or found[0].after or not all(w.is_sure for w in found[0].words):
        return None
    return list(found[0].words[1:]) if found[0].words[0].text == "printf_" else None


@pytest.mark.skipif(len(SHELLS) < 2, reason="bash is not here")
@settings(deadline=None, max_examples=150)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_bash_accepts_what_was_understood(text: str) -> None:
    if parse(text):
        done = subprocess.run([SHELLS[-1], "-n", "-c", text], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


# Calls


@table(
    ("pip install -r a.txt -c b.txt x -i http://h y", ("x", "y")),
    ("pip install -qUr a.txt x", ("x",)),
    ("pip install --no-cache-dir --index-url=http://h x -- -y", ("x", "-y")),
    ("pip install -e . --upgrade x", ("x", ".")),
    ("pip install --find http://h x --pre y", ("x", "y")),
    ("pip install 'a>=1' b[c,d] {e}", ("a>=1", "b[c,d]", "{e}")),
    ("conda install -n base -c conda-forge x=1", ("x=1",)),
    ("uv --quiet pip install --python 3.12 x", ("x",)),
    ("uv add --group dev x", ("x",)),
)
def test_requirements_are_told_from_the_values_of_options(text: str, meant: object) -> None:
    assert change(text).requirements == meant


@table(
    ("pip install --target=a --user x", [("--target", "a"), ("--user", "")]),
    ("pip --python env install x", [("--python", "env")]),
    ("pip install -ta x", [("-t", "a")]),
    ("uv pip install --system -p 3.12 x", [("--system", ""), ("-p", "3.12")]),
    ("conda install -n a x", [("-n", "a")]),
    ("pip install --prefix {sys.prefix} x", [("--prefix", "{sys.prefix}")]),
)
def test_a_target_is_found_before_and_behind_the_verb(text: str, meant: object) -> None:
    assert [(option.name, option.value) for option in change(text).targets] == meant


@table(
    ("sudo -H pip install x", ("sudo",)),
    ("sudo -u bob -E env A=1 pip install x", ("sudo", "env")),
    ("nohup nice -n 10 pip install x", ("nohup", "nice")),
    ("timeout -k 5 60 pip install x", ("timeout",)),
    ("command -p exec -a b pip install x", ("command", "exec")),
    ("xargs -0 -n 1 pip install", ("xargs",)),
    ("sudo -u bob -- pip install x", ("sudo",)),
    ("time pip install x", ()),
)
def test_a_program_is_found_behind_what_starts_it(text: str, meant: object) -> None:
    assert (call(text).program, call(text).through) == ("pip", meant)


ONLY_NAMED = [
    "command -v pip",
    "which pip",
    "sudo -l pip",
    "env -S 'pip list'",
    "echo pip",
    "> pip",
]
NEAR = [
    "pip-tools x",
    "pipx install x",
    "PIP install x",
    "~pip",
    "python-config",
    "a/pip/b",
    "./pip*",
]
UNKNOWN = ["$PIP install x", "{pip} install x", "pip$X install", "'pip install'", "sudo", "A=1"]


@pytest.mark.parametrize("text", [*ONLY_NAMED, *NEAR, *UNKNOWN])
def test_another_program_is_no_call(text: str) -> None:
    assert calls(commands(text, ipython=True)) == ()


@table(
    ("python", ("", [])),
    ("python a.py pip install", ("script", ["a.py", "pip", "install"])),
    ("python -W ignore -X dev -um a.b c", ("-m", ["a.b", "c"])),
    ("python3.12 -c 'import a' b", ("-c", ["import a", "b"])),
    ("python --version", ("-V", [])),
    ("py -3.11 -m venv x", ("-m", ["venv", "x"])),
    ("python -Wmodule a.py", ("script", ["a.py"])),
    ("python {name}.py", ("", ["{name}.py"])),
    ("python < a.py", ("", [])),
    ("python -mvenv x", ("-m", ["venv", "x"])),
    ("python -um'venv' x", ("-m", ["venv", "x"])),
    ("python -mpip install x", ("-m", ["pip", "install", "x"])),
    ("python -m{name} x", ("-m", ["{name}", "x"])),
    ("python --help-all", ("-h", [])),
)
def test_python_is_read_up_to_what_it_runs(text: str, meant: tuple[str, list[str]]) -> None:
    found = call(text)
    assert (found.program, found.verb, [w.text for w in found.arguments]) == ("python", *meant)


@pytest.mark.parametrize(
    "text",
    ["pip install --dry-run x", "pip install -h", "conda install -d x", "pip list", "python -V"],
)
def test_what_only_looks_changes_nothing(text: str) -> None:
    assert call(text).change is None


@table(
    ("pip uninstall x", True),
    ("pip uninstall -qy x", False),
    ("yes | pip uninstall x", False),
    ("pip uninstall x <<< y", False),
    ("PIP_NO_INPUT=1 pip uninstall x", False),
    ("pip uninstall {options} x", False),
    ("uv pip uninstall x", False),
    ("conda remove x", True),
    ("conda remove --yes x", False),
)
def test_only_what_waits_for_an_answer_asks(text: str, meant: object) -> None:
    assert change(text).asks is meant


@table(
    ("pip install x > log", []),
    ("pip install x >2", []),
    ("pip install x 2>=1", []),
    ("pip install x>>1", []),
    ("pip install x>log", []),
    ("pip install 'x>=1'", []),
    ("pip install x\\>=1", []),
    ("pip install x # y>=1", []),
    ("pip install -r a>1", []),
    ("pip install x>=1.*", [">=1.*"]),
    ("pip install x[y]>=1,<2 z<3", [">=1,", "<2", "<3"]),
    ("pip install x >=1", [">=1"]),
)
def test_only_a_redirect_to_a_version_is_an_accident(text: str, meant: object) -> None:
    assert [text[each.start : each.end] for each in change(text).accidental] == meant


@table(
    ("cd a && pip install x", ""),
    ("cd a && ./pip install x", "cd a"),
    (". a/activate; pip install x", ". a/activate"),
    ("export PATH=a; pip install x", "export PATH=a"),
    ("export A=1; set -e; pip install x", ""),
    ("VIRTUAL_ENV=a uv pip install x", "VIRTUAL_ENV=a"),
    ("PIP_TARGET=a; pip install x", "PIP_TARGET=a"),
    ("pip() { :; }; pip install x", "function pip {"),
    ("f() { :; }; pip install x", ""),
    ("f() { pip install x; }", "function f {"),
    ("cd a && uv pip install x", "cd a"),
    ("cd a && python -m uv pip install x", "cd a"),
    ("virtualenv a && a/bin/pip install x", "virtualenv a"),
    ("virtualenv a && pip install x", ""),
    ("$a; pip install x", "$a"),
    ("eval a; pip install x", "eval a"),
)
def test_a_call_knows_what_may_have_moved_its_name(text: str, meant: str) -> None:
    assert call(text).after == meant


@table(
    ("python -m venv a && a/bin/pip install x", "python -m"),
    ("uv venv && uv pip install x", "uv venv"),
    ("uv sync && .venv/bin/pip install x", "uv sync"),
    ("uv lock && uv pip install x", ""),
    ("uv venv && pip install x", ""),
    ("python a.py && a/bin/pip install x", ""),
)
def test_a_call_knows_what_may_have_been_made_for_it(text: str, meant: str) -> None:
    *_, last = calls(commands(text))
    assert last.after == meant


# Safe forms


@table(
    ("pip install $HOME/x", None),
    ("pip install {x}", None),
    ("pip install ~/x", None),
    ("pip install *.whl", None),
    ("pip install a\\ b", None),
    ("pip install 'a>=1' b[c] # d", "%pymod pip install 'a>=1' b[c] # d"),
    ("pip install a \\\n b", "%pymod pip install a \\\n b"),
)
def test_what_needs_a_shell_has_no_form_without_one(text: str, meant: str | None) -> None:
    assert safe_form(text, to="pymod") == meant


@pytest.mark.parametrize("text", ["pip install {{x}}", "pip install $$x {a}", "pip", "pip list?"])
def test_what_ipython_would_read_twice_or_otherwise_has_no_safe_form(text: str) -> None:
    assert safe_form(text) is None


# Windows


@table(
    (
        '"C:\\a b\\python.exe" -m pip install x',
        [["C:\\a b\\python.exe", "-m", "pip", "install", "x"]],
    ),
    ("pip install 'x' # y", [["pip", "install", "'x'", "#", "y"]]),
    ("a & b && c || d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
    ("pip install x > a 2>&1", [["pip", "install", "x"]]),
    ("pip install %x%", None),
    ("a ^& b", None),
    ("(a)", None),
    ('a "b', None),
    ("a &", None),
    ("a >", None),
    ("if a b", None),
)
def test_a_line_of_cmd_is_read_where_it_is_simple(text: str, meant: object) -> None:
    found = parse_cmd(text)
    assert (found and [[word.text for word in each.words] for each in found]) == meant


def test_a_version_becomes_a_file_on_windows_too() -> None:
    (found,) = calls(parse_cmd('pip install keras>=3 "a>=1"') or ())
    assert found.change
    assert [each.target.text for each in found.change.accidental] == ["3"]
