"""Defines the tables of the archive and the migrations from older versions.

A comment beside a column says what its name does not. A migration is never edited again.
"""

from __future__ import annotations

from pathlib import Path

from importai_tui.archive.full_text import COLUMNS, TOKENIZER
from importai_tui.errors import DatabaseError
from importai_tui.sqlite import Database, DatabaseSpec

CREATE_STORY_INDEX = f"""
CREATE VIRTUAL TABLE story_index USING fts5 (
    {", ".join(COLUMNS)}, content='', prefix='2', tokenize='{TOKENIZER}'
)"""
"""The full-text index; `rowid` is `story.id`. It holds no text, because `story` does.

Prefixes of two letters cost a fifth of its size. They make the second letter of a search as fast as the fifth.
The statement has no comments, because the integrity check compares it with the one in the file.
"""

SCHEMA = f"""
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    number INTEGER UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    made_title INTEGER NOT NULL,  -- 1 if the title was generated from the headlines, so any real title replaces it
    date TEXT,  -- YYYY-MM-DD
    url TEXT,
    addresses INTEGER NOT NULL,  -- links with a URL in the stored copy: decides which of two copies is fuller
    words INTEGER NOT NULL,
    change INTEGER NOT NULL DEFAULT 1,  -- counts up with every write, so that a catalog loads only changed issues
    index_version INTEGER NOT NULL DEFAULT 0,  -- `INDEX_VERSION` of its stories in the index, 0 if they are not there
    forecasts_version INTEGER NOT NULL DEFAULT 0,  -- `FORECASTS_VERSION` of its rows in `forecast` and `scoring`
    received TEXT  -- YYYY-MM-DD, a day on which the issue was in the archive: the first, as far as it is known
);
CREATE INDEX issue_change ON issue (change);
CREATE INDEX issue_in_order ON issue (date, number);

-- The copies of an issue that have been received, as fingerprints: see `copies.py`.
CREATE TABLE copy (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,  -- source of the copy, empty for a file, with the prefix 'former:' or 'refused:'
    stories TEXT NOT NULL,  -- fingerprint of the stories
    head TEXT NOT NULL,  -- fingerprint of number, title, date and URL
    PRIMARY KEY (issue_id, origin, stories, head)
);

-- The page that an issue was parsed from, so that a newer parser can read it again without the source.
CREATE TABLE page (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    name TEXT NOT NULL,  -- file name or URL
    parser_version INTEGER NOT NULL,  -- LOST_PAGE_VERSION if the page was lost
    origin TEXT NOT NULL DEFAULT '',  -- source of the page, empty for a file
    body BLOB NOT NULL  -- compressed with zlib
);
CREATE INDEX page_parser ON page (parser_version);

-- State of the sources, as JSON. It is stored here so that it is never newer than the issues it is about.
CREATE TABLE source_note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE story (
    id INTEGER PRIMARY KEY,  -- contains the day or the number, so that newer stories sort last: see `full_text.py`
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,  -- from 1
    key TEXT NOT NULL,  -- stable across copies and parsers: the reading state refers to it
    kind TEXT NOT NULL,
    headline TEXT NOT NULL,
    tagline TEXT,
    section TEXT,
    words INTEGER NOT NULL,
    body TEXT NOT NULL  -- JSON: blocks, links, cross references, inspirations, series: see `stories.encode_body`
);
CREATE UNIQUE INDEX story_place ON story (issue_id, position, key);
CREATE INDEX story_key ON story (key);

-- Stories that an issue has no longer, until the state of the user has moved to their successors.
CREATE TABLE departed (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    headline TEXT NOT NULL,
    tagline TEXT,
    section TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (issue_id, key)
);

-- The links of the stories once more, for queries.
CREATE TABLE citation (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,  -- number of the link in its story, from 1
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    host TEXT,
    work TEXT,  -- canonical id of the cited work
    title TEXT,  -- title of the cited work, or the words of the link
    url TEXT,
    title_key TEXT,  -- folded title, NULL if an older version stored the story: see `works/citations.py`
    is_certain INTEGER,  -- 1 if the citation prints the title as such
    authors TEXT,  -- names that the citation prints
    publisher TEXT,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;
CREATE INDEX citation_work ON citation (work) WHERE work IS NOT NULL;
CREATE INDEX citation_host ON citation (host) WHERE host IS NOT NULL;
CREATE INDEX citation_title ON citation (title_key);

-- The mentions of other issues once more, for queries.
CREATE TABLE mention (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,  -- of the mentioned issue
    link INTEGER NOT NULL,  -- number of the link in its story, 0 for plain text
    text TEXT NOT NULL,
    PRIMARY KEY (story_id, number, link)
) WITHOUT ROWID;
CREATE INDEX mention_number ON mention (number);

-- Sentences that look like a forecast: see `forecasts/forecast.py`. Due dates are not stored, because they depend on
-- the date of the issue, which may be estimated and change.
CREATE TABLE forecast (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,  -- from 1 in its story
    id TEXT NOT NULL,  -- the reading state refers to it
    quote TEXT NOT NULL,
    start INTEGER NOT NULL,
    due_text TEXT NOT NULL,
    speaker TEXT NOT NULL,
    probability REAL,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;

-- Sentences that score a forecast of an earlier issue.
CREATE TABLE scoring (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    number INTEGER NOT NULL,  -- of the earlier issue
    sentence TEXT NOT NULL,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;
{CREATE_STORY_INDEX}
"""

