"""Counts what is left to read while the user is catching up."""

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
        self._counted: object = None
        self.stories_and_words: tuple[int, int] | None = None
        """None until the first count is done."""

    def update(self) -> None:
        """Count in another thread, if the user is catching up and anything has changed."""
        library = self._session.library
        now = (library.archive.get_data_version(), self._session.index.unread_count)
        if not self._session.oldest_first or now == self._counted:
            return
        self._counted = now
        count = partial(self._count, library.archive.path, library.state.get_marks({"read"}))
        self._threads.run(count, group="left", exit_on_error=False)

    def restart(self) -> None:
        """Count again, because catching up has begun."""
        self._counted = None
        self.update()

    def _count(self, archive: Path, marks: Mapping[str, Set[str]]) -> None:
        from importai_tui.archive.stats import get_word_counts

        try:
            words = get_word_counts(archive)
        except DatabaseError:
            return  # the footer shows no figures; the next change counts again
        unread = [words[key] for key in words.keys() - marks["read"]]
        self._threads.call(self._store, (len(unread), sum(unread)))

    def _store(self, left: tuple[int, int]) -> None:
        self.stories_and_words = left
        self._on_counted()
