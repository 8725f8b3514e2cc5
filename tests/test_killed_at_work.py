"""A reader who syncs, imports and marks at one time is killed at any moment: whatever was told is there, and whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random, SystemRandom
from select import select
from typing import Any

import pytest

from importai_tui.library.library import Library
from importai_tui.parse.pipeline import parse_issue
from importai_tui.parse.story_keys import normalise_text
from importai_tui.paths import Places
from tests.at_work import FIRST_NUMBER, VERSIONS, Edits, FieldValue, Task, make_document, run_jobs
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.fake_substack import FEED_SIZE
from tests.sync.killed_sync import PROCESS_CONTEXT, SEED_VARIABLE
from tests.sync.newsletter import NEWEST, make_issues
from tests.watched import JobName, KillMoment

KILLS = 200
TRANSACTIONS: dict[JobName, int] = {"sync": 1, "import": 2, "marks": 4}
"""The most that each of them lives to begin, so that they are as near to one another as may be."""
WHO: tuple[JobName, ...] = ("sync", "import", "import", "marks", "marks")
"""How often it is whose turn: a sync takes longest to come to its first transaction."""
STATEMENTS = 8
"""A change of one field has so many, storing an issue some more."""
MAX_DELAY = 0.004
"""Seconds: the others go on meanwhile, and come to commit."""
BESIDE = 5
"""In each life of so many, another window marks beside it."""
LOOKED_THROUGH = 10
"""After each life of so many the files are checked from end to end: what is wrong in them stays so."""
EMPTIED = (0, KILLS // 3, 2 * KILLS // 3)
"""Before these lives the cache is deleted, so that sync has something to do all along."""
FAR = 3 * FEED_SIZE
"""To this transaction of its does a sync come in a life that begins with nothing: the feed's issues are stored by then,
seen again on the other site, and more stored. Left to chance, a sync stores none at all on some machines."""

Line = list[Any]
Place = tuple[str, str]
"""A story's key and a field of it."""

_STORED = """SELECT number, issue.words, page.issue_id IS NOT NULL, key, headline, story.words
    FROM issue LEFT JOIN page ON page.issue_id = issue.id LEFT JOIN story ON story.issue_id = issue.id
    ORDER BY number, story.position"""


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Other moments in every run."""
    seed = os.environ.get(SEED_VARIABLE) or str(SystemRandom().randrange(1_000_000))
    request.node.add_report_section("call", "moments", f"{SEED_VARIABLE}={seed}")
    return Random(seed)


@pytest.fixture
def newsletter() -> FakeNewsletter:
    # Where REST is closed it is read in pages of ten: a sync that dies young has stored some by then.
    return FakeNewsletter(make_issues(NEWEST, stories=1), is_rest_open=False)


@pytest.fixture
def server(newsletter: FakeNewsletter) -> Iterator[Server]:
    with Server(newsletter) as running:
        yield running


def test_all_that_was_told_survives_two_hundred_kills_amid_sync_import_and_marks(
    server: Server, newsletter: FakeNewsletter, tmp_path: Path, chance: Random
) -> None:
    places, told, hits = Places.under(tmp_path), Told(), Hits()
    headlines = {issue.number: [normalise_text(line) for line in issue.headlines] for issue in newsletter.issues}
    synced = 0
    for life in range(KILLS):
        moment = some_moment(chance)
        if life in EMPTIED:
            shutil.rmtree(places.cache_folder, ignore_errors=life == 0)
            moment = replace(moment, job="sync", transaction=FAR)
        beside = life % BESIDE == 0
        task = Task(tmp_path, server.address, told.stored + 1, str(chance.random()), not beside, moment)
        lines = live_beside_another_window(task, told) if beside else live(task)
        hits.count(lines)
        touched, begun = told.take(lines)
        with Library.open(places) as library:
            touched |= told.set(as_it_came_out(library, told, begun))
            check_values(library, told, touched)
            synced = max(synced, len(library.get_issue_numbers() & headlines.keys()))
            if life % LOOKED_THROUGH == 0 or life == KILLS - 1:
                assert (
                    library.state.find_problems() == library.archive.find_problems() == library.state.warnings() == ()
                )
        check_issues(places, headlines, told.stored)
    with Library.open(places) as library:
        check_values(library, told, set(told.values))
        assert library.state.rebuild_from_journal() == 0
    # The cache was deleted on the way, so that the syncs always had something to do, and they did it.
    assert synced > FEED_SIZE
    # Most kills came in the middle of something; a life that had nothing left to do would be none.
    assert hits.storing >= KILLS // 4
    assert hits.marking >= KILLS // 4
    assert hits.following >= KILLS // 20
    assert hits.idle <= KILLS // 4


@dataclass(slots=True)
class Told:
    """All that was told: how each field of each story is, and how far the import came."""

    values: dict[Place, FieldValue] = field(default_factory=dict)
    stored: int = -1
    """The last document whose import was told."""
    _to_follow: dict[Place, FieldValue] = field(default_factory=dict)

    def take(self, lines: Sequence[Line]) -> tuple[set[Place], Edits]:
        """Take in what one life told: the places it spoke of, and the edits that it began and did not tell done."""
        touched: set[Place] = set()
        begun: Edits = []
        for what, *rest in lines:
            match what:
                case "does":
                    begun = rest[0]
                case "done":
                    touched |= self.set(rest[0])
                    begun = []
                case "storing":
                    self._to_follow = self._on_stories_before(rest[0])
                case "stored":
                    self.stored = rest[0]
                    touched |= self.set([(*place, value) for place, value in self._to_follow.items()])
        return touched, begun

    def set(self, edits: Edits) -> set[Place]:
        """Take in edits that are known to be done; their places."""
        self.values |= {(key, name): value for key, name, value in edits}
        return {(key, name) for key, name, _ in edits}

    def _on_stories_before(self, n: int) -> dict[Place, FieldValue]:
        """What is told of the stories that those of this document take the place of, as it must then be on these."""
        if n % VERSIONS == 0:
            return {}
        heirs = dict(zip(keys_of(n - 1), keys_of(n), strict=True))
        return {(heirs[key], name): value for (key, name), value in self.values.items() if value and key in heirs}


@dataclass(slots=True)
class Hits:
    """How many kills came in the middle of what; one may count as several."""

    storing: int = 0
    """A sync's or an import's transaction had begun, and its commit had not."""
    marking: int = 0
    """A change had begun and was not told done."""
    following: int = 0
    """An import's state was about to follow, or to be kept."""
    idle: int = 0
    """None of these."""

    def count(self, lines: Sequence[Line]) -> None:
        """Take in where one life stood when it ended."""
        last = {(who, name): what for what, *rest in lines if what in ("inside", "ending") for who, name in [rest]}
        steps = [what for what, *_ in lines if what in ("does", "done")]
        storing = "inside" in (last.get(("sync", "archive")), last.get(("import", "archive")))
        marking = steps[-1:] == ["does"]
        following = last.get(("import", "reading")) == "inside"
        self.storing += storing
        self.marking += marking
        self.following += following
        self.idle += not (storing or marking or following)


