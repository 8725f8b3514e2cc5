"""The store of fetched cards: a database file of its own in the cache, with a full-text index."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from importai_tui.archive.full_text import TOKENIZER, to_indexed_text
from importai_tui.archive.match import match_any
from importai_tui.archive.stories import decode_blocks, decode_links, encode_blocks, encode_links
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError
from importai_tui.files import file_lock, get_file_identity, quarantine
from importai_tui.model import LinkKind
from importai_tui.query.conditions import Clause, Phrase
from importai_tui.query.spellings import find_spellings, split_compound
from importai_tui.sqlite import (
    MAX_PARAMETERS,
    DamagedDatabase,
    Database,
    DatabaseSpec,
    ForeignDatabase,
    NewerDatabase,
    QueryCancelled,
    placeholders,
)
from importai_tui.sqlite_errors import DamagedStory, translate_story_errors
from importai_tui.wording import plural
from importai_tui.works.card import Card, CardSummary

_UNUSABLE = (DamagedDatabase, ForeignDatabase, NewerDatabase)
"""Errors of a file that only a new one can replace."""
_SUMMARY_COLUMNS = "work, title, authors, published, venue, doi"
# The body is in a table of its own, so that a query for all summaries does not read it.
# The index has the names of columns that phrases know from the index of stories: see `archive.match`.
_SCHEMA = f"""
CREATE TABLE card (
    id INTEGER PRIMARY KEY,
    work TEXT NOT NULL UNIQUE,  -- canonical id
    title TEXT NOT NULL,
    authors TEXT NOT NULL,  -- JSON list
    published TEXT,  -- YYYY, YYYY-MM or YYYY-MM-DD
    venue TEXT,
    doi TEXT
);
CREATE TABLE body (
    card_id INTEGER PRIMARY KEY REFERENCES card (id) ON DELETE CASCADE,
    value TEXT NOT NULL  -- JSON: see `_encode_body`
);
CREATE VIRTUAL TABLE card_index USING fts5 (headline, tagline, body, tokenize='{TOKENIZER}')
"""
_RANK = "bm25(card_index, 8.0, 3.0, 0.5)"
"""The weights of title, facts and text, as those of headline, tagline and body of a story."""

CARDS_SPEC = DatabaseSpec(
    "card file",
    application_id=0x496D4143,  # "ImAC" in ASCII
    version=1,
    schema=_SCHEMA,
    migrations=(),
    synchronous="NORMAL",
    remedy="Replace it: importai-tui doctor --repair",
    lock_timeout=5.0,
)
_READING_SPEC = CARDS_SPEC._replace(lock_timeout=0.1)
"""Short, because the screen reads cards while a user waits, and a locked file counts as empty."""


class CardStore:
    """The stored cards. For one thread; the file is created by the first `put`.

    A damaged file, or one of a newer version, counts as empty and is replaced by the first `put`, because the cards can
    be fetched again. A file that cannot be read counts as empty too.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self._now = now
        self._database: Database | None = None
        self._identity: tuple[int, int] | None = None
        """The file that is open; another process may delete it, or replace it by a new one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._database:
            self._database.close()
            self._database = None

    def get(self, work: str) -> Card | None:
        """Return the card of a work."""
        with suppress(DamagedStory):  # the card can be fetched again
            return next(_load_cards(self._query(_SELECT_CARD, (work,))), None)
        return None

    def get_summaries(self, works: Collection[str] | None = None) -> Mapping[str, CardSummary]:
        """Return the summaries of the stored cards by work, of all or of these works."""
        sql = f"SELECT {_SUMMARY_COLUMNS} FROM card"
        if works is None:
            rows = self._query(sql)
        else:
            wanted = list(works)
            batches = (wanted[n : n + MAX_PARAMETERS] for n in range(0, len(wanted), MAX_PARAMETERS))
            rows = [
                row for batch in batches for row in self._query(f"{sql} WHERE work IN ({placeholders(batch)})", batch)
            ]
        return {summary.work: summary for summary in _load_summaries(rows)}

    def count(self) -> int:
        """Return the number of cards."""
        return sum(int(count) for (count,) in self._query("SELECT count(*) FROM card"))

    def find(self, match: str, excluded: str = "") -> list[str]:
        """Return the works whose cards match, best match first; the arguments come from `make_card_match`."""
        conditions = ["card_index MATCH ?"] if match else []
        if excluded:
            conditions.append("card.id NOT IN (SELECT rowid FROM card_index WHERE card_index MATCH ?)")
        order = _RANK if match else "card.id"
        sql = f"""SELECT work FROM card_index CROSS JOIN card ON card.id = card_index.rowid
            WHERE {" AND ".join(conditions) or "1"} ORDER BY {order}"""
        return [str(work) for (work,) in self._query(sql, tuple(filter(None, (match, excluded))))]

    def put(self, cards: Iterable[Card]) -> None:
        """Store cards in one transaction; each replaces an older card of its work.

        Raises:
            DatabaseError: the file cannot be written.
        """
        rows = list(cards)
        self.close()  # the file is checked again when it is opened
        try:
            self._write(rows)
        except _UNUSABLE:
            self.close()
            replace_damaged_file(self._path, self._now)
            self._write(rows)

    def _write(self, cards: Sequence[Card]) -> None:
        self._database = database = Database(self._path, CARDS_SPEC)
        with database.transaction():
            for card in cards:
                for (id,) in database.query("SELECT id FROM card WHERE work = ?", (card.work,)):
                    database.execute("DELETE FROM card_index WHERE rowid = ?", (id,))
                    database.execute("DELETE FROM card WHERE id = ?", (id,))
                sql = f"INSERT INTO card ({_SUMMARY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
                authors = _to_json(card.authors)
                summary = (card.work, card.title, authors, card.published, card.venue, card.doi)
                id = database.execute(sql, summary)
                database.execute("INSERT INTO body VALUES (?, ?)", (id, _encode_body(card)))
                sql = "INSERT INTO card_index (rowid, headline, tagline, body) VALUES (?, ?, ?, ?)"
                database.execute(sql, (id, *_make_index_row(card)))

    def _query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; none if there is no file, or none that can be read."""
        try:
            self._close_old_file()
            if self._database is None:
                if not self._path.exists():
                    return []
                self._database, self._identity = Database(self._path, _READING_SPEC), get_file_identity(self._path)
            return self._database.query(sql, values)
        except QueryCancelled:
            raise
        except (DatabaseError, OSError):
            self.close()
            return []

    def _close_old_file(self) -> None:
        if self._database and get_file_identity(self._path) != self._identity:
            self.close()


