"""The command that finds stories: `search`. What a line may ask for is the language of the reader's search box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NOTHING_YET
from importai_tui.cli.context import Session, catch_up
from importai_tui.cli.options import AnyWords, json_option
from importai_tui.output.console import columns, emit, emit_json, emit_lines, narrate
from importai_tui.parse.clean import clean_line
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.archive.search import Marks
    from importai_tui.query.conditions import Query
    from importai_tui.search.search import Answer, Search

_COMMAND = "importai-tui search"
_EXAMPLE = 'importai-tui search "chain of thought" -math year:2024'
_LANGUAGE = f"""\b
What a search may ask for:
  "exact phrase"  -without  OR  prefix*  title:word
  in:story|tales|essay|note  is:unread|read|starred|noted  tag:name
  issue:392  issue:380..402  after:2024-06  before:2024  year:2023
  site:arxiv.org  has:code|paper|video|note  cites:2502.19187
  sort:best|new|old
For example: {_EXAMPLE}"""
_DEFAULT_LIMIT = 20
"""Stories: a few screens, as one pages through them."""
_LARGEST_LIMIT = 999_999_999
"""Stories: more than any archive has, and less than the largest number of a database."""
_FREE = "(?:title|tag):"
"""The fields whose value may have a blank in it; that of any other ends there, so more words are a line."""
_NOTHING_FOUND = "Nothing is found. Try fewer words, other ones, or the beginning of one: rob*"


@click.command(cls=AnyWords, epilog=_LANGUAGE)
@click.argument("words", metavar="QUERY...", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(1, _LARGEST_LIMIT),
    default=_DEFAULT_LIMIT,
    show_default=True,
    help="At most so many stories.",
)
@click.option("--trend", is_flag=True, help="How many stories a year, or a quarter, instead of the stories.")
@json_option
@click.pass_context
def search(ctx: click.Context, words: tuple[str, ...], limit: int, trend: bool, as_json: bool) -> None:
    """Find stories, the best match first: REF, date, headline, and the passage that matches."""
    from importai_tui.query.parser import read_query
    from importai_tui.search.search import Search

    query = read_query(clean_line(line_of(words)))  # a word in no encoding has surrogates
    if query.is_empty:
        raise click.UsageError(f"Say what to search for, in words: {_EXAMPLE}", ctx)
    session: Session = ctx.obj
    fields = query.fields()
    with session.library(marked=bool(fields)) as library:
        catch_up(session, library)
        with Search(library.archive.finder()) as opened:
            # A search for words alone does not open the reading state.
            marks = library.state.marks(fields) if fields else {}
            question = _Question(opened, query, marks)
            found = _trend(question, as_json=as_json) if trend else _hits(question, limit, as_json=as_json)
            for remark in query.remarks:
                narrate(remark)
            if not found:
                narrate(NOTHING_YET if library.is_empty() else _NOTHING_FOUND)
            if meant := question.suggestion:
                narrate(f"Did you mean: {_COMMAND} {_for_the_shell(meant)}")
    if not found:
        ctx.exit(1)


@dataclass(frozen=True)
class _Question:
    """A query, and the archive that is asked."""

    search: Search
    query: Query
    marks: Marks

    @cached_property
    def suggestion(self) -> str | None:
        """The whole line as it may have been meant."""
        return self.search.suggestion(self.query)

    def shape(self, total: int) -> dict[str, object]:
        """What the JSON of every answer begins with."""
        query = self.query
        return {
            "query": query.text,
            "total": total,
            "remarks": list(query.remarks),
            "suggestion": self.suggestion,
        }


def line_of(arguments: Sequence[str]) -> str:
    """The line that was meant: what the shell took the quotes off is put in quotes again.

    An argument that is written in the language itself stays as it is.
    """
    return " ".join(map(_quoted, arguments))


def _for_the_shell(line: str) -> str:
    """Arguments that mean this line."""
    import shlex

    return shlex.join([line] if '"' in line else line.split())


def _quoted(argument: str) -> str:
    if len(argument.split()) <= 1:
        return argument
    from importai_tui.query.fields import FIELDS

    field = f"(?:{'|'.join((*FIELDS, 'sort'))}):"
    found = re.match(f"-?(?:{_FREE})?", argument, re.IGNORECASE)
    before = found[0] if found else ""
    value = argument[len(before) :]
    written = re.search(rf'"|(?:^|\s)(?:OR(?:\s|$)|-\w|\S+\*(?:\s|$)|(?i:{field})\S)', value)
    return f'{before}"{value}"' if len(value.split()) > 1 and not written else argument


def _hits(question: _Question, limit: int, *, as_json: bool) -> int:
    """Print the stories; how many match, printed or not."""
    search, marks = question.search, question.marks
    answer = search.answer(question.query, marks, limit=limit)
    hits = list(zip(answer.found, search.excerpts(answer, 0, limit), strict=True))
    total = sum(search.days(answer.asked, marks).values())
    if as_json:
        from importai_tui.output.json import hit_shape

        shapes = [hit_shape(found, excerpt) for found, excerpt in hits]
        emit_json(question.shape(total) | {"ranked": answer.ranked, "hits": shapes})
    elif hits:
        from importai_tui.output.tables import hit_lines

        emit_lines(hit_lines(hits, columns()))
    if hits:
        shown, more = (f"{len(hits):,} of ", f" All of them: --limit {total}") if total > len(hits) else ("", "")
        narrate(f"{shown}{plural(total, 'story', 'stories')}, {_order(answer)} first.{more}")
    return total


def _trend(question: _Question, *, as_json: bool) -> int:
    """Print how many stories match through time; how many in all."""
    from importai_tui.search.search import EVERY_STORY, trend

    search, marks = question.search, question.marks
    # A word without a story may be one whose stem is shorter; the answer knows what was asked in the end.
    days = search.days(search.answer(question.query, marks, limit=1).asked, marks)
    total, undated = sum(days.values()), days.get(None, 0)
    periods = trend(days, search.days(EVERY_STORY, {}))
    if as_json:
        from importai_tui.output.json import period_shape

        emit_json(question.shape(total) | {"undated": undated, "trend": [period_shape(p) for p in periods]})
    elif periods:
        from importai_tui.output.tables import trend_chart

        emit(trend_chart(periods, columns()))
    if total:
        without = f", {undated:,} of them without a date" if undated else ""
        narrate(f"{plural(total, 'story', 'stories')}{without}. The share is that of all stories of the time.")
    return total


def _order(answer: Answer) -> str:
    from importai_tui.query.conditions import Sort

    if answer.asked.sort is Sort.OLD:
        return "the oldest"
    return "the best" if answer.ranked else "the newest"
