"""Corrects registers whose time lies far in the future, from a clock that was wrong.

Such a register loses to every other one on the machines whose clocks are right. It would stay here for ever, and never
reach them, so it gets a time that they believe.
"""

from __future__ import annotations

from importai_tui.archive.database import Database
from importai_tui.reading.fields import UNKNOWN_TIME, Register, later
from importai_tui.reading.journal import Journal


def correct_future_times(database: Database, journal: Journal) -> int:
    """Give each field that is dated in the future its newest change with a believable time; return how many.

    The own changes were made after the own change before them, so they get a time just after that one. The time of a
    change from another machine is not known: it counts as the oldest. All shared files are read again afterwards,
    because older changes in them may win now.
    """
    limit = journal.latest_believed()
    if not database.rows("SELECT 1 FROM register WHERE at > ? LIMIT 1", (limit,)):
        return 0
    if not database.rows("SELECT 1 FROM journal WHERE at <= ? LIMIT 1", (limit,)):
        return 0  # where all is in the future, it is the clock here that is wrong
    with database.transaction():
        sql = "SELECT key, field, value, at, machine FROM register WHERE at > ?"
        wrong = {(str(row[0]), str(row[1])): Register(*row) for row in database.rows(sql, (limit,))}
        right = _with_believable_times(database, journal, set(wrong), limit)
        for place, present in wrong.items():
            journal.replace(present, right.get(place) or _at(present, UNKNOWN_TIME))
        database.run("DELETE FROM setting WHERE substr(name, 1, 12) = 'shared-spot:'")
    return len(wrong)


def _with_believable_times(
    database: Database, journal: Journal, places: set[tuple[str, str]], limit: str
) -> dict[tuple[str, str], Register]:
    """Return the winner among all journal lines of each of these fields, with the times that they get."""
    found: dict[tuple[str, str], Register] = {}
    own_time = UNKNOWN_TIME
    for row in database.rows("SELECT key, field, new, at, machine FROM journal ORDER BY id"):
        register = Register(*row)
        if register.at > limit:
            register = _at(register, later(own_time, own_time) if register.machine == journal.machine else UNKNOWN_TIME)
        if register.machine == journal.machine:
            own_time = max(own_time, register.at)
        place = (register.key, register.field)
        if place in places and (place not in found or register.rank > found[place].rank):
            found[place] = register
    return found


def _at(register: Register, at: str) -> Register:
    return Register(register.key, register.field, register.value, at, register.machine)
