"""Reads a typed line as a query. Nothing is an error: what is not understood is searched for as text, and said so.

Puts another word in the place of one that was typed, and leaves the rest of the line as it is. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.query.conditions import Clause, Condition, Phrase, Query, SortOrder
from importai_tui.query.fields import FIELDS, HAS_VALUES, KIND_VALUES, MARK_VALUES

MAX_QUERY_LENGTH = 500
"""Characters of a line that are read: the longest thing worth searching for is a headline."""
TOKEN_PATTERN = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*)?'
    r'|(?P<word>[^\s"]+|(?(field)(?=\s|$)|(?!))))'
)
"""One piece of a line; only a field's word may be empty, which is still to be typed."""
_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls, and the halves of characters that an argument of a command may hold: SQLite takes neither."""
_FIELD_VALUES = {"in": KIND_VALUES, "is": MARK_VALUES, "has": HAS_VALUES, "sort": tuple(SortOrder)}


@dataclass(frozen=True, slots=True)
class _Token:
    """One piece of the line. `closed`: nothing can be added to it by typing on."""

    raw: str
    value: str
    field: str = ""
    is_negated: bool = False
    is_closed: bool = False
    is_prefix: bool = False


def parse_query(line: str, *, is_typing: bool = False) -> Query:
    """What the line asks for.

    Args:
        line: as it was typed.
        typing: it is still being typed, so its last word may be the beginning of one.
    """
    text = line[:MAX_QUERY_LENGTH]
    if not text.isprintable():
        text = _CONTROL_CHARACTER.sub(" ", text)
    tokens = [_make_token(found) for found in TOKEN_PATTERN.finditer(text)]
    clauses: list[Clause] = []
    remarks: list[str] = []
    sort = SortOrder.BEST
    joined = False
    for at, token in enumerate(tokens):
        last = at == len(tokens) - 1
        if token.raw == "OR" and at > 0 and (is_typing or not last):
            joined = bool(clauses) and clauses[-1].is_positive
            continue
        if token.field == "sort" and token.value.casefold() in tuple(SortOrder):
            sort = SortOrder(token.value.casefold())
            continue
        typed = is_typing and last and text == text.rstrip() and not token.is_closed
        if typed and _is_unfinished_field(token):
            continue
        if token.raw == "OR" and not typed:
            remarks.append(_OR_REMARK)
        condition, wanted = _make_condition(token, remarks)
        if isinstance(condition, Phrase):
            if condition.is_empty:
                continue
            if typed and not condition.is_prefix:
                condition = Phrase(
                    condition.text, is_prefix=True, in_headline=condition.in_headline, is_unfinished=True
                )
        if joined and wanted:
            clauses[-1] = Clause((*clauses[-1].any_of, condition))
        else:
            clauses.append(Clause((condition,), wanted))
        joined = False
    return Query(text.strip(), tuple(clauses), sort, tuple(remarks))


def _make_token(match: re.Match[str]) -> _Token:
    word, phrase = match["word"], match["phrase"]
    value = phrase if word is None else word
    prefix = bool(match["star"])
    if word and word.endswith("*"):
        value, prefix = word.rstrip("*"), True
    return _Token(
        raw=match[0],
        value=" ".join(value.split()),
        field=(match["field"] or "").casefold(),
        is_negated=bool(match["minus"]),
        is_closed=bool(match["end"]),
        is_prefix=prefix,
    )


def _is_unfinished_field(token: _Token) -> bool:
    """Whether it is the beginning of a field that means something only with more letters: "is:" and "is:un".

    Of what is no field it may yet become an address.
    """
    if token.field and token.field not in FIELDS and token.field != "sort":
        return token.value in ("", "/")
    if token.field not in _FIELD_VALUES:
        return token.field in FIELDS and FIELDS[token.field](token.value) is None
    one = token.value.casefold().rpartition(",")[2]
    understood = token.field in FIELDS and FIELDS[token.field](token.value)
    return not understood and any(known.startswith(one) and known != one for known in _FIELD_VALUES[token.field])


def _make_condition(token: _Token, remarks: list[str]) -> tuple[Condition, bool]:
    """What one piece asks for, and whether it is wanted."""
    wanted = not token.is_negated
    if token.field in FIELDS:
        condition = FIELDS[token.field](token.value)
        if isinstance(condition, Phrase):
            return Phrase(condition.text, token.is_prefix, in_headline=True), wanted
        if condition:
            return condition, wanted
    if token.field:
        if not token.value.startswith("//"):  # an address is no field
            remarks.append(_format_remark(token))
        return Phrase(f"{token.field} {token.value}".strip(), token.is_prefix), wanted
    return Phrase(token.value, token.is_prefix), wanted


def _format_remark(token: _Token) -> str:
    """What is said of a field or a value that is none."""
    # Imported here: the words of a good query need no likeness.
    from difflib import get_close_matches

    known = token.field in FIELDS or token.field == "sort"
    field = token.field if known else next(iter(get_close_matches(token.field, [*FIELDS, "sort"], 1, 0.7)), "")
    if not field:
        return f'"{token.raw}" is not understood, and searched for as text. There is no field {token.field}:.'
    values = list(_FIELD_VALUES.get(field, ()))
    like = [next(iter(get_close_matches(one, values, 1, 0.6)), "") for one in token.value.casefold().split(",")]
    value = ",".join(like) if all(like) else token.value
    meant = f" Did you mean {field}:{value}?" if token.value and (value != token.value or not known) else ""
    hint = "" if meant else f" {_FIELD_HINTS.get(field, '')}".rstrip()
    return f'"{token.raw}" is not understood, and searched for as text.{meant}{hint}'


_OR_REMARK = '"OR" stands between two words; here it is searched for as text.'
_FIELD_HINTS = {
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


def replace_word(line: str, word: str, replacement: str) -> str:
    """The line with `other` for `word` wherever that is looked for as text, in small or capital letters as it was."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    parts: list[str] = []
    end = 0
    for found in TOKEN_PATTERN.finditer(line):
        field = (found["field"] or "").casefold()
        if found["minus"] or (field in FIELDS and field != "title") or field == "sort":
            continue
        start = found.start("phrase" if found["word"] is None else "word")
        parts += line[end:start], whole.sub(_copy_case(word, replacement), line[start : found.end()])
        end = found.end()
    return "".join((*parts, line[end:]))


def _copy_case(word: str, replacement: str) -> str:
    if word.isupper() and len(word) > 1:
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if word[:1].isupper() else replacement
