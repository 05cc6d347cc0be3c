from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import warnings
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.errors import UsageError
from ipymod.run.tokens import Expression, Splice, Variable, Word, arguments, expand, split

NAMES: dict[str, object] = {
    "name": "a b",
    "number": 3,
    "pi": 3.14159,
    "none": None,
    "path": Path("some where") / "x.py",
    "table": {"x": "value", "}": "brace", "k y": "blank", 'q"': "quote"},
    "words": ["a b", "-c", "", "{name}", "$name", "'"],
    "nothing": [],
    "width": 6,
    "os": os,
    "हिन्दी": "hindi",
    "μ": "micro",
}
CALM = settings(deadline=None, max_examples=200)
VALUES = st.text(st.characters(exclude_characters="\0"))
# Characters that mean something, so that the constructs meet.
LINES = st.text() | st.text(st.sampled_from("{}{}\"'\\$#*!:rx,.[]()= \n\0é"), max_size=40)


def posix(line: str) -> list[str]:
    return arguments(line, NAMES, posix=True)


def refusal(line: str, names: dict[str, object] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        arguments(line, NAMES if names is None else names, posix=True)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def table(*rows: tuple[str, list[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("line", "meant"), rows, ids=[repr(line) for line, _ in rows])


# Words and quotes


@table(
    ("", []),
    (" \t\r\n ", []),
    ("a", ["a"]),
    ("  a\tb\n c ", ["a", "b", "c"]),
    ("a\u00a0b", ["a\u00a0b"]),  # a shell does not take it for a blank either
    ("'a b'", ["a b"]),
    ('"a b"', ["a b"]),
    ("a' 'b\" \"c", ["a b c"]),
    ("--x='a b'", ["--x=a b"]),
    ("''", [""]),
    ('""', [""]),
    ("a '' b", ["a", "", "b"]),
    ("''\"\"", [""]),
    ("a''", ["a"]),
    ('"it\'s"', ["it's"]),
    ("'say \"hi\"'", ['say "hi"']),
    ("'a\nb'", ["a\nb"]),
)
def test_blanks_outside_quotes_separate_words(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    (r"'$name {name} {{ }} $$ \ \n # {*words}'", [r"$name {name} {{ }} $$ \ \n # {*words}"]),
    (r"'a\'", ["a\\"]),
)
def test_single_quotes_keep_everything(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    (r"a\ b", ["a b"]),
    (r"\"a\'", ["\"a'"]),
    (r"\$name", ["$name"]),
    (r"\{name}", ["{name}"]),
    (r"\#a", ["#a"]),
    (r"a\\b", [r"a\b"]),
    (r"\n", ["n"]),
    ("a\\", ["a\\"]),
    (r'"\"\\\$name"', ['"\\$name']),
    (r'"\n\d\ \`\'"', [r"\n\d\ \`\'"]),
    (r'"\{number}"', [r"\3"]),
)
def test_a_backslash_escapes_as_in_sh(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    (r"C:\new\table.txt", [r"C:\new\table.txt"]),
    (r'"C:\Program Files\"', ["C:\\Program Files\\"]),
    (r"a\ b", ["a\\", "b"]),
    (r"C:\$number\{number}", [r"C:\3\3"]),
    (r'"C:\$number\{number}"', [r"C:\3\3"]),
    (r"'a\'", ["a\\"]),
    ("\\", ["\\"]),
)
def test_a_backslash_is_literal_on_windows(line: str, meant: list[str]) -> None:
    assert arguments(line, NAMES, posix=False) == meant


def test_this_platform_decides_about_backslashes() -> None:
    assert arguments(r"a\b", {}) == arguments(r"a\b", {}, posix=os.name != "nt")


@pytest.mark.parametrize(
    ("line", "quote", "column"),
    [("don't", "'", 4), ('a "b', '"', 3), ("'", "'", 1), ("'a' 'b", "'", 5), (r'"a\"', '"', 1)],
)
def test_an_unbalanced_quote_is_shown_with_its_column(line: str, quote: str, column: int) -> None:
    text = refusal(line)
    assert f"the quote {quote} at column {column} " in text
    assert "close it" in text


@pytest.mark.parametrize(("quote", "advised"), [("'", '"\'"'), ('"', "'\"'")])
@pytest.mark.parametrize("on_posix", [True, False])
def test_what_an_unbalanced_quote_advises_to_write_works(
    quote: str, advised: str, *, on_posix: bool
) -> None:
    assert f"write {advised} " in refusal(quote)
    assert arguments(advised, {}, posix=on_posix) == [quote]


@table(
    ("# all of it's \"", []),
    ("a # b", ["a"]),
    ("a #b", ["a"]),
    ("a #", ["a"]),
    ("a # b\nc", ["a", "c"]),
    ("a#b", ["a#b"]),
    ("a# b", ["a#", "b"]),
    ("git+https://h/r#subdirectory=P", ["git+https://h/r#subdirectory=P"]),
    ("'#a' \"#b\" \\#c ''#d", ["#a", "#b", "#c", "#d"]),
    ("$number#x {number}#x", ["3#x", "3#x"]),
)
def test_a_hash_begins_a_comment_only_at_the_start_of_a_word(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@pytest.mark.parametrize(
    "word",
    [
        *("pandas>=2", "x==1.*", "foo[bar]", "a|b", "a;b", "a&b", "~/x", "*", "?", "!", "[!a]"),
        *("a<b", ">x", "(a)", "a=b", "`a`", "%a", "@a", "^a", "a,b", "-", "--", "a#", "..."),
    ],
)
def test_what_means_something_to_a_shell_passes_untouched(word: str) -> None:
    for on_posix in (True, False):
        assert arguments(f"{word} {word}", {}, posix=on_posix) == [word, word]


# Variables


@table(
    ("$name", ["a b"]),
    ("${name}", ["a b"]),
    ('"$name"', ["a b"]),
    ("--x=$name.csv", ["--x=a b.csv"]),
    ("$number$number ${number}x", ["33", "3x"]),
    ("$path", [str(Path("some where") / "x.py")]),
    ("$none", ["None"]),
    ("$हिन्दी", ["hindi"]),
    ("$\u00b5", ["micro"]),  # Python stores the micro sign as a Greek letter
    ("$$", ["$"]),
    ("$$name $$$number", ["$name", "$3"]),
    ('"$$name"', ["$name"]),
)
def test_a_dollar_and_a_name_give_the_variable(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    ("$", ["$"]),
    ("a$ b", ["a$", "b"]),
    ("$5 $5name", ["$5", "$5name"]),
    ("$(name)", ["$(name)"]),
    ("$-name $.x", ["$-name", "$.x"]),
    ("${}", ["${}"]),
    ("${name", ["${name"]),
    ("${pi:.2f}", ["$3.14"]),
    ('"$"', ["$"]),
    ("$'name'", ["$name"]),
)
def test_a_dollar_before_anything_else_stays(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


def test_an_empty_variable_is_an_empty_argument() -> None:
    assert arguments("$v {v} x$v", {"v": ""}) == ["", "", "x"]


def test_a_dollar_does_not_reach_the_builtins() -> None:
    assert "no variable is named id," in refusal("$id")


# Expressions


@table(
    ("{name}", ["a b"]),
    ("{ name }", ["a b"]),
    ("x{number}y{number}", ["x3y3"]),
    ("{number + 1}", ["4"]),
    ("{len(words)}", ["6"]),
    ('{table["x"]}', ["value"]),
    ("{table['k y']}", ["blank"]),
    ('{table["}"]}', ["brace"]),
    (r'{table["q\""]}', ["quote"]),
    ("{ {1:2}[1] }", ["2"]),
    ('{"""a"}"""}', ['a"}']),
    ("{name if number else none}", ["a b"]),
    ("{'x y'} {1, 2}", ["x y", "(1, 2)"]),
    ("{number != 4} {number == 3}", ["True", "True"]),
    ("{[w for w in words if w in name]}", ["['a b', '']"]),
    ("{(lambda: number)()} {(lambda x: x)(1)}", ["3", "1"]),
    ("{sum(number for _ in words)}", ["18"]),
    ("{f'{number}'}", ["3"]),
    ('"a {number} b"', ["a 3 b"]),
    ('"{table["k y"]}"', ["blank"]),
    ("\"{table['k y']}\"", ["blank"]),
)
def test_braces_give_the_value_of_an_expression(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    ("{{x}} {{}}", ["{x}", "{}"]),
    ('"{{x}}"', ["{x}"]),
    ("{{{number}}}", ["{3}"]),
    ("a{{b a}}b", ["a{b", "a}b"]),
)
def test_doubled_braces_are_literal_braces(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@table(
    ("{name!r} {name!s} {'é'}", ["'a b'", "a b", "é"]),
    ("{हिन्दी!a}", ["'hindi'"]),
    ("{pi:.2f}", ["3.14"]),
    ("{number!r:>4}|", ["   3|"]),
    ("{number:>{width}}|", ["     3|"]),
    ("{pi:{width}.{number}}", ["  3.14"]),
    ("{table['x']:>7}", ["  value"]),
    ("{'a:b'[0]:>3}", ["  a"]),
    ("{1 / 3:.2f}", ["0.33"]),
    ("{number:=5}", ["    3"]),
    ("{number: }", [" 3"]),
    ("{number:}", ["3"]),
    ('"{pi:.1f} {name!r}"', ["3.1 'a b'"]),
)
def test_conversions_and_format_specs_work_as_in_f_strings(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


@pytest.mark.parametrize(
    "word",
    [
        "{}",
        "{ }",
        '{"a": 1}',
        "{'a': 'b c'}",
        '{"a": 1, "b": {"c": [1, 2]}}',
        '{"a": {"b": {"c": {}}}}',
        '{"a": "$name {name} # {{"}',
        '{"number" : number}',
        r'{"a": "\d"}',
        "{1: 2}",
        "{-1: 2}",
        "{(1, 2): 3}",
        "{'a'!r}",
        "{a b}",
        "{name # no comment}",
        "{name!x}",
        "{name=}",
        "{**table}",
        "{*.py,*.txt}",
        "{yield}",
        "{import os}",
        "{number)(number}",
        "x{a b}y",
        "}",
        "{",
        "a}b",
        "{number",
        "number}",
    ],
)
def test_braces_without_an_expression_stay_as_one_word(word: str) -> None:
    assert posix(f"a {word} b" if word != "{" else word)[-2:][0] == word


@table(
    (r'"{\"a\": 1}"', ['{"a": 1}']),
    (r'"{\"a\": {\"b\": 1}}"', ['{"a": {"b": 1}}']),
    (r'"{\"a\": {number}}"', ['{"a": 3}']),
    (r'"[{\"a\": \"b c\"}, {\"d\": {}}]"', ['[{"a": "b c"}, {"d": {}}]']),
    (r'"{{\"a\": 1}}"', ['{"a": 1}']),
    ('"{" "}" "{}"', ["{", "}", "{}"]),
    ('"{"$number"}"', ["{3}"]),
    ('"{"a".upper()}"', ["A"]),
    ('"{a b}"', ["{a b}"]),
    ('"{$number /}"', ["{3 /}"]),
)
def test_in_double_quotes_a_brace_without_an_expression_is_a_character(
    line: str, meant: list[str]
) -> None:
    assert posix(line) == meant


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.lists(st.text()), max_size=5))
@settings(CALM, max_examples=50)
def test_any_json_object_passes_unquoted(value: object) -> None:
    text = json.dumps({"a": value, "b": [value]})
    assert arguments(text, {}) == [text]


def test_a_name_of_the_user_wins_over_a_builtin() -> None:
    assert arguments("{len} {max(1, 2)}", {"len": 5}) == ["5", "2"]


def test_an_assignment_in_an_expression_leaves_the_names_alone() -> None:
    names: dict[str, object] = {"x": 1}
    assert arguments("{(y := x + 1)} {[z := x for _ in 'a']}", names) == ["2", "[1]"]
    assert names == {"x": 1}


def test_nothing_is_expanded_twice() -> None:
    assert arguments("$v {v} {*l}", {"v": "$w {w} 'a b' # {{", "l": ["{*l}"], "w": 1}) == [
        "$w {w} 'a b' # {{",
        "$w {w} 'a b' # {{",
        "{*l}",
    ]


def test_an_expression_that_is_only_tried_does_not_warn() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert arguments(r"""{"a": "\d"} {"\d"} {1 is 1}""", {})[1:] == [r"\d", "True"]
    assert not shown


# Splices


@table(
    ("{*words}", NAMES["words"]),  # type: ignore[arg-type]  # a list of strings, seen as object
    ('"{*words}"', NAMES["words"]),  # type: ignore[arg-type]  # the same
    ("a {*nothing} b", ["a", "b"]),
    ("{*nothing}", []),
    ("{* range(2) }", ["0", "1"]),
    ("{*(x * 2 for x in 'ab')}", ["aa", "bb"]),
    ("{*'a b'.split()} {*(1, None)}", ["a", "b", "1", "None"]),
    ("{*nothing or words[:1]}", ["a b"]),
    ("{*[1] if number else [2]}", ["1"]),
    ("{*{1: 2}}", ["1"]),
    ("''{{*words}}", ["{*words}"]),
)
def test_a_star_gives_one_argument_for_each_item(line: str, meant: list[str]) -> None:
    assert posix(line) == meant


class Shelf:
    """Iterable by index alone."""

    def __getitem__(self, index: int) -> str:
        return ["a", "b"][index]


def test_what_is_iterable_by_index_alone_is_spliced() -> None:
    assert arguments("{*shelf}", {"shelf": Shelf()}) == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "kind"), [("ab", "str"), (b"ab", "bytes"), (3, "int"), (None, "NoneType")]
)
def test_only_a_list_can_be_spliced(value: object, kind: str) -> None:
    text = refusal("{*value}", {"value": value})
    assert f"{{*value}} needs a list, but its value is of type {kind}" in text
    assert "write {value} " in text


@pytest.mark.parametrize(
    "word",
    ["a{*words}", "{*words}b", "'a'{*words}", '"a {*words}"', "{*words}{*words}", "${*words}"],
)
def test_a_splice_with_other_text_is_refused(word: str) -> None:
    text = refusal(f"a {word} b")
    assert "{*words} must be a word of its own" in text
    assert word in text


@pytest.mark.parametrize("word", ["{*words, *words}", "{*words, 1}", "{*words,}"])
def test_a_splice_of_two_lists_is_refused(word: str) -> None:
    assert f"{word} splices more than one thing" in refusal(word)


# Errors


@pytest.mark.parametrize("word", ["--x={nmae}", "--x=$nmae", "--x=${nmae}", "{nmae.x}", "{*nmae}"])
def test_an_unknown_name_is_named_with_its_word_and_a_near_name(word: str) -> None:
    text = refusal(f"a {word} b")
    assert f"no variable is named nmae, in {word}:" in text
    assert "did you mean name?" in text


@pytest.mark.parametrize("line", ["$zzzzzz", "{[zzzzzz for _ in 'a']}", "{(lambda: zzzzzz)()}"])
def test_an_unknown_name_without_a_near_one_gets_no_suggestion(line: str) -> None:
    text = refusal(line)
    assert "no variable is named zzzzzz" in text
    assert "did you mean" not in text
    assert "single quotes" in text


@pytest.mark.parametrize("word", ["$IPYMOD_PLACE", "{IPYMOD_PLACE}"])
def test_an_environment_variable_is_explained(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYMOD_PLACE", "here")
    assert refusal(word).endswith("write {os.environ['IPYMOD_PLACE']}")
    assert refusal(word, {}).endswith("write {os.environ['IPYMOD_PLACE']} after import os")
    assert posix("{os.environ['IPYMOD_PLACE']}") == ["here"]


def test_an_unknown_name_in_a_function_is_not_blamed_on_the_line() -> None:
    def broken() -> object:
        return undefined_name  # type: ignore[name-defined]  # noqa: F821  the fault under test

    assert "{f()} raised NameError: name 'undefined_name'" in refusal("{f()}", {"f": broken})


class Grim:
    """Cannot become text."""

    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("x{1/0}", "{1/0} raised ZeroDivisionError: division by zero"),
        ("{table['y']}", "{table['y']} raised KeyError: 'y'"),
        ("{none.x}", "{none.x} raised AttributeError: "),
        ("{name:.2f}", "{name:.2f} raised ValueError: "),
        ("{*(1 / x for x in [0])}", "{*(1 / x for x in [0])} raised ZeroDivisionError: "),
        ("{*1/0}", "{*1/0} raised ZeroDivisionError: "),
    ],
)
def test_what_an_expression_raises_is_shown_and_chained(line: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        posix(line)
    assert str(caught.value).startswith(text)
    assert type(caught.value.__cause__).__name__ in text


@pytest.mark.parametrize("line", ["$grim", "{grim}", "{*[grim]}"])
def test_a_value_that_cannot_become_text_is_an_error_of_the_line(line: str) -> None:
    assert refusal(line, {"grim": Grim()}) == f"{line} raised ValueError"


def test_an_interrupt_in_an_expression_stays_an_interrupt() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        arguments("{f()}", {"f": interrupted})


@pytest.mark.parametrize("word", ["$v", "${v}", "{v}", "x{v}", '"{v}"', "{*[v]}"])
def test_a_value_with_nul_is_refused(word: str) -> None:
    assert "holds a NUL character" in refusal(word, {"v": "a\0b"})


# Structure


def test_a_word_holds_texts_and_expressions_with_their_source() -> None:
    word, splice, empty = split("a\\$'b'$x{ y }c {*z} ''", posix=True)
    text, variable, expression, rest = word.pieces
    assert (text, variable, rest) == ("a$b", Variable("$x", "x"), "c")
    assert isinstance(expression, Expression)
    assert expression.source == "{ y }"
    assert isinstance(splice.pieces[0], Splice)
    assert empty == Word("''", ())


def test_a_word_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        split("a", posix=True)[0].source = "b"  # type: ignore[misc]  # the fault under test


def test_splitting_evaluates_nothing() -> None:
    assert len(split("{1/0} $unknown {*unknown}", posix=True)) == 3


def test_words_expand_later_with_other_names() -> None:
    words = split("$x {x}", posix=True)
    assert expand(words, {"x": 1}) == ["1", "1"]
    assert expand(words, {"x": 2}) == ["2", "2"]


# Free input


@given(VALUES)
@CALM
def test_any_value_stays_one_argument(value: str) -> None:
    names = {"v": value}
    for on_posix in (True, False):
        assert arguments("$v", names, posix=on_posix) == [value]
        assert arguments("x{v}y", names, posix=on_posix) == [f"x{value}y"]
        assert arguments('"{v}"', names, posix=on_posix) == [value]
        assert arguments("a ${v} b", names, posix=on_posix) == ["a", value, "b"]


@given(st.lists(VALUES))
@CALM
def test_any_list_is_spliced_unchanged(values: list[str]) -> None:
    assert arguments("{*v}", {"v": values}) == values
    assert arguments('a "{*v}" b', {"v": values}) == ["a", *values, "b"]


@given(st.lists(st.text() | LINES))
@CALM
def test_what_shlex_quotes_comes_back(values: list[str]) -> None:
    assert arguments(shlex.join(values), {}, posix=True) == values


@given(st.text(st.sampled_from("ab \t\n'\"\\")))
@CALM
def test_words_without_our_constructs_are_those_of_shlex(line: str) -> None:
    try:
        expected = shlex.split(line)
    except ValueError as error:
        assert "escape" in str(error) or refusal(line)  # noqa: PT017  shlex minds a last backslash
    else:
        assert posix(line) == expected


@given(LINES, st.booleans())
@settings(CALM, max_examples=1000)
def test_splitting_raises_nothing_but_usage_errors(line: str, on_posix: bool) -> None:  # noqa: FBT001  hypothesis gives it by position
    try:
        words = split(line, posix=on_posix)
    except UsageError:
        return
    start = 0
    for word in words:
        start = line.index(word.source, start) + len(word.source)


@pytest.mark.parametrize(
    "line",
    [
        "{" * 999,
        "{" + "(" * 99999 + ")" * 99999 + "}",
        "{" + "-" * 99999 + "1}",
        "{x:" * 999 + "}" * 999,
    ],
    ids=["braces", "brackets", "signs", "specs"],
)
def test_deep_nesting_does_not_break_the_splitting(line: str) -> None:
    assert len(split(line, posix=True)) == 1


ENCODABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.lists(ENCODABLE, min_size=20, max_size=100))
@settings(deadline=None, max_examples=8)
def test_a_child_process_gets_every_value_unchanged(values: list[str]) -> None:
    show = "import json, sys; print(json.dumps(sys.argv[1:]))"
    child = [sys.executable, "-X", "utf8", "-c", show]
    args = [*arguments("{*v}", {"v": values}), *arguments("$a x{a}y", {"a": values[0]})]
    done = subprocess.run([*child, *args], stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout) == [*values, values[0], f"x{values[0]}y"]
