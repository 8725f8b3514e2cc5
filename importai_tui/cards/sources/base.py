"""The interface of a source of cards, and what it uses to fetch and parse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from importai_tui.errors import ReaderError
from importai_tui.http.responses import Response
from importai_tui.works.card import CardDraft, CardTarget

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class SourceClient(Protocol):
    """Fetches and parses for a source, within the limits of time and size of all network access."""

    async def get(self, url: str, *, accept: str = "", max_bytes: int = ..., truncate: bool = False) -> Response:
        """Fetch an address.

        Statuses 200, 400, 401, 403 (only in JSON), 404 and 410 are returned, the others are raised.

        Args:
            url: the address.
            accept: the value of the `Accept` header; empty for none.
            max_bytes: the limit of the decoded body.
            truncate: return the first `max_bytes` of a larger body, instead of raising ResponseTooLargeError.

        Raises:
            SyncError: the address cannot be fetched. The text is a sentence with the next step.
            RefusedAddressError: the address is not public, or not a web address.
        """
        ...

    async def parse(self, parse: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Return the value of a function of a module, called in a process with limits of time and memory.

        Raises:
            NoCardError: the function raised it.
            UnreadableInputError: the function raised another exception or exceeded a limit.
        """
        ...


Answer = CardDraft | ReaderError
"""The result of a source for one work."""


class CardSource(ABC):
    """A source of cards."""

    name: str
    """The name for users: "arXiv"."""
    batch_size = 1
    """Works that one call of `fetch` may ask for."""
    pause = 1.0
    """Seconds between two requests to a host."""
    groups = 1
    """Groups of works that may be asked for at the same time, each with hosts of its own."""

    @abstractmethod
    def accepts(self, target: CardTarget) -> bool:
        """Return True if the source may have the card of a work."""

    @abstractmethod
    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, Answer]:
        """Return the drafts by `CardTarget.work`; a work that the source does not have is missing.

        Gets at most `batch_size` targets. A work that failed alone has its error in place of a draft.

        Raises:
            NoCardError: the answer is not a card ("is a page without an article"); the text is a sentence.
            SyncError, UnreadableInputError: the source cannot be reached, or its response cannot be used.
        """


class SingleSource(CardSource):
    """A source that is asked for one work at a time."""

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        """Return the drafts of the works that the source has."""
        drafts = {target.work: await self.fetch_one(target, client) for target in targets}
        return {work: draft for work, draft in drafts.items() if draft}

    @abstractmethod
    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the draft of a work; None if the source does not have it. Raises as `fetch` does."""
