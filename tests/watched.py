"""Looks on at the transactions of a process from inside, tells of them, and kills it in the one that is named."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

JobName = Literal["sync", "import", "marks"]
"""The name of a thread: what it does."""

_DATABASE_NAMES = ("archive", "reading")


@dataclass(frozen=True, slots=True)
class KillMoment:
    """When to die: as one of the three begins its nth transaction, so many statements further in, `seconds` later.

    With no seconds, on the spot: the statement is not run. A transaction that has not so many dies where it would end.
    """

    job: JobName
    transaction: int
    statements: int
    seconds: float


class TransactionWatch:
    """Sees every transaction of the three from inside, tells where it stands, and dies in the one that is named."""

    def __init__(self, moment: KillMoment, tell: Callable[..., None]) -> None:
        self._moment, self._tell = moment, tell
        self._counts: dict[str, int] = {}

    def open(self, path: str | Path, *arguments: Any, **options: Any) -> sqlite3.Connection:
        """Open a database and look on."""
        connection = sqlite3.Connection(path, *arguments, **options)
        if (name := Path(path).stem) in _DATABASE_NAMES:
            connection.set_trace_callback(_Transactions(name, self).on_statement)
        return connection

    def count_transaction(self, who: str) -> int | None:
        """How many statements on to die in the transaction that one of them begins; None where it is to live on."""
        self._counts[who] = self._counts.get(who, 0) + 1
        fatal = who == self._moment.job and self._counts[who] == self._moment.transaction
        return self._moment.statements if fatal else None

    def report(self, what: str, who: str, name: str) -> None:
        self._tell(what, who, name)

    def kill_when_due(self) -> None:
        """Now, or some moments later while the work goes on."""
        if self._moment.seconds:
            threading.Thread(target=kill_self, args=(self._moment.seconds,), daemon=True).start()
        else:
            kill_self()


class _Transactions:
    """The transactions of one connection, statement by statement, each before it is run."""

    def __init__(self, name: str, watch: TransactionWatch) -> None:
        self._name, self._watch = name, watch
        self._run: int | None = None
        self._left: int | None = None

    def on_statement(self, statement: str) -> None:
        who = threading.current_thread().name
        if statement.startswith("BEGIN"):
            self._run, self._left = 0, self._watch.count_transaction(who)
            return
        if self._run is None:
            return
        ends = statement.startswith(("COMMIT", "ROLLBACK"))
        if self._run == 0 and not ends:
            self._watch.report("inside", who, self._name)  # no sooner: it may have waited for another's to end
        self._run += 1
        if self._left is not None and (ends or self._run > self._left):
            self._left = None
            self._watch.kill_when_due()
        if ends:
            self._watch.report("ending", who, self._name)
            self._run = None


def kill_self(seconds: float = 0) -> None:
    if seconds:
        time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
