"""Remembers which copies of an issue each origin has sent, so that the latest one from an origin is its current one.

Ranks the copies that come from the feed of a site while its own posts cannot be had: below those of any source.
"""

from __future__ import annotations

from dataclasses import dataclass

from importai_tui.sqlite import Database

_FORMER = "former:"
_REFUSED = "refused:"
"""Prefixes of `copy.origin`. No source has such a name."""


def get_origin(name: str) -> str:
    """The origin in a value of `copy.origin`, which may say besides what became of the copy."""
    return name.removeprefix(_FORMER).removeprefix(_REFUSED)


@dataclass(frozen=True, slots=True)
class CopyComparison:
    """The result of comparing an incoming copy with the copies that are known."""

    is_edit: bool
    """Its origin has sent a copy of this issue before."""
    is_known: bool
    """Its origin sent just this copy the last time."""
    has_known_stories: bool
    """Its origin sent just these stories the last time."""
    has_new_stories: bool
    has_new_metadata: bool
    """The stories, or number, title, date and address, are not those of the last time, nor old news from elsewhere."""
    is_revert: bool
    """These stories were current before: an edit was taken back."""


class CopyHistory:
    """The copies in an open archive, during one run. They are written inside the archive's own transactions.

    An origin may send several copies of an issue in one run: a folder holds a mail and a web page of it, a site has
    posted it twice. Each run would bring two edits then, so all copies of the last run that brought news are current.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._received: set[int] = set()
        """Hashes of the copies that have come in this run: for a whole archive the copies would take 12 MB."""
        self._replaced: dict[tuple[int, str], set[tuple[str, str]]] = {}
        """The copies that were current at the begin of this run, of those issues where others are by now."""

    def compare(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> CopyComparison:
        """Tell what is new of a copy that has come, which has these digests of its stories and of its head."""
        self._received.add(hash((issue_id, origin, fingerprints)))
        sql = "SELECT origin, stories, head FROM copy WHERE issue_id = ?"
        own, former, elsewhere = set(self._replaced.get((issue_id, origin), ())), set(), set()
        for name, *copy in self._database.query(sql, (issue_id,)):
            if name in (origin, _REFUSED + origin):
                own.add(tuple(copy))
            elif name == _FORMER + origin:
                former.add(tuple(copy))
            else:
                elsewhere.add(tuple(copy))

        def is_new(part: int) -> bool:
            value = fingerprints[part]
            if any(value == copy[part] for copy in own):
                return False
            # A slower source may only now send what another one has sent and replaced since.
            return any(value == copy[part] for copy in former) or all(value != copy[part] for copy in elsewhere)

        return CopyComparison(
            is_edit=bool(own or former),
            is_known=fingerprints in own,
            has_known_stories=any(fingerprints[0] == stories for stories, _ in own),
            has_new_stories=is_new(0),
            has_new_metadata=is_new(1),
            is_revert=any(fingerprints[0] == stories for stories, _ in former),
        )

    def add(self, issue_id: int, fingerprints: tuple[str, str], origin: str, *, is_rejected: bool = False) -> None:
        """Remember a copy beside the current ones; `refused`: the stored stories stay, whatever it holds."""
        self._received.add(hash((issue_id, origin, fingerprints)))
        sql = "INSERT OR IGNORE INTO copy (issue_id, origin, stories, head) VALUES (?, ?, ?, ?)"
        self._database.execute(sql, (issue_id, (_REFUSED if is_rejected else "") + origin, *fingerprints))

    def restore_current(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> None:
        """Keep a known copy current, where another one of this run has taken the place of those of earlier runs."""
        if fingerprints in self._replaced.get((issue_id, origin), ()):
            self.add(issue_id, fingerprints, origin)

    def set_current(self, issue_id: int, fingerprints: tuple[str, str], origin: str) -> None:
        """Remember a copy as current, and of those of earlier runs that they are current no more."""
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


_FEED_OF = "feed of "


def make_feed_origin(source: str) -> str:
    """The origin of copies from the feed that stands in for a source's own posts."""
    return f"{_FEED_OF}{source}"


def has_better_copy(database: Database, issue_id: int, origin: str) -> bool:
    """True if a source other than this one has given the issue, and not only by the feed of a site."""
    rows = database.query("SELECT DISTINCT origin FROM copy WHERE issue_id = ?", (issue_id,))
    others = (get_origin(name) for (name,) in rows)
    return any(other not in ("", origin) and not other.startswith(_FEED_OF) for other in others)


def rank_feed_as_file(database: Database, issue_id: int) -> None:
    """Let copies of an issue that came from the feed of a site count as those of a file, which any source replaces."""
    sql = "SELECT DISTINCT origin FROM copy WHERE issue_id = ?"
    names = [name for (name,) in database.query(sql, (issue_id,)) if get_origin(name).startswith(_FEED_OF)]
    for name in names:
        if name == get_origin(name):
            sql = "UPDATE OR REPLACE copy SET origin = '' WHERE issue_id = ? AND origin = ?"
        else:  # of copies that are not current nothing needs to be known any more
            sql = "DELETE FROM copy WHERE issue_id = ? AND origin = ?"
        database.execute(sql, (issue_id, name))
    if names:
        sql = "UPDATE page SET origin = '' WHERE issue_id = ? AND substr(origin, 1, ?) = ?"
        database.execute(sql, (issue_id, len(_FEED_OF), _FEED_OF))
