"""DO: change a notebook in the bytes of its file; what was not asked for stays as it is.

Nothing is written here: bytes come in, bytes go out. What comes out is read again, and has to
differ from what came in by just what was asked for. The errors do not name the path, which is not
known here.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from itertools import accumulate, groupby, pairwise, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ipymod.edits import Edit, applied
from ipymod.errors import IpymodError
from ipymod.frozen import dataclass
from ipymod.notebooks import spans
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipymod.notebooks.spans import Token, Value

    Change = tuple[int, int, bytes]  # where it starts and ends in the file, what stands there then

_BLANK = pattern(rb"[ \t\n\r]*")
_END_OF_LINE = pattern(rb"[\r\n]+")
_LONE = pattern("[\ud800-\udfff]")  # half of a pair, which UTF-8 cannot write
# An escape of what could stand there as it is: of no control character, end of a line, or lone half
# of a pair. The number of backslashes before it is odd; one comes first, which is found fast.
_ESCAPED = pattern(
    rb"\\(?<!\\\\)(?:\\\\)*u"
    rb"(?:(?!00[0-9]|202[89]|[dD][89a-fA-F])|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F])"
)


def edited(data: bytes, edits: Mapping[int, Sequence[Edit]]) -> bytes:
    """Give the notebook with the sources of cells changed.

    An edit over the end of a line leaves the number of lines in the file as it is: the first one
    takes the new text, the others lose their part.

    Args:
        data: the content of its file.
        edits: for the index of a cell, changes to its source, in characters; of two that start
            at the same place it would be open which comes first, so they are refused.

    Raises:
        IpymodError: this is no notebook, it has no such cell, edits overlap or lie outside its
            source, or a lone surrogate would become half of a pair.
    """
    intended, cells = _loaded(data), _cells(data)
    edits = {index: asked for index, asked in edits.items() if asked}
    is_ascii = _is_ascii(data, (edit.text for asked in edits.values() for edit in asked))
    changes: list[Change] = []
    for index, asked in edits.items():
        tokens = _tokens(data, cells, index)
        text = _joined(intended, index)
        ordered = _ordered(index, text, asked)
        narrowed = [_narrowed(text, edit) for edit in ordered]
        changes += _changes(data, tokens, narrowed, is_ascii=is_ascii)
        intended["cells"][index]["source"] = applied(text, ordered)
    return _proved(_spliced(data, changes), intended, edits) if changes else data


def with_kernelspec(data: bytes, name: str, display_name: str, language: str) -> bytes:
    """Give the notebook with this kernelspec; a language is set where one is, or none at all.

    Raises:
        IpymodError: this is no notebook, or its metadata are no object.
    """
    intended = _loaded(data)
    metadata = intended.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise IpymodError("its metadata are no JSON object, so they have no place for a kernelspec")
    asked = {"display_name": display_name, "language": language, "name": name}
    known = metadata.get("kernelspec")
    if isinstance(known, dict):
        asked = {key: text for key, text in asked.items() if key != "language" or key in known}
        metadata["kernelspec"] = {**known, **asked}
        after = _with_members(data, asked)
    else:
        metadata["kernelspec"] = asked
        after = _with_object(data, asked)
    return after if after == data else _proved(after, intended)


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        text = data.removeprefix(spans.MARK).decode()
        content = json.loads(text, parse_constant=str)  # a NaN is not equal to itself
    except (ValueError, RecursionError) as error:
        raise IpymodError(f"it is no notebook: {error}") from error
    if not isinstance(content, dict):
        raise IpymodError("it is no notebook: it is JSON, but no object")
    return content


def _proved(after: bytes, intended: object, joined: Iterable[int] = ()) -> bytes:
    """Give what comes out if it is what was meant; sources of some cells are compared joined."""
    content = _loaded(after)
    for index in joined:
        content["cells"][index]["source"] = _joined(content, index)
    if content != intended:
        raise IpymodError("the change would alter more than it should, so it is not made")
    return after


def _joined(content: dict[str, Any], index: int) -> str:
    return "".join([each for each in content["cells"][index]["source"] if isinstance(each, str)])


def _cells(data: bytes) -> tuple[Value, ...]:
    cells = spans.member(spans.outline(data), "cells")
    return cells.items if cells else ()


def _tokens(data: bytes, cells: Sequence[Value], index: int) -> tuple[Token, ...]:
    source = spans.member(cells[index], "source") if 0 <= index < len(cells) else None
    tokens = spans.tokens(data, source) if source else ()
    if not tokens:
        raise IpymodError(f"cell {index} has no source that could be changed")
    return tokens


def _ordered(index: int, source: str, edits: Iterable[Edit]) -> list[Edit]:
    ordered = sorted(edits, key=lambda edit: edit.start)
    for edit in ordered:
        if not 0 <= edit.start <= edit.end <= len(source):
            raise IpymodError(
                f"a change from {edit.start} to {edit.end} is not within cell {index}"
            )
    for one, other in pairwise(ordered):
        if other.start < one.end or other.start == one.start:
            raise IpymodError(f"two changes to cell {index} overlap at {other.start}")
    return ordered


def _narrowed(source: str, edit: Edit) -> Edit:
    """Give the edit without what stays the same at its ends: those bytes are kept, too."""
    old, new = source[edit.start : edit.end], edit.text
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    return Edit(edit.start + head, edit.end - tail, new[head : len(new) - tail])


def _same(one: str, other: str) -> int:
    """Count the characters that both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _changes(
    data: bytes, tokens: Sequence[Token], edits: Iterable[Edit], *, is_ascii: bool
) -> Iterator[Change]:
    ends = list(accumulate(len(token.text) for token in tokens))
    parts = [part for edit in edits for part in _parts(tokens, ends, edit)]
    for token, of_token in groupby(parts, key=itemgetter(0)):
        places = spans.edges(data, token)
        for _, edit in of_token:
            if edit.start < edit.end or edit.text:
                yield places[edit.start], places[edit.end], _escaped(edit.text, is_ascii=is_ascii)


