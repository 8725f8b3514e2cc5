"""Parses a typed line into a query, and replaces words in such a line.

No input is an error: a token that is not understood is searched for as text, with a remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from importai_tui.query.conditions import (
    CitedCard,
    CitedWork,
    Clause,
    Condition,
    IssueRange,
    Phrase,
    Query,
    SortOrder,
    StoryPlace,
)
from importai_tui.query.fields import FIELDS

T = TypeVar("T")
TEXT_FIELDS = frozenset({"title", "lead"})
"""The fields whose values are words of stories, so that their spelling can be corrected."""
MAX_QUERY_LENGTH = 500
"""Characters of a line that are parsed; a headline is the longest useful search."""
TOKEN_PATTERN = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*)?'
    r'|(?P<word>[^\s"]+|(?(field)(?=\s|$)|(?!))))'
)
"""One token of a line; only the value of a field may be empty, because the user is still typing it."""
_MAY_BE_PASTED = re.compile(r"[/:.]|^#?\d{1,4}$")
_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates, which a command's argument may hold; SQLite accepts neither."""
_OPERATORS = {
    "OR": "OR goes between two words; here it is searched as text.",
    "AND": "AND goes between two words; here it is searched as text.",
    "NOT": "NOT goes before a word; here it is searched as text.",
}
"""Words with a meaning, each with the remark where it has none."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a line. `field` is in lower case, and `value` without quotes, spaces around it and a final star.

    `is_closed`: a quote ends it, so typing cannot extend it. `is_unfinished`: the user may still be typing it.
    `is_alone`: the line has no other token.
    """

    raw: str
    value: str
    field: str = ""
    is_negated: bool = False
    is_closed: bool = False
    is_quoted: bool = False
    is_prefix: bool = False
    is_unfinished: bool = False
    is_alone: bool = False

    @property
    def typed(self) -> str:
        """The token as typed, without its minus sign."""
        return self.raw.removeprefix("-") if self.is_negated else self.raw


def parse_query(line: str, *, is_typing: bool = False) -> Query:
    """Parse a typed line.

    Args:
        line: the typed text.
        is_typing: the user is still typing, so the last word may be a prefix.
    """
    remarks: list[str] = []
    sort = SortOrder.BEST
    first: tuple[IssueRange | StoryPlace, ...] = ()

    def parse_token(token: Token) -> tuple[Condition, ...]:
        nonlocal sort, first
        parsed = FIELDS[token.field].parse(token.value) if token.field in FIELDS else None
        if isinstance(parsed, SortOrder):
            sort = parsed
            return ()
        if token.is_unfinished and not parsed and _may_become_valid(token):
            return ()
        others: tuple[CitedWork | IssueRange | StoryPlace, ...] = ()
        if parsed is None and not token.is_quoted:
            others = _parse_pasted(token)
            first = tuple(one for one in others if not isinstance(one, CitedWork))
        condition = Phrase(token.typed) if others else _make_condition(token, parsed, remarks)
        if isinstance(condition, Phrase):
            if condition.is_empty:
                return ()
            if token.is_unfinished and not condition.is_prefix:
                condition = replace(condition, is_prefix=True, is_unfinished=True)
        return (condition, *others)

    text = clean_query(line)
    clauses = parse_clauses(text, parse_token, remarks, is_typing=is_typing)
    made = _move_words_to_cards([Clause(any_of, is_positive) for any_of, is_positive in clauses])
    return Query(text.strip(), made, sort, tuple(remarks), first)


