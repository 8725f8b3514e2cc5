"""Stores sample issues, and statements that damage an archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from importai_tui.library.library import Library
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from tests.examples import make_page

TOPICS = ("otters", "beavers", "herons", "pikes")
MANY_WORDS = " ".join(f"word{n}" for n in range(1_500))
"""Enough words for an index of several leaves."""


def store_sample_issues(home: Path) -> None:
    """Store four issues of three stories, and star the second story of each."""
    with Library.open(Places.under(home)) as library:
        for number, topic in enumerate(TOPICS, 1):
            forecast = "I expect that by the end of 2030 they will count oceans."
            text = f"{MANY_WORDS}. {forecast} As in Import AI 300, it has".encode()
            page = make_page(topic, stories=3).replace(b"Somebody has", text)
            issue = parse_issue(page, number=number, title=f"Import AI {number}: {topic}", date=f"2025-03-0{number}")
            library.store(issue, page, f"https://example.org/{number}", origin="substack")
        library.mark([library.get_story_rows(row.ref)[1].key for row in library.get_issue_rows()], starred=True)


def run_sql(path: Path, sql: str) -> None:
    """Run statements on a database file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


DERIVED_DAMAGE = {
    "leaves": "DELETE FROM story_index_data WHERE id > 10",
    "structure": "UPDATE story_index_data SET block = x'00' WHERE id = 10",
    "averages": "DELETE FROM story_index_data WHERE id = 1",
    "index of the index": "DELETE FROM story_index_idx",
    "lengths": "DELETE FROM story_index_docsize",
    "a length": "DELETE FROM story_index_docsize WHERE id = (SELECT min(id) FROM story_index_docsize)",
    "all words": "INSERT INTO story_index (story_index) VALUES ('delete-all')",
    "no index": "DROP TABLE story_index",
    "citations": "DELETE FROM citation",
    "a citation": "DELETE FROM citation WHERE story_id = (SELECT min(story_id) FROM citation)",
    "a changed citation": "UPDATE citation SET work = 'other' WHERE n = 1",
    "no citation table": "DROP TABLE citation",
    "mentions": "DELETE FROM mention",
    "a changed forecast": "UPDATE forecast SET due_text = 'by 2031' WHERE n = 1",
    "an index": "DROP INDEX story_key",
}
"""Damage of tables that are derived from the stories."""

STORED_DAMAGE = {
    "no structure": "DELETE FROM story_index_data WHERE id = 10",
    "no settings of the index": "DELETE FROM story_index_config",
    "no part of the index": "DROP TABLE story_index_data",
    "a story": "DELETE FROM story WHERE issue_id = 2 AND position = 2",
    "all stories": "DELETE FROM story",
    "a body": "UPDATE story SET body = 'x' WHERE issue_id = 2 AND position = 2",
    "a kind": "UPDATE story SET kind = 'x' WHERE issue_id = 2 AND position = 2",
    "a key": "UPDATE story SET key = CAST(x'ff41' AS TEXT) WHERE issue_id = 2 AND position = 2",
    "words": "UPDATE issue SET words = 1",
    "a row of an issue": "DELETE FROM issue WHERE id = 2",
    "a table of another program": "CREATE TABLE recipe (name TEXT)",
    "a view": "CREATE VIEW recipe AS SELECT 1",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON story BEGIN DELETE FROM citation; END",
    "a page": "UPDATE page SET body = x'99' WHERE issue_id = 2",
    "a lost page": "DELETE FROM page WHERE issue_id = 2",
    "all pages": "DROP TABLE page",
    "notes on sources": "DROP TABLE source_note",
}
"""Other damage, of which everything can be recovered."""
