"""Counts the unread stories while the user is catching up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import partial
from pathlib import Path

from importai_tui.errors import DatabaseError
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.threads import ThreadRunner


class RemainingCounter:
    """Counts the unread stories and their words, in a thread, after each change."""

    def __init__(self, session: ReadingSession, threads: ThreadRunner, *, on_counted: Callable[[], object]) -> None:
        self._session = session
        self._threads = threads
        self._on_counted = on_counted
        self._counted_key: object = None
        self.stories_and_words: tuple[int, int] | None = None
        """The number of unread stories and their words; None until the first count is done."""

    def update(self) -> None:
        """Count in a thread, if the user is catching up and the archive or the marks have changed."""
        library = self._session.library
        key = (library.archive.get_data_version(), self._session.index.unread_count)
        if not self._session.oldest_first or key == self._counted_key:
            return
        self._counted_key = key
        count = partial(self._count, library.archive.path, library.state.get_marks({"read"}))
        self._threads.run(count, group="remaining", exit_on_error=False)

    def restart(self) -> None:
        """Count again, because catching up has begun."""
        self._counted_key = None
        self.update()

    def _count(self, archive: Path, marks: Mapping[str, Set[str]]) -> None:
        from importai_tui.archive.stats import get_word_counts

        try:
            words = get_word_counts(archive)
        except DatabaseError:
            return  # the footer shows no count; the next change counts again
        unread = [words[key] for key in words.keys() - marks["read"]]
        self._threads.call(self._store, (len(unread), sum(unread)))

    def _store(self, stories_and_words: tuple[int, int]) -> None:
        self.stories_and_words = stories_and_words
        self._on_counted()