_TO_2 = """
ALTER TABLE issue ADD COLUMN change INTEGER NOT NULL DEFAULT 1;
CREATE INDEX issue_change ON issue (change);
CREATE TABLE copy_2 (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    stories TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (issue_id, origin, stories, head)
);
INSERT INTO copy_2 SELECT issue_id, '', stories, head FROM copy;
DROP TABLE copy;
ALTER TABLE copy_2 RENAME TO copy;
ALTER TABLE page ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE TABLE source_note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)
"""

# The full-text index, the citations and the mentions.
_TO_3 = f"""
CREATE TABLE departed (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    headline TEXT NOT NULL,
    tagline TEXT,
    section TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (issue_id, key)
);
CREATE TABLE citation (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    host TEXT,
    work TEXT,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;
CREATE INDEX citation_work ON citation (work) WHERE work IS NOT NULL;
CREATE INDEX citation_host ON citation (host) WHERE host IS NOT NULL;
CREATE TABLE mention (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    link INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (story_id, number, link)
) WITHOUT ROWID;
CREATE INDEX mention_number ON mention (number);
{CREATE_STORY_INDEX}
"""

# Titles and URLs of the citations.
_TO_4 = """
ALTER TABLE citation RENAME TO citation_3;
CREATE TABLE citation (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    host TEXT,
    work TEXT,
    title TEXT,
    url TEXT,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;
INSERT INTO citation (story_id, n, kind, role, host, work)
    SELECT story_id, n, kind, role, host, work FROM citation_3;
DROP TABLE citation_3;
CREATE INDEX citation_work ON citation (work) WHERE work IS NOT NULL;
CREATE INDEX citation_host ON citation (host) WHERE host IS NOT NULL;
CREATE INDEX citation_untitled ON citation (story_id) WHERE title IS NULL
"""

# Older versions did not store which copy from an origin was its latest. So the next copy from there counts as that.
_TO_7 = """
UPDATE OR REPLACE copy SET origin = 'former:' || origin
    WHERE substr(origin, 1, 7) <> 'former:' AND substr(origin, 1, 8) <> 'refused:' AND origin <> ''
    AND (SELECT count(*) FROM copy other WHERE other.issue_id = copy.issue_id AND other.origin = copy.origin) > 1
"""

# The lead of a story in the full-text index, which `Archive.reindex` fills again.
_TO_8 = """
ALTER TABLE issue ADD COLUMN index_version INTEGER NOT NULL DEFAULT 0;
INSERT INTO story_index (story_index) VALUES ('delete-all')
"""

# Certain titles, authors and publishers of the citations.
_TO_9 = """
DROP INDEX IF EXISTS citation_untitled;
ALTER TABLE citation ADD COLUMN title_key TEXT;
ALTER TABLE citation ADD COLUMN is_certain INTEGER;
ALTER TABLE citation ADD COLUMN authors TEXT;
ALTER TABLE citation ADD COLUMN publisher TEXT;
CREATE INDEX citation_title ON citation (title_key)
"""

# The day on which each issue came in, and leads without read-more lines in the full-text index, which
# `Archive.reindex` fills again.
_TO_10 = """
ALTER TABLE issue ADD COLUMN received TEXT;
UPDATE issue SET received = date('now');
INSERT INTO story_index (story_index) VALUES ('delete-all')
"""

# The forecasts, which `Archive.reindex` finds.
_TO_11 = """
ALTER TABLE issue ADD COLUMN forecasts_version INTEGER NOT NULL DEFAULT 0;
CREATE TABLE forecast (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    quote TEXT NOT NULL,
    start INTEGER NOT NULL,
    due_text TEXT NOT NULL,
    speaker TEXT NOT NULL,
    probability REAL,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID;
CREATE TABLE scoring (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    number INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID
"""

ARCHIVE_SPEC = DatabaseSpec(
    "archive",
    application_id=0x496D4149,  # "ImAI" in ASCII
    version=11,
    schema=SCHEMA,
    migrations=(
        _TO_2,
        _TO_3,
        _TO_4,
        "CREATE INDEX issue_in_order ON issue (date, number)",
        "CREATE INDEX page_parser ON page (parser_version)",
        _TO_7,
        _TO_8,
        _TO_9,
        _TO_10,
        _TO_11,
    ),
    synchronous="NORMAL",
    remedy="Repair it: importai-tui doctor --repair",
)


def open_archive(path: Path) -> Database:
    """Open an archive that exists. Raises DatabaseError if its file was removed, where an empty one would mislead."""
    if not path.exists():
        raise DatabaseError(f"The archive {path} was removed. Put it back, or restart importai-tui.")
    return Database(path, ARCHIVE_SPEC)