def _parts(
    tokens: Sequence[Token], ends: Sequence[int], edit: Edit
) -> Iterator[tuple[Token, Edit]]:
    """Give what becomes of each token that the edit touches, counted in the token's characters."""
    text = edit.text
    for index in range(min(bisect_right(ends, edit.start), len(ends) - 1), len(ends)):
        end = ends[index]
        begin = end - len(tokens[index].text)
        yield tokens[index], Edit(max(edit.start, begin) - begin, min(edit.end, end) - begin, text)
        text = ""  # the first one has taken it
        if edit.end <= end:
            return


def _spliced(data: bytes, changes: Iterable[Change]) -> bytes:
    parts, at = [], 0
    for start, end, new in sorted(changes, key=itemgetter(0)):  # equal starts keep their order
        parts += [data[at:start], new]
        at = end
    return b"".join([*parts, data[at:]])


def _is_ascii(data: bytes, texts: Iterable[str]) -> bool:
    """Whether these texts are to be written in ASCII alone: that suffices, or is the file's way."""
    if all(text.isascii() for text in texts):
        return True
    return data.removeprefix(spans.MARK).isascii() and _ESCAPED.search(data) is not None


def _escaped(text: str, *, is_ascii: bool) -> bytes:
    """Give what stands between the quotes of a JSON string."""
    written = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
    return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", written).encode()


@dataclass(frozen=True)
class _Style:
    """How a file is laid out.

    Attributes:
        is_ascii: whether other characters are written as escapes.
        colon: what stands between a key and its value.
        unit: by what an inner line is indented more than an outer one.
    """

    is_ascii: bool
    colon: bytes
    unit: bytes

    def comma(self, lead: bytes) -> bytes:
        """Give what stands between two members, if `lead` stands before the first one."""
        if _END_OF_LINE.search(lead):
            return b"," + lead
        return b", " if self.colon[-1:].isspace() else b","

    def inner(self, lead: bytes) -> bytes:
        """Give what stands before the members of an object that is itself such a member."""
        return lead + self.unit if _END_OF_LINE.search(lead) else lead

    def written(self, content: str | Mapping[str, Any], lead: bytes) -> bytes:
        """Give the JSON of a member's value, if `lead` stands before its key."""
        if isinstance(content, str):
            return b'"' + _escaped(content, is_ascii=self.is_ascii) + b'"'
        inner = self.inner(lead)
        members = (self.member(key, value, inner) for key, value in content.items())
        return b"{" + inner + self.comma(inner).join(members) + lead + b"}"

    def member(self, key: str, content: str | Mapping[str, Any], lead: bytes) -> bytes:
        """Give the JSON of a member, without what stands before it."""
        return b'"' + key.encode() + b'"' + self.colon + self.written(content, lead)


def _style(data: bytes, whole: Value, content: str | Mapping[str, Any]) -> _Style:
    """Give the style of the file for this content."""
    any_member = next(iter(whole.members.values()), None)
    colon = data[any_member.end : any_member.value.start] if any_member else b": "
    lines = _END_OF_LINE.split(_lead(data, whole))
    is_ascii = _is_ascii(data, [json.dumps(content, ensure_ascii=False)])
    return _Style(is_ascii, colon, lines[-1] if len(lines) > 1 else b" ")


def _lead(data: bytes, value: Value) -> bytes:
    """Give what stands before the first member."""
    found = _BLANK.match(data, value.start + 1)
    return found[0] if found and value.members else b""


def _with_members(data: bytes, asked: Mapping[str, str]) -> bytes:
    for key, text in asked.items():
        data = _with_member(data, ("metadata", "kernelspec"), key, text)
    return data


def _with_object(data: bytes, asked: Mapping[str, str]) -> bytes:
    if spans.member(spans.outline(data), "metadata") is None:
        return _with_member(data, (), "metadata", {"kernelspec": asked})
    return _with_member(data, ("metadata",), "kernelspec", asked)


def _with_member(
    data: bytes, path: Sequence[str], key: str, content: str | Mapping[str, Any]
) -> bytes:
    """Give the file with a member set, in an object that it has."""
    whole = value = spans.outline(data)
    style, around, lead = _style(data, whole, content), b"", _lead(data, whole)
    for name in path:
        value, around = value.members[name].value, lead
        lead = _lead(data, value) if value.members else style.inner(around)
    known = value.members.get(key)
    if known is not None:
        old = known.value
        is_same = json.loads(data[old.start : old.end]) == content
        return data if is_same else _put(data, old, style.written(content, lead))
    if not value.members:
        return _put(data, value, style.written({key: content}, around))
    return _spliced(data, [_inserted(style, value, key, style.member(key, content, lead), lead)])


def _put(data: bytes, value: Value, new: bytes) -> bytes:
    return _spliced(data, [(value.start, value.end, new)])


def _inserted(style: _Style, value: Value, key: str, member: bytes, lead: bytes) -> Change:
    """Place a member where Jupyter, which sorts keys, would write it."""
    comma = style.comma(lead)
    after = min((each.start for name, each in value.members.items() if name > key), default=None)
    if after is not None:
        return after, after, member + comma
    end = max(each.value.end for each in value.members.values())
    return end, end, comma + member