def some_moment(chance: Random) -> KillMoment:
    """Two in three between two statements of a transaction, the others anywhere, also while something is written."""
    who = chance.choice(WHO)
    seconds = chance.choice((0.0, 0.0, chance.random() * MAX_DELAY))
    return KillMoment(who, 1 + chance.randrange(TRANSACTIONS[who]), chance.randrange(STATEMENTS), seconds)


def live(task: Task, meanwhile: Callable[[], None] | None = None) -> list[Line]:
    """What a process tells until it is killed; `meanwhile` is done again and again as long as it lives."""
    reader, writer = PROCESS_CONTEXT.Pipe(duplex=False)
    process = PROCESS_CONTEXT.Process(target=run_jobs, args=(task, writer))
    process.start()
    writer.close()
    told = b""
    with closing(reader):
        while True:
            if meanwhile and not select([reader], [], [], 0)[0]:
                meanwhile()
            elif more := os.read(reader.fileno(), 65_536):
                told += more
            else:
                break
    process.join()
    assert process.exitcode == -signal.SIGKILL
    process.close()
    lines: list[Line] = [json.loads(line) for line in told.splitlines()]
    assert not [line for line in lines if line[0] == "failed"]
    return lines


def live_beside_another_window(task: Task, told: Told) -> list[Line]:
    """The same, while this process marks stories of the newsletter too: by a tag that no other uses."""
    with Library.open(Places.under(task.home)) as library:
        refs = [head.ref for head in library.get_issue_rows() if (head.number or 0) < FIRST_NUMBER]
        keys = [library.get_story_rows(ref)[0].key for ref in refs[:FEED_SIZE]]

        def mark() -> None:
            for key in keys[:1]:
                keys.append(keys.pop(0))
                on = not told.values.get((key, "tag:beside"))
                library.tag([key], "beside", on)
                told.set([(key, "tag:beside", on)])

        return live(task, mark)


def as_it_came_out(library: Library, told: Told, begun: Edits) -> Edits:
    """How the edits are that were begun and not told done: all of the step is kept, or nothing of it."""
    now = [(key, name, value_of(library, key, name)) for key, name, _ in begun]
    done = [(key, name, value) for key, name, value in begun]
    undone = [(key, name, told.values.get((key, name)) or _nothing(value)) for key, name, value in begun]
    assert now in (done, undone), f"a part of {done}"
    return [(key, name, value) for key, name, value in now if value or (key, name) in told.values]


def check_values(library: Library, told: Told, at: set[Place]) -> None:
    """All that was told is so."""
    assert {place: value_of(library, *place) for place in at} == {place: told.values[place] for place in at}


def check_issues(places: Places, headlines: dict[int | None, list[str]], stored: int) -> None:
    """Every issue is there whole or not at all: with its page, and with all of its stories and no other."""
    with closing(sqlite3.connect(places.archive)) as database:
        rows = database.execute(_STORED).fetchall()
    for number, found in groupby(rows, key=lambda row: int(row[0])):
        _, words, pages, keys, found_headlines, story_words = (list(column) for column in zip(*found, strict=True))
        assert all(pages)
        assert words[0] == sum(story_words)
        if number < FIRST_NUMBER:
            assert (
                list(map(normalise_text, found_headlines)) == headlines[number]
            )  # the two sites differ in their quotes
        else:
            last = (number - FIRST_NUMBER + 1) * VERSIONS - 1
            assert keys in [keys_of(n) for n in {min(stored, last), min(stored + 1, last)}]


def value_of(library: Library, key: str, name: str) -> FieldValue:
    """How a field of a story is, as the reader sees it."""
    kind, _, which = name.partition(":")
    match kind:
        case "read":
            return library.state.is_read(key)
        case "starred":
            return library.state.is_starred(key)
        case "tag":
            return which in library.state.get_tags(key)
        case "note":
            return library.state.get_note(key)
        case "place":
            return library.state.get_scroll_position(key)
        case _:
            return next((passage.quote for passage in library.state.get_highlights(key) if passage.id == which), None)


@cache
def keys_of(n: int) -> list[str]:
    """The keys of an imported document's stories."""
    number, page = make_document(n)
    return [story.key for story in parse_issue(page, number=number).stories]


def _nothing(value: FieldValue) -> FieldValue:
    return False if isinstance(value, bool) else None
