"""Reported changes are stored, even if a process is killed while it syncs, imports and marks at the same time."""

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
from tests.busy_process import (
    FIRST_NUMBER,
    VERSIONS,
    Edits,
    FieldValue,
    JobName,
    KillMoment,
    Task,
    make_document,
    run_jobs,
)
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.fake_substack import FEED_SIZE
from tests.sync.killed_sync import PROCESS_CONTEXT, SEED_VARIABLE
from tests.sync.newsletter import NEWEST, make_issues

KILLS = 150
MAX_KILLS = 250
"""On a loaded machine more kills than usual interrupt nothing, and more lives are needed."""
MAX_TRANSACTIONS: dict[JobName, int] = {"sync": 1, "import": 2, "marks": 4}
"""The highest number of the fatal transaction of each job, so that the jobs often run at the same time."""
JOBS: tuple[JobName, ...] = ("sync", "import", "import", "marks", "marks")
"""The jobs from which the fatal one is chosen. Sync is listed once, because its first transaction takes longest."""
MAX_STATEMENTS = 8
"""A change of one field has this many statements; storing an issue has some more."""
MAX_DELAY = 0.004
"""Seconds; meanwhile the other jobs continue and come to their commits."""
OTHER_WINDOW_INTERVAL = 5
"""In every fifth life another window marks stories at the same time."""
CHECK_INTERVAL = 10
"""After every tenth life the whole files are checked, because damage stays."""
LIVES_WITHOUT_CACHE = (0, KILLS // 3, 2 * KILLS // 3)
"""The cache is deleted before these lives, so that sync always has something to do."""
LATE_TRANSACTION = 3 * FEED_SIZE
"""The fatal transaction of a sync that starts with nothing. It has stored the issues of the feed by then, seen them on
the other site, and stored more. With random transactions, a sync stores none at all on some machines."""

Line = list[Any]
"""A report of the process: a name and values."""
StoryField = tuple[str, str]
"""The key of a story and the name of a field."""

_ISSUES_SQL = """SELECT number, issue.words, page.issue_id IS NOT NULL, key, headline, story.words
    FROM issue LEFT JOIN page ON page.issue_id = issue.id LEFT JOIN story ON story.issue_id = issue.id
    ORDER BY number, story.position"""


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Random:
    """Other moments in every run; the seed of a failed run is in its report."""
    seed = os.environ.get(SEED_VARIABLE) or str(SystemRandom().randrange(1_000_000))
    request.node.add_report_section("call", "moments", f"{SEED_VARIABLE}={seed}")
    return Random(seed)


@pytest.fixture
def newsletter() -> FakeNewsletter:
    # Without REST, a site is read in pages of ten, so that a sync that dies early has stored some.
    return FakeNewsletter(make_issues(NEWEST, stories=1), is_rest_open=False)


@pytest.fixture
def server(newsletter: FakeNewsletter) -> Iterator[Server]:
    with Server(newsletter) as server:
        yield server


def test_reported_changes_survive_kills_during_sync_import_and_marks(
    server: Server, newsletter: FakeNewsletter, tmp_path: Path, random: Random
) -> None:
    places, expected, kill_counts = Places.under(tmp_path), ExpectedState(), KillCounts()
    headlines = {issue.number: [normalise_text(line) for line in issue.headlines] for issue in newsletter.issues}
    synced = 0
    for life in range(MAX_KILLS):
        if life >= KILLS and kill_counts.are_sufficient():
            break
        moment = pick_moment(random)
        if life in LIVES_WITHOUT_CACHE:
            shutil.rmtree(places.cache_folder, ignore_errors=life == 0)
            moment = replace(moment, job="sync", transaction=LATE_TRANSACTION)
        is_alone = life % OTHER_WINDOW_INTERVAL != 0
        task = Task(tmp_path, server.address, expected.last_document + 1, str(random.random()), is_alone, moment)
        lines = run_until_killed(task) if is_alone else run_beside_another_window(task, expected)
        kill_counts.add(lines)
        changed, unfinished = expected.add_reports(lines)
        with Library.open(places) as library:
            changed |= expected.set(resolve_unfinished(library, expected, unfinished))
            check_values(library, expected, changed)
            synced = max(synced, len(library.get_issue_numbers() & headlines.keys()))
            if life % CHECK_INTERVAL == 0:
                assert library.state.find_problems() == ()
                assert library.archive.find_problems() == ()
                assert library.state.warnings() == ()
        check_issues(places, headlines, expected.last_document)
    with Library.open(places) as library:
        check_values(library, expected, set(expected.values))
        assert library.state.find_problems() == ()
        assert library.archive.find_problems() == ()
        assert library.state.rebuild_from_journal() == 0
    # Sync always had something to do, because the cache was deleted on the way.
    assert synced > FEED_SIZE
    assert kill_counts.are_sufficient(), kill_counts


@dataclass(slots=True)
class ExpectedState:
    """The state that the reports describe: the fields of all stories, and the last imported document."""

    values: dict[StoryField, FieldValue] = field(default_factory=dict)
    last_document: int = -1
    _rekeyed: dict[StoryField, FieldValue] = field(default_factory=dict)
    """Values that the stories of the document being stored must get from its version before."""

    def add_reports(self, lines: Sequence[Line]) -> tuple[set[StoryField], Edits]:
        """Add the reports of one life; returns the changed fields, and the edits that were begun and not done."""
        changed: set[StoryField] = set()
        unfinished: Edits = []
        for name, *values in lines:
            match name:
                case "begin":
                    unfinished = values[0]
                case "done":
                    changed |= self.set(values[0])
                    unfinished = []
                case "storing":
                    self._rekeyed = self._rekey_values(values[0])
                case "stored":
                    self.last_document = values[0]
                    changed |= self.set([(*story_field, value) for story_field, value in self._rekeyed.items()])
        return changed, unfinished

    def set(self, edits: Edits) -> set[StoryField]:
        """Add edits that are stored; returns their fields."""
        self.values |= {(key, name): value for key, name, value in edits}
        return {(key, name) for key, name, _ in edits}

    def _rekey_values(self, n: int) -> dict[StoryField, FieldValue]:
        """Return the values of a document's stories, taken from the stories of its version before."""
        if n % VERSIONS == 0:
            return {}
        new_keys = dict(zip(get_keys(n - 1), get_keys(n), strict=True))
        return {(new_keys[key], name): value for (key, name), value in self.values.items() if value and key in new_keys}


@dataclass(slots=True)
class KillCounts:
    """Number of kills by interrupted work; one kill may count several times."""

    storing: int = 0
    """A sync or an import was inside a transaction on the archive."""
    marking: int = 0
    """A change was begun and not reported as done."""
    rekeying: int = 0
    """An import was inside a transaction on the reading state."""
    idle: int = 0
    """None of these."""

    def are_sufficient(self) -> bool:
        """Return True if most kills interrupted something; a process with nothing left to do would prove nothing."""
        return (
            self.storing >= KILLS // 4
            and self.marking >= KILLS // 4
            and self.rekeying >= KILLS // 20
            and self.idle <= KILLS // 4
        )

    def add(self, lines: Sequence[Line]) -> None:
        """Count what the end of one life has interrupted."""
        last = {
            (job, database): name for name, *rest in lines if name in ("inside", "ending") for job, database in [rest]
        }
        steps = [name for name, *_ in lines if name in ("begin", "done")]
        storing = "inside" in (last.get(("sync", "archive")), last.get(("import", "archive")))
        marking = steps[-1:] == ["begin"]
        rekeying = last.get(("import", "reading")) == "inside"
        self.storing += storing
        self.marking += marking
        self.rekeying += rekeying
        self.idle += not (storing or marking or rekeying)


def pick_moment(random: Random) -> KillMoment:
    """Return a random moment: two in three are between two statements, the others also while one is executed."""
    job = random.choice(JOBS)
    seconds = random.choice((0.0, 0.0, random.random() * MAX_DELAY))
    return KillMoment(job, 1 + random.randrange(MAX_TRANSACTIONS[job]), random.randrange(MAX_STATEMENTS), seconds)


def run_until_killed(task: Task, meanwhile: Callable[[], None] | None = None) -> list[Line]:
    """Return the reports of a process until it is killed; `meanwhile` is called repeatedly as long as it lives."""
    reader, writer = PROCESS_CONTEXT.Pipe(duplex=False)
    process = PROCESS_CONTEXT.Process(target=run_jobs, args=(task, writer))
    process.start()
    writer.close()
    output = b""
    with closing(reader):
        while True:
            if meanwhile and not select([reader], [], [], 0)[0]:
                meanwhile()
            elif more := os.read(reader.fileno(), 65_536):
                output += more
            else:
                break
    process.join()
    assert process.exitcode == -signal.SIGKILL
    process.close()
    lines: list[Line] = [json.loads(line) for line in output.splitlines()]
    assert not [line for line in lines if line[0] == "failed"]
    return lines


def run_beside_another_window(task: Task, expected: ExpectedState) -> list[Line]:
    """Run the process while this one toggles a tag of its own on stories of the newsletter."""
    with Library.open(Places.under(task.home)) as library:
        refs = [row.ref for row in library.get_issue_rows() if (row.number or 0) < FIRST_NUMBER]
        keys = [library.get_story_rows(ref)[0].key for ref in refs[:FEED_SIZE]]

        def toggle_tag() -> None:
            for key in keys[:1]:
                keys.append(keys.pop(0))
                on = not expected.values.get((key, "tag:beside"))
                library.tag([key], "beside", on)
                expected.set([(key, "tag:beside", on)])

        return run_until_killed(task, toggle_tag)


def resolve_unfinished(library: Library, expected: ExpectedState, unfinished: Edits) -> Edits:
    """Return the stored values of an unfinished change, after checking that all or nothing of it is stored."""
    present = [(key, name, get_value(library, key, name)) for key, name, _ in unfinished]
    done = [(key, name, value) for key, name, value in unfinished]
    before = [(key, name, expected.values.get((key, name)) or _get_empty(value)) for key, name, value in unfinished]
    assert present in (done, before), f"a part of {done}"
    return [(key, name, value) for key, name, value in present if value or (key, name) in expected.values]


def check_values(library: Library, expected: ExpectedState, fields: set[StoryField]) -> None:
    """Check that these fields have the expected values."""
    assert {each: get_value(library, *each) for each in fields} == {each: expected.values[each] for each in fields}


def check_issues(places: Places, headlines: dict[int | None, list[str]], last_document: int) -> None:
    """Check that every issue is stored completely, with its page and with all of its stories and no others."""
    with closing(sqlite3.connect(places.archive)) as database:
        rows = database.execute(_ISSUES_SQL).fetchall()
    for number, issue_rows in groupby(rows, key=lambda row: int(row[0])):
        _, words, has_page, keys, stored_headlines, story_words = map(list, zip(*issue_rows, strict=True))
        assert all(has_page)
        assert words[0] == sum(story_words)
        if number < FIRST_NUMBER:
            # Normalised, because the two sites have different quotes.
            assert list(map(normalise_text, stored_headlines)) == headlines[number]
        else:
            last_version = (number - FIRST_NUMBER + 1) * VERSIONS - 1
            documents = {min(last_document, last_version), min(last_document + 1, last_version)}
            assert keys in [get_keys(n) for n in documents]


def get_value(library: Library, key: str, name: str) -> FieldValue:
    """Return the value of a story's field."""
    kind, _, detail = name.partition(":")
    match kind:
        case "read":
            return library.state.is_read(key)
        case "starred":
            return library.state.is_starred(key)
        case "tag":
            return detail in library.state.get_tags(key)
        case "note":
            return library.state.get_note(key)
        case "place":
            return library.state.get_scroll_position(key)
        case "forecast":
            record = library.state.get_forecast(key, detail)
            return record.quote if record else None
        case _:
            highlights = library.state.get_highlights(key)
            return next((highlight.quote for highlight in highlights if highlight.id == detail), None)


@cache
def get_keys(n: int) -> list[str]:
    """Return the keys of the stories of an imported document."""
    number, page = make_document(n)
    return [story.key for story in parse_issue(page, number=number).stories]


def _get_empty(value: FieldValue) -> FieldValue:
    return False if isinstance(value, bool) else None
