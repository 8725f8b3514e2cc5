"""The errors that are shown to users. A message names the input, what is wrong with it, and the next step."""

OFFLINE_QUESTION = "Are you offline?"
"""Ends the message of an `OfflineError`; the reader adds the key that tries again."""
TRY_AGAIN = "Try again"
"""Begins the advice in a message of a sync that failed; the reader puts the key there."""


class ReaderError(Exception):
    """Base class of errors that are shown to users; the text is shown unchanged."""


class NotFoundError(ReaderError):
    """A reference names nothing in the archive."""


class UnreadableInputError(ReaderError):
    """A document cannot be read, or is no issue of the newsletter."""


class NotAnIssueError(UnreadableInputError):
    """A document can be read, and is no issue of the newsletter."""


class RefusedAddressError(ReaderError):
    """An address is unsafe to open or to fetch."""


class UnsafeOpenerError(ReaderError):
    """The command that opens links would let a shell execute the address."""


class UserCommandError(ReaderError):
    """A command of the user gets no input from this story or issue, or would run a title or a URL as a program."""


class DatabaseError(ReaderError):
    """A database of the program is damaged, newer than the program, or cannot be written."""


class LockError(DatabaseError):
    """A lock file beside a database cannot be used."""


class QuarantineError(DatabaseError):
    """An unusable database file cannot be renamed."""


class SyncError(ReaderError):
    """A source cannot be reached, or its response cannot be used."""


class OfflineError(SyncError):
    """No network reaches the source. This is normal: stored issues stay readable."""


class RedirectOfflineError(OfflineError):
    """The host of a redirect cannot be reached. The network works, because the redirect arrived."""


class BusyError(SyncError):
    """The source asks for fewer requests; `summary` is the message without the next step, `host` the host that asks."""

    def __init__(self, message: str, summary: str = "", host: str = "") -> None:
        super().__init__(message)
        self.summary = summary or message
        self.host = host


class IncompleteResponseError(SyncError):
    """The response did not arrive complete and in time; a smaller one may."""


class ResponseTooLargeError(SyncError):
    """The response is larger than the limit; a smaller page may fit."""


class UnusableResponseError(SyncError):
    """The source refuses the request or responds with an error; another address of the same source may work."""


class BlockedError(UnusableResponseError):
    """The source refuses this network or sends a challenge; `summary` is the message without the next step."""

    def __init__(self, message: str, summary: str = "") -> None:
        super().__init__(message)
        self.summary = summary or message


class NoCardError(ReaderError):
    """There is no card of a work: nothing is at its address, or not an article."""
