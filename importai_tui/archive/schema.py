"""What the archive's file looks like, in one readable place."""

from __future__ import annotations

from importai_tui.archive.full_text import COLUMNS, TOKENIZER
from importai_tui.sqlite import DatabaseSpec

_DEPARTED = """
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
)"""
_CITATION = """
CREATE TABLE citation (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    host TEXT,
    work TEXT,{more}
    PRIMARY KEY (story_id, n)
) WITHOUT ROWID"""
_CITED = """
    title TEXT,
    url TEXT,"""
_MENTION = """
CREATE TABLE mention (
    story_id INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    link INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (story_id, number, link)
) WITHOUT ROWID"""
CREATE_STORY_INDEX = f"""
CREATE VIRTUAL TABLE story_index USING fts5 (
    {", ".join(COLUMNS)}, content='', prefix='2', tokenize='{TOKENIZER}'
)"""
_OF_CITATIONS = (
    "CREATE INDEX citation_work ON citation (work) WHERE work IS NOT NULL",
    "CREATE INDEX citation_host ON citation (host) WHERE host IS NOT NULL",
)
_WHAT_IS_LOOKED_FOR = ";".join(
    (
        _DEPARTED,
        _CITATION.format(more=""),
        *_OF_CITATIONS,
        _MENTION,
        "CREATE INDEX mention_number ON mention (number)",
        CREATE_STORY_INDEX,
    )
)

_WHAT_IS_CITED = ";".join(
    (
        "ALTER TABLE citation RENAME TO citation_3",
        _CITATION.format(more=_CITED),
        """INSERT INTO citation (story_id, n, kind, role, host, work)
            SELECT story_id, n, kind, role, host, work FROM citation_3""",
        "DROP TABLE citation_3",
        *_OF_CITATIONS,
        "CREATE INDEX citation_untitled ON citation (story_id) WHERE title IS NULL",
    )
)

_CURRENT_COPIES = """
UPDATE OR REPLACE copy SET origin = 'former:' || origin
    WHERE substr(origin, 1, 7) <> 'former:' AND substr(origin, 1, 8) <> 'refused:' AND origin <> ''
    AND (SELECT count(*) FROM copy other WHERE other.issue_id = copy.issue_id AND other.origin = copy.origin) > 1"""
"""Older versions did not note which copy from an origin was its latest, so the next one that it sends is."""
_IN_ORDER = "CREATE INDEX issue_in_order ON issue (date, number)"
_BY_PARSER = "CREATE INDEX page_parser ON page (parser_version)"

SCHEMA = f"""
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    number INTEGER UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    made_title INTEGER NOT NULL,
    date TEXT,
    url TEXT,
    addresses INTEGER NOT NULL,
    words INTEGER NOT NULL,
    change INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX issue_change ON issue (change);
CREATE TABLE copy (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    stories TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (issue_id, origin, stories, head)
);
CREATE TABLE page (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    parser_version INTEGER NOT NULL,
    origin TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL
);
CREATE TABLE source_note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    headline TEXT NOT NULL,
    tagline TEXT,
    section TEXT,
    words INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX story_place ON story (issue_id, position, key);
CREATE INDEX story_key ON story (key);
{_WHAT_IS_LOOKED_FOR};
{_WHAT_IS_CITED};
{_IN_ORDER};
{_BY_PARSER}
"""
"""`made_title`: 1 where the title was made of the headlines, so any real one may take its place.
`change`: counts up with every issue that is written, so that a reader of the table need read only what is new to it.
`addresses`: how many link addresses the stored page carries, the measure of which of two copies is the fuller.
`copy`: the copies of an issue that have been seen, each as a digest of its stories and one of its number, title, date
and address, as they came: see `copies.py`.
`copy.origin` and `page.origin`: the source that it was fetched from, empty for a file. Before `copy.origin` stands
`former:` where that origin sends another copy by now, and `refused:` where the copy never took the place of the stored.
`page.body`: the raw page, zlib; a better parser can read it again without the source. Where it was lost,
`page.parser_version` is `LOST_PAGE`.
`source_note`: what is remembered of the sources (validators, how far a fetch of everything is). It lies here and not in
a file of its own, so that it is never newer than the issues that it speaks of.
`story.id`: see `story_ids`. `story.body`: blocks, links, references and inspirations, see `codec`.
`story_index`: the words of stories under their ids, and nothing else, for the text itself is in `story`; see
`story_index.py`. The prefixes of two letters cost a fifth of its size and make the second letter of a search as quick
as the fifth.
`citation` and `mention`: the links and the mentions of other issues, once more, so that they can be asked for.
`citation.title`: what is cited; NULL in what an older version stored, until it is stored anew.
`issue_in_order`: of a vast archive, the issues near one without a look at the others.
`page_parser`: whether any page was read by an older parser, without a look at all of them.
`departed`: stories that an issue has no longer, until what the reader did to them has followed to their successors."""

MIGRATIONS = (
    """
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
    """,
    _WHAT_IS_LOOKED_FOR,
    _WHAT_IS_CITED,
    _IN_ORDER,
    _BY_PARSER,
    _CURRENT_COPIES,
)

ARCHIVE_SPEC = DatabaseSpec(
    "archive",
    application_id=0x496D4149,
    version=7,
    schema=SCHEMA,
    migrations=MIGRATIONS,
    synchronous="NORMAL",
    remedy="Repair it: importai-tui doctor --repair",
)
"""The application id reads "ImAI"."""
