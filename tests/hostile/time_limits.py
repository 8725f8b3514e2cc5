"""Measures the processor time of a check on repetitive input, and interrupts one that hangs."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

from tests.hostile.examples import pieces, seeds

SECONDS_PER_MEGABYTE = 1.0
BASE_SECONDS = 0.5
"""Seconds that any input may take, for first imports and for databases."""


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that the program under test does not catch it."""


def get_allowed_seconds(data: bytes) -> float:
    """Return the seconds of processor time for an input."""
    return BASE_SECONDS + SECONDS_PER_MEGABYTE * len(data) / 1e6


def run_within_time(check: Callable[[bytes], None], data: bytes, factor: float = 1.0) -> float:
    """Run the check. Return its seconds of processor time.

    The signal also interrupts a regular expression, because Python checks for signals every few thousand steps.

    Raises:
        TooSlow: the check takes longer than allowed.
    """
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, factor * get_allowed_seconds(data))
    began = time.process_time()
    try:
        check(data)
        return time.process_time() - began
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def is_too_slow(check: Callable[[bytes], None], data: bytes) -> bool:
    """Return True if the check is too slow twice in a row. The first time may be due to other work of this process."""
    for _ in range(2):
        try:
            run_within_time(check, data)
        except TooSlow:
            continue
        except Exception:
            return False
        return False
    return True


def make_repetitive(kind: str, rng: random.Random) -> bytes:
    """Return a good start, one to three pieces repeated many times, and an end that may fit."""
    size = int(10 ** rng.uniform(4, 5.8))
    start = rng.choice((b"", rng.choice(seeds(kind))[: rng.choice((20, 80, 300, 3000))], rng.choice(_STARTS)))
    vocabulary = (*pieces(kind), *_SHORT_PIECES)
    piece = b"".join(rng.choice(vocabulary) for _ in range(rng.choice((1, 1, 2, 3))))[:300] or b" "
    end = rng.choice((b"", b"x", b"\n", b"</p>", rng.choice(vocabulary), rng.choice(seeds(kind))[-60:]))
    return start + piece * (size // len(piece)) + end


def _stop(*_: object) -> None:
    raise TooSlow


_PAGE = "<p>Welcome to Import AI, please subscribe.</p><p><strong>Sheep:<br/></strong><em>…Baa…<br/></em>"
_STARTS = tuple(
    text.encode()
    for text in (
        _PAGE,
        "Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n",
        "---\ntitle: ",
        "<html><head><title>",
        "From: a\r\nTo: b\r\nSubject: ",
        "From: a\r\nTo: b\r\nContent-Type: text/html; ",
        'From: a\r\nTo: b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n',
        "<rss><channel><item><title>",
        '<p><a href="https://',
        '<div class="tweet" data-attrs=\'{"url":"',
        "<p>Read more: ",
        "<p><strong>",
        "https://",
    )
)
_SHORT_PIECES = tuple(
    text.encode()
    for text in (
        *" \t\n\r.,:;!?()[]{}<>*_#-\"'/\\=&%|aA1",
        *(
            "…",
            "“",
            "é",
            "\u00a0",
            "\u0301",
            "a b ",
            ". ",
            "</",
            "<br>",
            "<p>",
            "<li>",
            "<b>",
            "&#",
            "](",
            "http://a ",
            "A: b\n",
        ),
        *(
            "Import AI 1 ",
            "Read more: ",
            "why this matters ",
            "things that inspired ",
            "Tech Tales",
            "***\n",
            "(a) ",
            "--",
            "\r\n",
        ),
    )
)
