"""Reads a typed line as a query. Nothing is an error: what is not understood is searched for as text, and said so.

Puts another word in the place of one that was typed, and leaves the rest of the line as it is. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.query.conditions import Clause, Condition, Query, Sort, Words
from importai_tui.query.fields import FIELDS, KINDS, MARKS, THINGS

LONGEST = 500
"""Characters of a line that are read: the longest thing worth searching for is a headline."""
TOKEN = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*)?'
    r'|(?P<word>[^\s"]+|(?(field)(?=\s|$)|(?!))))'
)
"""One piece of a line; only a field's word may be empty, which is still to be typed."""
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls, and the halves of characters that an argument of a command may hold: SQLite takes neither."""
_VALUES = {"in": KINDS, "is": MARKS, "has": THINGS, "sort": tuple(Sort)}


@dataclass(frozen=True, slots=True)
class _Token:
    """One piece of the line. `closed`: nothing can be added to it by typing on."""

    written: str
    value: str
    field: str = ""
    minus: bool = False
    closed: bool = False
    prefix: bool = False


def read_query(line: str, *, typing: bool = False) -> Query:
    """What the line asks for.

    Args:
        line: as it was typed.
        typing: it is still being typed, so its last word may be the beginning of one.
    """
    text = line[:LONGEST]
    if not text.isprintable():
        text = _NO_TEXT.sub(" ", text)
    tokens = [_token(found) for found in TOKEN.finditer(text)]
    clauses: list[Clause] = []
    remarks: list[str] = []
    sort = Sort.BEST
    joined = False
    for at, token in enumerate(tokens):
        last = at == len(tokens) - 1
        if token.written == "OR" and at > 0 and (typing or not last):
            joined = bool(clauses) and clauses[-1].wanted
            continue
        if token.field == "sort" and token.value.casefold() in tuple(Sort):
            sort = Sort(token.value.casefold())
            continue
        typed = typing and last and text == text.rstrip() and not token.closed
        if typed and _may_become_a_field(token):
            continue
        if token.written == "OR" and not typed:
            remarks.append(_OR_ALONE)
        condition, wanted = _condition(token, remarks)
        if isinstance(condition, Words):
            if condition.is_empty:
                continue
            if typed and not condition.prefix:
                condition = Words(condition.text, prefix=True, headline=condition.headline, typed=True)
        if joined and wanted:
            clauses[-1] = Clause((*clauses[-1].any_of, condition))
        else:
            clauses.append(Clause((condition,), wanted))
        joined = False
    return Query(text.strip(), tuple(clauses), sort, tuple(remarks))


def _token(found: re.Match[str]) -> _Token:
    word, phrase = found["word"], found["phrase"]
    value = phrase if word is None else word
    prefix = bool(found["star"])
    if word and word.endswith("*"):
        value, prefix = word.rstrip("*"), True
    return _Token(
        written=found[0],
        value=" ".join(value.split()),
        field=(found["field"] or "").casefold(),
        minus=bool(found["minus"]),
        closed=bool(found["end"]),
        prefix=prefix,
    )


def _may_become_a_field(token: _Token) -> bool:
    """Whether it is the beginning of a field that means something only with more letters: "is:" and "is:un".

    Of what is no field it may yet become an address.
    """
    if token.field and token.field not in FIELDS and token.field != "sort":
        return token.value in ("", "/")
    if token.field not in _VALUES:
        return token.field in FIELDS and FIELDS[token.field](token.value) is None
    one = token.value.casefold().rpartition(",")[2]
    understood = token.field in FIELDS and FIELDS[token.field](token.value)
    return not understood and any(known.startswith(one) and known != one for known in _VALUES[token.field])


def _condition(token: _Token, remarks: list[str]) -> tuple[Condition, bool]:
    """What one piece asks for, and whether it is wanted."""
    wanted = not token.minus
    if token.field in FIELDS:
        condition = FIELDS[token.field](token.value)
        if isinstance(condition, Words):
            return Words(condition.text, token.prefix, headline=True), wanted
        if condition:
            return condition, wanted
    if token.field:
        if not token.value.startswith("//"):  # an address is no field
            remarks.append(_not_understood(token))
        return Words(f"{token.field} {token.value}".strip(), token.prefix), wanted
    return Words(token.value, token.prefix), wanted


def _not_understood(token: _Token) -> str:
    """What is said of a field or a value that is none."""
    # Imported here: the words of a good query need no likeness.
    from difflib import get_close_matches

    known = token.field in FIELDS or token.field == "sort"
    field = token.field if known else next(iter(get_close_matches(token.field, [*FIELDS, "sort"], 1, 0.7)), "")
    if not field:
        return f'"{token.written}" is not understood, and searched for as text. There is no field {token.field}:.'
    values = list(_VALUES.get(field, ()))
    like = [next(iter(get_close_matches(one, values, 1, 0.6)), "") for one in token.value.casefold().split(",")]
    value = ",".join(like) if all(like) else token.value
    meant = f" Did you mean {field}:{value}?" if token.value and (value != token.value or not known) else ""
    hint = "" if meant else f" {_HINTS.get(field, '')}".rstrip()
    return f'"{token.written}" is not understood, and searched for as text.{meant}{hint}'


_OR_ALONE = '"OR" stands between two words; here it is searched for as text.'
_HINTS = {
    "title": "It is written title:robots.",
    "tag": "It is written tag:robots.",
    "cites": "It is written cites:2502.19187.",
    "in": "in: takes story, tales, essay or note.",
    "is": "is: takes unread, read, starred, noted or tagged.",
    "has": "has: takes paper, code, dataset, model, post, news, video, social, note or tag.",
    "issue": "It is written issue:392 or issue:380..402.",
    "after": "A time is written 2024, 2024-06 or 2024-06-03.",
    "before": "A time is written 2024, 2024-06 or 2024-06-03.",
    "year": "It is written year:2023 or year:2020..2022.",
    "site": "It is written site:arxiv.org.",
    "sort": "sort: takes best, new or old.",
}


def mended(line: str, word: str, other: str) -> str:
    """The line with `other` for `word` wherever that is looked for as text, in small or capital letters as it was."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    parts: list[str] = []
    end = 0
    for found in TOKEN.finditer(line):
        field = (found["field"] or "").casefold()
        if found["minus"] or (field in FIELDS and field != "title") or field == "sort":
            continue
        start = found.start("phrase" if found["word"] is None else "word")
        parts += line[end:start], whole.sub(_as_written(word, other), line[start : found.end()])
        end = found.end()
    return "".join((*parts, line[end:]))


def _as_written(word: str, other: str) -> str:
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other