def _move_words_to_cards(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """Return the clauses; with `in:cards` the words are those of a card, and `title:` and `lead:` still of a story."""
    in_cards = Clause((CitedCard(),))
    if in_cards not in clauses:
        return tuple(clauses)
    words = tuple(clause for clause in clauses if all(map(_is_plain_word, clause.any_of)))
    others = (clause for clause in clauses if clause not in words and clause != in_cards)
    return (Clause((CitedCard(words),)), *others)


def _is_plain_word(condition: Condition) -> bool:
    return isinstance(condition, Phrase) and not (condition.in_headline or condition.in_lead)


def clean_query(line: str) -> str:
    """Return the part of a typed line that is parsed, without control characters."""
    text = line[:MAX_QUERY_LENGTH]
    return text if text.isprintable() else _CONTROL_CHARACTER.sub(" ", text)


def parse_clauses(
    text: str, parse_token: Callable[[Token], tuple[T, ...]], remarks: list[str], *, is_typing: bool
) -> list[tuple[tuple[T, ...], bool]]:
    """Return the clauses of a cleaned line: conditions of which one must hold, or none if the second value is False.

    Args:
        text: the line.
        parse_token: returns the conditions of a token; none if it has no effect.
        remarks: gets a remark for an operator that is searched for as text.
        is_typing: the user is still typing the last token.
    """
    clauses: list[tuple[tuple[T, ...], bool]] = []
    tokens = [_make_token(match) for match in TOKEN_PATTERN.finditer(text)]
    after_or = after_not = False
    for index, token in enumerate(tokens):
        is_last = index == len(tokens) - 1
        if token.raw in _OPERATORS and (index > 0 or token.raw == "NOT") and (is_typing or not is_last):
            after_or = after_or or (token.raw == "OR" and bool(clauses) and clauses[-1][1])
            after_not = after_not or token.raw == "NOT"
            continue
        is_negated, after_not = token.is_negated or after_not, False
        is_unfinished = is_typing and is_last and text == text.rstrip() and not token.is_closed
        if token.raw in _OPERATORS and not is_unfinished:
            remarks.append(_OPERATORS[token.raw])
        conditions = parse_token(
            replace(token, is_negated=is_negated, is_unfinished=is_unfinished, is_alone=len(tokens) == 1)
        )
        if not conditions:
            continue
        if after_or and not is_negated:
            clauses[-1] = ((*clauses[-1][0], *conditions), True)
        else:
            clauses.append((conditions, not is_negated))
        after_or = False
    return clauses


def replace_word(line: str, word: str, replacement: str) -> str:
    """Return the line with `word` replaced wherever it is searched for as text, in the same letter case."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    parts: list[str] = []
    end = 0
    for match in TOKEN_PATTERN.finditer(line):
        field = (match["field"] or "").casefold()
        if match["minus"] or (field in FIELDS and field not in TEXT_FIELDS):
            continue
        start = match.start("phrase" if match["word"] is None else "word")
        parts += line[end:start], whole.sub(_copy_case(word, replacement), line[start : match.end()])
        end = match.end()
    return "".join((*parts, line[end:]))


def quote_words(line: str, words: Collection[str]) -> str:
    """Return the line with quotes around the parts that contain one of these words."""
    parts: list[str] = []
    end = 0
    for match in TOKEN_PATTERN.finditer(line):
        if match["word"] and set(re.findall(r"[^\W_]+", match["word"])).intersection(words):
            parts += line[end : match.start("word")], f'"{match["word"]}"'
            end = match.end()
    return "".join((*parts, line[end:]))


def _make_token(match: re.Match[str]) -> Token:
    word, phrase = match["word"], match["phrase"]
    value = phrase if word is None else word
    prefix = bool(match["star"])
    if word and word.endswith("*"):
        value, prefix = word.rstrip("*"), True
    return Token(
        raw=match[0],
        value=" ".join(value.split()),
        field=(match["field"] or "").casefold(),
        is_negated=bool(match["minus"]),
        is_closed=bool(match["end"]),
        is_quoted=word is None,
        is_prefix=prefix,
    )


def _parse_pasted(token: Token) -> tuple[CitedWork | IssueRange | StoryPlace, ...]:
    """Return the conditions for an address or id, or for the number of an issue or story if nothing else is typed."""
    if not _MAY_BE_PASTED.search(token.raw):
        return ()
    # Imported here, because most words are only words.
    from importai_tui.query.pasted import parse_pasted_work, parse_ref

    if work := parse_pasted_work(token.typed):
        return (work,)
    return (parse_ref(token.typed) or ()) if token.is_alone and not token.is_negated else ()


def _may_become_valid(token: Token) -> bool:
    """Return True if more letters could make the value of a field valid: "is:" and "is:un".

    "https:" and "https:/" may become a URL.
    """
    if not token.field:
        return False
    if token.field not in FIELDS:
        return token.value in ("", "/")
    values = FIELDS[token.field].values
    item = token.value.casefold().rpartition(",")[2]
    return not values or any(value.startswith(item) and value != item for value in values)


def _make_condition(token: Token, parsed: Condition | None, remarks: list[str]) -> Condition:
    """Return the condition of a token; add a remark if its field or value is not understood.

    `parsed` is the condition of the token's field; None if the token has no field, or if it is not understood.
    """
    if isinstance(parsed, Phrase):
        return replace(parsed, is_prefix=token.is_prefix, is_quoted=token.is_quoted)
    if parsed:
        return parsed
    if token.field:
        if not token.value.startswith("//"):  # a URL is not a field
            remarks.append(_format_remark(token))
        return Phrase(f"{token.field} {token.value}".strip(), token.is_prefix, is_quoted=token.is_quoted)
    return Phrase(token.value, token.is_prefix, is_quoted=token.is_quoted)


def _format_remark(token: Token) -> str:
    """Return the remark for an unknown field or value, with a suggestion if there is a similar one."""
    # Imported here, because valid queries do not need it.
    from difflib import get_close_matches

    is_known = token.field in FIELDS
    field = token.field if is_known else next(iter(get_close_matches(token.field, FIELDS, 1, 0.7)), "")
    if not field:
        return f"Unknown filter “{token.field}” (searching it as text)."
    values = list(FIELDS[field].values)
    similar = [next(iter(get_close_matches(item, values, 1, 0.6)), "") for item in token.value.casefold().split(",")]
    value = ",".join(similar) if all(similar) else token.value
    suggestion = f" Did you mean {field}:{value}?" if token.value and (value != token.value or not is_known) else ""
    hint = "" if suggestion else f" {FIELDS[field].hint}"
    unknown = "value" if is_known else "filter"
    return f"Unknown {unknown} {token.raw} (searching it as text).{suggestion}{hint}"


def _copy_case(word: str, replacement: str) -> str:
    if word.isupper() and len(word) > 1:
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if word[:1].isupper() else replacement
