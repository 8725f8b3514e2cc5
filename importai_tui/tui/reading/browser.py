"""Opens addresses in the browser, or copies them if there is no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.model import Link
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter
from importai_tui.tui.reading.threads import ThreadRunner
from importai_tui.tui.services import Copy
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.link_list import LinkList

if TYPE_CHECKING:
    from importai_tui.browser import Opener, OpenResult

NamedWork = tuple[str, str]
"""A work's canonical id, and its title."""


class AddressOpener:
    """Opens addresses and records which works were opened."""

    def __init__(
        self,
        opener: Opener,
        session: ReadingSession,
        writer: StateWriter,
        threads: ThreadRunner,
        link_list: LinkList,
        *,
        notify: Callable[..., None],
        copy: Copy,
    ) -> None:
        """Open addresses with `opener`; `notify` shows a line, `copy` copies a text."""
        self._opener = opener
        self._session = session
        self._writer = writer
        self._threads = threads
        self._link_list = link_list
        self._notify = notify
        self._copy = copy
        self._on_opened: Callable[[], object] | None = None

    @contextmanager
    def redraw_after_opening(self, redraw: Callable[[], object]) -> Iterator[None]:
        """Within this context, call `redraw` after each opened work, because another screen lists works."""
        self._on_opened = redraw
        try:
            yield
        finally:
            self._on_opened = None

    def name_work(self, link: Link) -> NamedWork | None:
        """Return the work that a link leads to."""
        return (link.work, self._link_list.get_title(link)) if link.work else None

    def open_in_thread(
        self,
        urls: Sequence[str],
        works: Sequence[NamedWork | None] = (),
        *,
        kinds: Sequence[str] = (),
        notice: str = "",
    ) -> None:
        """Open addresses in a thread, because a browser may start slowly.

        Args:
            urls: the addresses.
            works: the works at the addresses.
            kinds: the kinds of the links, or "pdf", because a kind may have a program of its own.
            notice: what to say after opening, instead of the address.
        """
        self._threads.run(partial(self._open, urls, works, kinds, notice), group="opening", exclusive=False)

    def _open(self, urls: Sequence[str], works: Sequence[NamedWork | None], kinds: Sequence[str], notice: str) -> None:
        unopened: list[OpenResult] = []
        for index, url in enumerate(urls):
            try:
                opened = self._opener(url, kinds[index] if kinds else "")
            except ReaderError as error:
                self._threads.call(self._notify, str(error), seconds=8)
                continue
            if opened.is_opened:
                self._threads.call(self._notify_opened, opened, works[index] if works else None, notice)
            else:
                unopened.append(opened)
        if unopened:
            self._threads.call(self._copy_instead, unopened)

    def _notify_opened(self, opened: OpenResult, work: NamedWork | None, notice: str) -> None:
        if work:
            self._writer.try_write(lambda: self._session.library.state.record_work_opened(*work), is_user_change=False)
            self._redraw_marks()
        if opened.failed_program:
            notice = f"{opened.failed_program} failed. {notice or _format_opened(opened)}"
        if notice:
            self._notify(notice)
        else:
            self._notify(_format_opened(opened), seconds=2)

    def _redraw_marks(self) -> None:
        """Show in every list of works that a work was opened."""
        self._link_list.refresh()
        if self._on_opened:
            self._on_opened()

    def _copy_instead(self, unopened: Sequence[OpenResult]) -> None:
        """Copy all addresses at once, a line for each, because each copy replaces the one before it."""
        urls = [result.url for result in unopened]
        result = next((result for result in unopened if result.failed_program), unopened[0])
        kind, title = ("the URL", urls[0]) if len(urls) == 1 else (f"{len(urls)} URLs", "")
        self._copy("\n".join(urls), kind, title, reason=result.message.removesuffix("."))


def _format_opened(opened: OpenResult) -> str:
    return f"Opened {truncate(opened.url.partition('://')[2], 60)}"
