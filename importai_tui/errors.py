"""The tree of errors that a person may meet. A message names the input, what is wrong with it and the next step."""


class ReaderError(Exception):
    """Anything that goes wrong for a reason a person can understand; its text is shown as it is."""


class NotFoundError(ReaderError):
    """A reference names nothing that the archive holds."""


class UnreadableInputError(ReaderError):
    """A document cannot be read, or is no issue of the newsletter."""


class NotAnIssueError(UnreadableInputError):
    """A document can be read, and is no issue of the newsletter."""


class RefusedAddressError(ReaderError):
    """A link's address is not one that may be handed to a browser."""


class UnsafeOpenerError(ReaderError):
    """The command that opens links would let a shell read the address."""


class DatabaseError(ReaderError):
    """A database of ours is damaged, newer than this program, or cannot be written."""


class LockError(DatabaseError):
    """A lock file beside a database cannot be used."""


class QuarantineError(DatabaseError):
    """An unusable database file cannot be renamed."""


class SyncError(ReaderError):
    """A source cannot be asked, or what it answers cannot be used."""


class OfflineError(SyncError):
    """No network reaches the source. That is normal: what is stored stays readable."""


class RedirectOfflineError(OfflineError):
    """The host that a redirect leads to cannot be reached. The network is there, because the redirect came."""


class BusyError(SyncError):
    """The source asks for fewer requests; `summary` says so without the next step."""

    def __init__(self, message: str, summary: str = "") -> None:
        super().__init__(message)
        self.summary = summary or message


class IncompleteResponseError(SyncError):
    """The answer did not arrive whole and in time; a smaller one may."""


class ResponseTooLargeError(SyncError):
    """The answer is larger than the limit; a smaller one may not be."""


class UnusableResponseError(SyncError):
    """The source refuses the request or answers with an error; another address of the same source may work."""


class BlockedError(UnusableResponseError):
    """The source refuses this network or sends a challenge; `summary` says so without the next step."""

    def __init__(self, message: str, summary: str = "") -> None:
        super().__init__(message)
        self.summary = summary or message
