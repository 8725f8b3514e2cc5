"""A client for sources in tests: the real HTTP client on a fake clock, and a parser without a process."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from importai_tui.errors import NoCardError, UnreadableInputError
from importai_tui.http.client import MAX_BODY_SIZE
from importai_tui.http.responses import Response
from tests.http.clients import FakeTimeClient

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class SimpleClient:
    """A `SourceClient`. An async context manager."""

    def __init__(self) -> None:
        self.fake = FakeTimeClient()

    async def __aenter__(self) -> Self:
        await self.fake.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.fake.__aexit__(kind, error, traceback)

    async def get(
        self,
        url: str,
        *,
        accept: str = "",
        max_bytes: int = MAX_BODY_SIZE,
        truncate: bool = False,
    ) -> Response:
        """Fetch an address."""
        return await self.fake.get(url, accept=accept, max_bytes=max_bytes, truncate=truncate)

    async def parse(self, parse: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Call the function in this process."""
        try:
            return parse(argument)
        except (UnreadableInputError, NoCardError):
            raise
        except Exception as error:
            raise UnreadableInputError(f"can't be parsed ({type(error).__name__})") from error
