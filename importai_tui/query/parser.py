"""Parses a typed line into a query, and replaces words in such a line.

No input is an error: a token that is not understood is searched for as text, with a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from importai_tui.query.conditions import Clause, Condition, Phrase, Query, SortOrder
from importai_tui.query.fields import FIELDS, HAS_VALUES, KIND_VALUES, MARK_VALUES

MAX_QUERY_LENGTH = 500
"""Characters of a line that are parsed; a headline is the longest useful search."""
TOKEN_PATTERN = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*)?'
    r'|(?P<word>[^\s"]+|(?(field)(?=\s|$)|(?!))))'
)
"""One token of a line; only the value of a field may be empty, because the user is still typing it."""
_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates, which a command's argument may hold; SQLite accepts neither."""
_FIELD_VALUES = {"in": KIND_VALUES, "is": MARK_VALUES, "has": HAS_VALUES, "sort": tuple(SortOrder)}
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


def parse_query(line: str, *, is_typing: bool = False) -> Query:
    """Parse a typed line.

    Args:
        line: the typed text.
        is_typing: the user is still typing, so the last word may be a prefix.
    """
    text = line[:MAX_QUERY_LENGTH]
    if not text.isprintable():
        text = _CONTROL_CHARACTER.sub(" ", text)
    tokens = [_make_token(match) for match in TOKEN_PATTERN.finditer(text)]
    clauses: list[Clause] = []
    remarks: list[str] = []
    sort = SortOrder.BEST
    after_or = False
    for index, token in enumerate(tokens):
        is_last = index == len(tokens) - 1
        if token.raw == "OR" and index > 0 and (is_typing or not is_last):
            after_or = bool(clauses) and clauses[-1].is_positive
            continue
        if token.field == "sort" and token.value.casefold() in tuple(SortOrder):
            sort = SortOrder(token.value.casefold())
            continue
        is_unfinished = is_typing and is_last and text == text.rstrip() and not token.is_closed
        if is_unfinished and _is_unfinished_field(token):
            continue
        if token.raw == "OR" and not is_unfinished:
            remarks.append(_OR_REMARK)
        condition, is_positive = _make_condition(token, remarks)
        if isinstance(condition, Phrase):
            if condition.is_empty:
                continue
            if is_unfinished and not condition.is_prefix:
                condition = replace(condition, is_prefix=True, is_unfinished=True)
        if after_or and is_positive:
            clauses[-1] = Clause((*clauses[-1].any_of, condition))
        else:
            clauses.append(Clause((condition,), is_positive))
        after_or = False
    return Query(text.strip(), tuple(clauses), sort, tuple(remarks))


def replace_word(line: str, word: str, replacement: str) -> str:
    """Return the line with `word` replaced wherever it is searched for as text, in the same letter case."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    parts: list[str] = []
    end = 0
    for match in TOKEN_PATTERN.finditer(line):
        field = (match["field"] or "").casefold()
        if match["minus"] or (field in FIELDS and field != "title") or field == "sort":
            continue
        start = match.start("phrase" if match["word"] is None else "word")
        parts += line[end:start], whole.sub(_copy_case(word, replacement), line[start : match.end()])
        end = match.end()
    return "".join((*parts, line[end:]))


@dataclass(frozen=True, slots=True)
class _Token:
    """One token. `is_closed`: a quote ends it, so typing cannot extend it."""

    raw: str
    value: str
    field: str = ""
    is_negated: bool = False
    is_closed: bool = False
    is_prefix: bool = False


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
    """Return True if a token needs more letters to be valid: "is:" and "is:un".

    "https:" and "https:/" may become a URL.
    """
    if token.field and token.field not in FIELDS and token.field != "sort":
        return token.value in ("", "/")
    if token.field not in _FIELD_VALUES:
        return token.field in FIELDS and FIELDS[token.field](token.value) is None
    item = token.value.casefold().rpartition(",")[2]
    understood = token.field in FIELDS and FIELDS[token.field](token.value)
    return not understood and any(value.startswith(item) and value != item for value in _FIELD_VALUES[token.field])


def _make_condition(token: _Token, remarks: list[str]) -> tuple[Condition, bool]:
    """Return the condition of a token, and False if it is negated; add a remark if it is not understood."""
    is_positive = not token.is_negated
    if token.field in FIELDS:
        condition = FIELDS[token.field](token.value)
        if isinstance(condition, Phrase):
            return replace(condition, is_prefix=token.is_prefix), is_positive
        if condition:
            return condition, is_positive
    if token.field:
        if not token.value.startswith("//"):  # a URL is not a field
            remarks.append(_format_remark(token))
        return Phrase(f"{token.field} {token.value}".strip(), token.is_prefix), is_positive
    return Phrase(token.value, token.is_prefix), is_positive


def _format_remark(token: _Token) -> str:
    """Return the remark for an unknown field or value, with a suggestion if there is a similar one."""
    # Imported here, because valid queries do not need it.
    from difflib import get_close_matches

    is_known = token.field in FIELDS or token.field == "sort"
    field = token.field if is_known else next(iter(get_close_matches(token.field, [*FIELDS, "sort"], 1, 0.7)), "")
    if not field:
        return f'"{token.raw}" is not understood, and searched for as text. There is no field {token.field}:.'
    values = list(_FIELD_VALUES.get(field, ()))
    similar = [next(iter(get_close_matches(item, values, 1, 0.6)), "") for item in token.value.casefold().split(",")]
    value = ",".join(similar) if all(similar) else token.value
    suggestion = f" Did you mean {field}:{value}?" if token.value and (value != token.value or not is_known) else ""
    hint = "" if suggestion else f" {_FIELD_HINTS.get(field, '')}".rstrip()
    return f'"{token.raw}" is not understood, and searched for as text.{suggestion}{hint}'


def _copy_case(word: str, replacement: str) -> str:
    if word.isupper() and len(word) > 1:
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if word[:1].isupper() else replacement
