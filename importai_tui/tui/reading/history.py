"""The way that the reader has come, back and forward along it, and every story visited. It knows no library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from importai_tui.json_text import parse_json
from importai_tui.library.position import ScrollPosition

MOST = 500
"""Stops, and visits, that are remembered: weeks of reading, in a setting of some 55 kB."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A story on the way, and the spot where it was left; None until then."""

    key: str
    ref: str
    spot: ScrollPosition | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A story, and when it was last come to; going back and forward is no coming."""

    key: str
    ref: str
    when: datetime


class History:
    """A way with one stop on it that is the present one. To come to a story forgets the way forward, not the visits."""

    def __init__(self, stops: Iterable[Stop] = (), at: int = 0, visits: Iterable[Visit] = ()) -> None:
        self._stops = list(stops)[-MOST:]
        self._at = min(max(0, at), len(self._stops) - 1)
        self._visits = {visit.key: visit for visit in visits}

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The way, from its beginning."""
        return tuple(self._stops)

    @property
    def present(self) -> Stop | None:
        """Where the reader is, or was before a preview."""
        return self._stops[self._at] if self._stops else None

    @property
    def visited(self) -> tuple[Visit, ...]:
        """Each story once, the newest visit first."""
        return tuple(reversed(self._visits.values()))

    def come(self, key: str, ref: str, when: datetime) -> None:
        """The reader has come to a story; to come to the present one again is no step."""
        if self.present is None or self.present.key != key:
            self._stops[self._at + 1 :] = [Stop(key, ref)]
            del self._stops[:-MOST]
            self._at = len(self._stops) - 1
        self._visits.pop(key, None)
        self._visits[key] = Visit(key, ref, when)
        while len(self._visits) > MOST:
            del self._visits[next(iter(self._visits))]

    def leave(self, key: str, spot: ScrollPosition) -> None:
        """The reader is about to leave a story; one that is not the present stop was only a preview."""
        if self.present and self.present.key == key:
            self._stops[self._at] = replace(self.present, spot=spot)

    def turn(self, step: int, here: str, is_there: Callable[[Stop], bool]) -> Stop | None:
        """Goes one stop back (-1) or forward (1) and makes it the present one; None, and nothing changes, at the end.

        Args:
            step: -1 or 1.
            here: the key of the story that is open; from a preview, back is to the present stop.
            is_there: whether a stop can be gone to; others are passed over.
        """
        aside = bool(self.present and self.present.key != here)
        at = self._at if aside and step < 0 else self._at + step
        while 0 <= at < len(self._stops):
            if is_there(self._stops[at]):
                self._at = at
                return self._stops[at]
            at += step
        return None

    def rename(self, key: str, new: str) -> None:
        """A story has got another key."""
        self._stops = [replace(stop, key=new) if stop.key == key else stop for stop in self._stops]
        visits = (replace(visit, key=new) if visit.key == key else visit for visit in self._visits.values())
        self._visits = {visit.key: visit for visit in visits}

    def written(self) -> str:
        """As it is remembered."""
        stops = [[s.key, s.ref, *(s.spot.values if s.spot else [])] for s in self._stops]
        visits = [[visit.key, visit.ref, int(visit.when.timestamp())] for visit in self._visits.values()]
        return json.dumps({"at": self._at, "stops": stops, "visits": visits}, separators=(",", ":"))

    @classmethod
    def read(cls, written: str | None) -> History:
        """The remembered history; an empty one for what is none, or of another version."""
        try:
            told = parse_json(written)
            stops = [
                Stop(str(key), str(ref), ScrollPosition.from_values(*spot) if spot else None)
                for key, ref, *spot in told["stops"]
            ]
            visits = [Visit(str(key), str(ref), datetime.fromtimestamp(when, UTC)) for key, ref, when in told["visits"]]
            return cls(stops, int(told["at"]), visits)
        except (ValueError, TypeError, LookupError, OverflowError, OSError):
            return cls()
