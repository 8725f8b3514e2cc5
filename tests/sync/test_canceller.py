"""Cancelling a run: from another thread, and with Ctrl+C."""

from __future__ import annotations

import asyncio
import signal
import threading
import time

import pytest

from importai_tui.sync.canceller import Canceller

SILENCE = 5.0
"""Seconds that the work waits for nothing."""


def interrupt_elsewhere() -> None:
    """Send SIGINT to another thread: like one that comes just before the loop waits, it interrupts no wait."""

    def send() -> None:
        time.sleep(0.02)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    threading.Thread(target=send).start()


async def wait_in_silence(interrupts: int, ends: list[str]) -> None:
    """Wait, and expect that many interrupts; add the reason why each wait ended."""
    asyncio.get_running_loop().call_later(SILENCE, ends.append, "silence")
    try:
        interrupt_elsewhere()
        await asyncio.sleep(2 * SILENCE)
    except asyncio.CancelledError:
        ends.append("interrupt")
        if interrupts > 1:
            interrupt_elsewhere()
            await asyncio.sleep(2 * SILENCE)


def test_an_interrupt_ends_a_wait_at_once() -> None:
    ends: list[str] = []
    asyncio.run(Canceller().run(wait_in_silence(1, ends)))
    assert ends == ["interrupt"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_interrupt_ends_the_loop() -> None:
    ends: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(Canceller().run(wait_in_silence(2, ends)))
    assert ends == ["interrupt"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_ignored_interrupt_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(Canceller().run(asyncio.sleep(0)))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_cancels_the_work() -> None:
    canceller = Canceller()
    threading.Timer(0.02, canceller.cancel).start()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(canceller.run(asyncio.sleep(SILENCE)))
