"""Remembers the copies of an issue that each origin has sent; the latest copy from an origin is its current one.

Copies from a site's feed, which replace the site's own posts while these cannot be fetched, rank below all others.
"""

from __future__ import annotations

from dataclasses import dataclass

from importai_tui.sqlite import Database

# Prefixes of `copy.origin`. No source has such a name.
_FORMER = "former:"  # the origin sends another copy now
_REJECTED = "refused:"  # the copy did not replace the stored stories

_FEED_OF = "feed of "
"""Prefix of the origin of copies from a feed that replaces a site's own posts."""


@dataclass(frozen=True, slots=True)
class CopyComparison:
    """The result of comparing an incoming copy with the copies that are known."""

    is_edit: bool
    """The origin has sent a copy of this issue before."""
    is_known: bool
    """The origin's current copies include this one."""
    has_known_stories: bool
    """The origin's current copies include these stories."""
    has_new_stories: bool
    """The stories are not those of the origin's current copies, nor old news from another origin."""
    has_new_metadata: bool
    """Number, title, date and URL are not those of these copies, nor old news from another origin."""
    is_revert: bool
    """The stories are those of a former copy, because an edit was undone."""


class CopyHistory:
    """The copies in an open archive, during one run. Its methods run inside the archive's transactions.

    An origin may send several copies of an issue in one run: a folder has a mail and a web page of it, or a site
    posted it twice. So all copies of the last run that brought news are current. Otherwise each run would bring two
    edits.

    `fingerprints` are those of the copy's stories and of its number, title, date and URL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._received: set[int] = set()
        """Hashes of the copies received in this run. The copies of a whole archive would take 12 MB."""
        self._replaced: dict[tuple[int, str], set[tuple[str, str]]] = {}
        """The copies by issue and origin that were current at the start of this run and are not any more."""

    def compare(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> CopyComparison:
        """Compare a received copy with the known copies of the issue."""
        self._received.add(hash((issue_id, origin, fingerprints)))
        sql = "SELECT origin, stories, head FROM copy WHERE issue_id = ?"
        current, former, others = set(self._replaced.get((issue_id, origin), ())), set(), set()
        for name, *copy in self._database.query(sql, (issue_id,)):
            if name in (origin, _REJECTED + origin):
                current.add(tuple(copy))
            elif name == _FORMER + origin:
                former.add(tuple(copy))
            else:
                others.add(tuple(copy))

        def is_new(part: int) -> bool:
            value = fingerprints[part]
            if any(value == copy[part] for copy in current):
                return False
            # A slow source may send only now what another origin has sent and replaced since.
            return any(value == copy[part] for copy in former) or all(value != copy[part] for copy in others)

        return CopyComparison(
            is_edit=bool(current or former),
            is_known=fingerprints in current,
            has_known_stories=any(fingerprints[0] == stories for stories, _ in current),
            has_new_stories=is_new(0),
            has_new_metadata=is_new(1),
            is_revert=any(fingerprints[0] == stories for stories, _ in former),
        )

    def add(self, issue_id: int, fingerprints: tuple[str, str], origin: str, *, is_rejected: bool = False) -> None:
        """Add a copy to the current ones; `is_rejected` if it does not replace the stored stories."""
        self._received.add(hash((issue_id, origin, fingerprints)))
        sql = "INSERT OR IGNORE INTO copy (issue_id, origin, stories, head) VALUES (?, ?, ?, ?)"
        self._database.execute(sql, (issue_id, (_REJECTED if is_rejected else "") + origin, *fingerprints))

    def restore_current(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> None:
        """Make a known copy current again, if another copy has replaced it in this run."""
        if fingerprints in self._replaced.get((issue_id, origin), ()):
            self.add(issue_id, fingerprints, origin)

    def set_current(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> None:
        """Make a copy current, and the copies of earlier runs former ones."""
        self.add(issue_id, fingerprints, origin)
        sql = "SELECT stories, head FROM copy WHERE issue_id = ? AND origin = ?"
        for copy in self._database.query(sql, (issue_id, origin)):
            if hash((issue_id, origin, copy)) not in self._received:
                self._replaced.setdefault((issue_id, origin), set()).add(copy)
                self._database.execute(
                    """UPDATE OR REPLACE copy SET origin = ?
                        WHERE issue_id = ? AND origin = ? AND stories = ? AND head = ?""",
                    (_FORMER + origin, issue_id, origin, *copy),
                )


def get_origin(name: str) -> str:
    """Return the origin in a value of `copy.origin`, without a prefix."""
    return name.removeprefix(_FORMER).removeprefix(_REJECTED)


def make_feed_origin(source: str) -> str:
    """Return the origin of copies from the feed that replaces a source's own posts."""
    return f"{_FEED_OF}{source}"


def has_better_copy(database: Database, issue_id: int, origin: str) -> bool:
    """Return True if a source other than `origin`, and not only the feed of a site, has sent the issue."""
    rows = database.query("SELECT DISTINCT origin FROM copy WHERE issue_id = ?", (issue_id,))
    others = (get_origin(name) for (name,) in rows)
    return any(other not in ("", origin) and not other.startswith(_FEED_OF) for other in others)


def rank_feed_as_file(database: Database, issue_id: int) -> None:
    """Treat an issue's copies from the feed of a site as copies from a file, which any source replaces."""
    sql = "SELECT DISTINCT origin FROM copy WHERE issue_id = ?"
    names = [name for (name,) in database.query(sql, (issue_id,)) if get_origin(name).startswith(_FEED_OF)]
    for name in names:
        if name == get_origin(name):
            sql = "UPDATE OR REPLACE copy SET origin = '' WHERE issue_id = ? AND origin = ?"
        else:  # former and rejected copies are not needed any more
            sql = "DELETE FROM copy WHERE issue_id = ? AND origin = ?"
        database.execute(sql, (issue_id, name))
    if names:
        sql = "UPDATE page SET origin = '' WHERE issue_id = ? AND substr(origin, 1, ?) = ?"
        database.execute(sql, (issue_id, len(_FEED_OF), _FEED_OF))