def make_card_match(clauses: Iterable[Clause]) -> tuple[str, str]:
    """Return the FTS5 queries for the cards that `CardStore.find` returns: what they have, and what they do not have.

    The words match as in stories, in any spelling. Conditions that are not words are ignored.
    """
    required: list[str] = []
    excluded: list[str] = []
    for clause in clauses:
        if phrases := get_spellings(clause.phrases):
            (required if clause.is_positive else excluded).append(f"({match_any(phrases)})")
    return " AND ".join(required), " OR ".join(excluded)


def get_spellings(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Return phrases with their expansions and other spellings. Cards have few of them, and the others cost nothing."""
    return [spelling for phrase in phrases if not phrase.is_empty for spelling in _iter_spellings(phrase)]


def find_card_problem(path: Path) -> str | None:
    """Return a sentence about what is wrong with a file of cards; None if it is good, or does not exist."""
    try:
        _check_file(path)
    except DatabaseError as error:
        return str(error)
    return None


def replace_damaged_file(path: Path, now: Callable[[], datetime]) -> str | None:
    """Replace a damaged file of cards by a new one with the readable cards; return a sentence, None if it is good.

    The old file is renamed, because it may be of another program or of a newer version.

    Raises:
        DatabaseError: the file cannot be replaced.
    """
    if not path.exists():
        return None
    with file_lock(path.with_name(f"{path.name}.lock"), wait=True):
        try:
            _check_file(path)
        except _UNUSABLE as error:
            cards = _read_cards(path)
            renamed = quarantine(path, now())
            with CardStore(path, now) as store:
                store.put(cards)
            problem = str(error).removesuffix(CARDS_SPEC.remedy).strip()
            return f"{problem} It was renamed to {renamed}. {_format_rest(len(cards))}"
    return None


def _format_rest(count: int) -> str:
    kept = f"{plural(count, 'card is', 'cards are')} in a new file. " if count else ""
    return f"{kept}Fetch the {'others' if count else 'cards'} again: importai-tui works --fetch"


def _check_file(path: Path) -> None:
    """Raise DatabaseError if the file exists and cannot be read whole."""
    if not path.exists():
        return
    # Imported here, because only damage needs it.
    from importai_tui.archive.integrity import check_full_text_index

    damaged = DamagedDatabase(f"The {CARDS_SPEC.name} {path} is damaged. {CARDS_SPEC.remedy}")
    with closing(Database(path, CARDS_SPEC)) as database:
        if database.query("PRAGMA integrity_check(1)") != [("ok",)]:
            raise damaged
        check_full_text_index(database, "card_index")
        cards, bodies = (database.query(f"SELECT count(*) FROM {table}") for table in ("card", "body"))
        if cards != bodies or len(list(_iter_cards(database))) != cards[0][0]:
            raise damaged


def _read_cards(path: Path) -> list[Card]:
    """Return the cards of a damaged file that can be read, as far as its tables can."""
    cards: list[Card] = []
    with suppress(DatabaseError), closing(Database(path, CARDS_SPEC)) as database:
        cards.extend(_iter_cards(database))
    return cards


def _iter_cards(database: Database) -> Iterator[Card]:
    """Yield the cards, without those that cannot be read."""
    for (work,) in database.query("SELECT work FROM card"):
        with suppress(DamagedStory):
            yield from _load_cards(database.query(_SELECT_CARD, (work,)))


_SELECT_CARD = f"SELECT {_SUMMARY_COLUMNS}, value FROM card JOIN body ON card_id = card.id WHERE work = ?"


def _load_cards(rows: Iterable[Sequence[Any]]) -> Iterator[Card]:
    """Yield the cards of rows of `_SELECT_CARD`. Raises DamagedStory."""
    for *columns, body in rows:
        with translate_story_errors():
            summary, value = _load_summary(*columns), json.loads(body)
            yield Card(
                work=summary.work,
                kind=LinkKind(value["kind"]),
                title=summary.title,
                url=value["url"],
                source=value["source"],
                fetched_at=value["fetched_at"],
                authors=summary.authors,
                published=summary.published,
                venue=summary.venue,
                license=value["license"],
                pdf_url=value["pdf_url"],
                doi=summary.doi,
                facts=tuple(value["facts"]),
                blocks=decode_blocks(value["blocks"]),
                links=decode_links(value["links"]),
            )


def _load_summaries(rows: Iterable[Sequence[Any]]) -> Iterator[CardSummary]:
    """Yield summaries, without those that cannot be read."""
    for row in rows:
        with suppress(DamagedStory), translate_story_errors():
            yield _load_summary(*row)


_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)


def _load_summary(
    work: str, title: str, authors: str, published: str | None, venue: str | None, doi: str | None
) -> CardSummary:
    """Return a summary. Raises an error that `translate_story_errors` translates if its row is damaged."""
    names = json.loads(authors)
    if not all(isinstance(text, str) for text in (title, venue or "", doi or "", *names)):
        raise TypeError("a column is not text")
    if published is not None and not _DATE.fullmatch(published):
        raise ValueError("the date is invalid")
    return CardSummary(work, title, tuple(names), published, venue, doi)


def _encode_body(card: Card) -> str:
    """Return as JSON what is not in the columns of `card`."""
    return _to_json(
        {
            "kind": card.kind,
            "url": card.url,
            "source": card.source,
            "fetched_at": card.fetched_at,
            "license": card.license,
            "pdf_url": card.pdf_url,
            "facts": card.facts,
            "blocks": encode_blocks(card.blocks),
            "links": encode_links(card.links),
        }
    )


def _make_index_row(card: Card) -> tuple[str, ...]:
    facts = (*card.authors, card.venue, *card.facts, card.license, card.doi)
    return tuple(map(to_indexed_text, (card.title, " ".join(filter(None, facts)), card.text)))


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _iter_spellings(phrase: Phrase) -> Iterator[Phrase]:
    yield replace(phrase, expansions=None)
    yield from phrase.expansions or ()
    if not phrase.is_literal:
        for text in (*find_spellings(phrase.text), *split_compound(phrase.text)):
            yield replace(phrase, text=text, expansions=None)
