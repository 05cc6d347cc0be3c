"""JUDGE: who sent a line, by the words that a chat or a mail writes before it."""

from __future__ import annotations

from ipymod.legible import legible
from ipymod.patterns import pattern

_LONGEST = 120  # characters of a name; fewer are shown
_WORDS = 4  # of a line above that has no time, and may yet be a name
_ABOVE = 4  # lines
_WIDEST = 200  # characters of a line that are looked at

_CLOCK = (
    r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?\s?m\b\.?)?(?:\s*(?:UTC|Z\b|[+]\d{2}:?\d{2}))?"
)
_DAY = (
    r"\b(?:\d{4}([./-])\s?\d{1,2}\1\s?\d{1,2}|\d{1,2}([./-])\s?\d{1,2}\2\s?\d{2,4})"
    r"(?:T(?=\d)|\b\.?)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = rf"\b(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\.?\s+{_MONTH})(?:,?\s+\d{{4}})?\b(?!:)"
_WEEKDAY = rf"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,?\s+(?=\d|{_MONTH}\s+\d)"
_STAMP = pattern(rf"(?i){_WEEKDAY}|{_DAY}|{_CLOCK}|{_DATE}|\b(?:today|yesterday) at\b")
_ADDRESS = pattern(r"[(\[<]?[\w.+-]{1,64}@[\w-][\w.-]{0,99}[>)\]]?")
_MAIL = pattern(
    r"(?i)^\W*(?:on|am|le)\b[\W]*(?:at|um|\u00e0)?\b(.*)\b(?:wrote|schrieb|a \u00e9crit)\b(.*)$"
)
_CHAT = pattern(
    r"(?i)^\W*from\s+(?=\S.*\bto\b)|\s+to\s+(?:everyone|all|me|you|hosts?\b).*$"
    r"|\b(?:says|said|wrote)\s*:?\s*$|\b(?:Out|In)\s?\[\d*\]:?|\(direct message\)"
)
_EDGES = (
    " \t\r\n\f\v\u00a0\u200b\u200e\u200f\ufeff-\u2013\u2014:;,|.*_`~\"'#=/\\"
    "\u201c\u201d\u2018\u2019\u2022\u00b7\u25cf"
)
_BRACKETS = pattern(r"^[(\[<{]([^()\[\]<>{}]*)[)\]>}]$|[(\[<{]\W*[)\]>}]")
_NUMBERED = pattern(r"^\(?\d+[.)]?\s+(?=\D)")
_OURS = pattern(r"(?i)\b(?:ipymod|ready|line|send|paste|copy|output|error|module)\b|[=;%!?{}]")
_LETTER = pattern(r"[^\W\d_]")
_BLANKS = pattern(r"\s+")


def who(before: str, most: int = _ABOVE) -> tuple[str, bool]:
    """Give a name, or nothing, and whether a time stands beside it.

    Args:
        before: the end of the text before the line.
        most: lines above that are looked at.
    """
    *above, same = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    beside = _in_fields(same) or _name(same), _is_stamped(same)
    name, is_stamped = beside
    if not (name and is_stamped):
        name, is_stamped = _above(above[-most:], is_stamped=is_stamped)
        if beside[0] and not is_stamped:  # words such as "mine:" are no name below one with a time
            name, is_stamped = beside
    return ("", False) if not name or _OURS.search(name) else (name, is_stamped)


def _is_stamped(text: str) -> bool:
    return _STAMP.search(text) is not None


def _above(lines: list[str], *, is_stamped: bool) -> tuple[str, bool]:
    """The name in the lines above: with a time, below it a time, or alone and in few words."""
    for place in reversed(range(len(lines))):
        if _is_stamped(lines[place]):
            return _name(lines[place]) or (_name(lines[place - 1]) if place else ""), True
    last = next((line for line in reversed(lines) if line.strip(_EDGES) or not line), "")
    name = _name(last)
    return (name, is_stamped) if len(name.split()) <= _WORDS else ("", False)


def _in_fields(text: str) -> str:
    """The name in a row of a table, whose last field is the line."""
    text = text.rstrip(" \"'\u201c`")
    if not text.endswith((",", ";", "\t", "|")):
        return ""
    fields = [field.strip(_EDGES) for field in text[:-1].split(text[-1])]
    named = [_name(each) for each in fields if "@" not in each]
    return next(filter(None, named), "") or next((each for each in fields if "@" in each), "")


def _name(text: str) -> str:
    """What is left of words without times, marks and what chats and mails add."""
    text = _STAMP.sub(" ", text[-_WIDEST:])
    text = _BLANKS.sub(" ", _ADDRESS.sub(" ", text))
    text = _MAIL.sub(lambda match: match[1] if _LETTER.search(match[1]) else match[2], text)
    text = _trimmed(_NUMBERED.sub("", _trimmed(_CHAT.sub(" ", text))))
    if not _LETTER.search(text):
        return ""
    text = legible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\u2026"


def _trimmed(text: str) -> str:
    text = text.lstrip(f">{_EDGES}").rstrip(_EDGES)
    return _BRACKETS.sub(lambda match: match[1] or "", text).strip(_EDGES)
