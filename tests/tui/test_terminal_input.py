"""The input parser of the terminal, with bytes that no well-behaved terminal sends."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from textual.events import Key, MouseDown, Paste, Resize
from textual.message import Message

from importai_tui.tui.terminal_input import PASTE_LIMIT, TerminalInput

TRIALS = 20_000
FRAGMENTS = (
    *(b"\x1b", b"[", b"\x1b[", b"<", b"M", b";", b":", b"-", b"?", b"$", b"~", b"u", b"t", b"y", b"R", b"O", b"I"),
    *(b"\x1b[200~", b"\x1b[201~", b"\x1b[M", b"\x1b]1", b"\x1bP>|", b"\x1b_G", b"\x1b\\", b"\x07", b"\x1b[48;", b"0"),
    *(b"1", b"99", b"1114112", b"55555555555555555555", b"55357", b"\x1b[?2048;2$y", b"\x00", b"\x9b", b"\xc2\x9b"),
    *(b"\xe9", b"\xea", b"\xff", b"\xc3", b"\xc3\xa9", b"\xf0\x9f", b"\xed\xa0\x80", "٣".encode(), b"\r", b"j", b" "),
)


def keys(events: Iterable[Message]) -> list[str]:
    return [event.key for event in events if isinstance(event, Key)]


def pastes(data: bytes) -> list[str]:
    return [event.text for event in TerminalInput().feed_bytes(data) if isinstance(event, Paste)]


def time_out(terminal_input: TerminalInput) -> list[Message]:
    """Let every timeout pass."""
    terminal_input._deadline = 0.0
    if terminal_input._timeout_time is not None:
        terminal_input._timeout_time = 0.0
    return list(terminal_input.tick())


@pytest.mark.parametrize(
    "ignored",
    [
        b"\xe9",
        b"\xea",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\x1b[M \xc8!",
        b"\x1b[M \xc3\xa9",
        b"\x1b[M\x00\n\x1b",
        b"\x1b[1114112u",
        b"\x1b[106;1;1114112u",
        b"\x1b[55555555555555555555u",
        b"\x1b[55357u",
        b"\x1b[106;1;55357u",
        b"\x1b[99Z",
        b"\x1b[" + b"1;" * 1000 + b"m",
        b"\x1b[<" + b"9" * 31 + b"M",
        b"\x1bO" + b"1;" * 40 + b"P",
        b"\x1b[" + b"1;" * 40 + b"\x1b[99Z",
        b"\x1b[?62;4c",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1bP>|XTerm(379)\x1b\\",
        b"\x1b[48;24;80;0;0t",
        b"\x1b[48;99999999;99999999;9;9t",
    ],
)
def test_invalid_input_is_ignored_and_the_next_key_arrives(ignored: bytes) -> None:
    events = list(TerminalInput().feed_bytes(ignored + b"j"))
    assert keys(events) == ["j"]
    assert not any(isinstance(event, Resize) for event in events)


@pytest.mark.parametrize("data", ["é".encode(), "🤖".encode(), b"\x1b[A", b"\x1b[Mabc\x1b[B"])
def test_split_input_is_joined(data: bytes) -> None:
    whole = keys(TerminalInput().feed_bytes(data))
    for at in range(len(data)):
        terminal_input = TerminalInput()
        assert [*keys(terminal_input.feed_bytes(data[:at])), *keys(terminal_input.feed_bytes(data[at:]))] == whole


def test_known_keys_and_the_mouse_work() -> None:
    events = list(TerminalInput().feed_bytes(b"\x1b[A\x1b[27;5;106~\x1b[[A\x1b[<0;5;6M\x1b[1;3D"))
    assert keys(events) == ["up", "ctrl+j", "f1", "alt+left"]
    assert [(event.x, event.y) for event in events if isinstance(event, MouseDown)] == [(4, 5)]


def test_alt_with_a_string_letter_is_a_key() -> None:
    terminal_input = TerminalInput()
    assert keys(terminal_input.feed_bytes(b"\x1bP")) == []
    assert keys(time_out(terminal_input)) == ["alt+shift+p"]


def test_alt_with_a_digit_is_a_key() -> None:
    events = list(TerminalInput().feed_bytes(b"\x1b1\x1b02"))
    assert keys(events) == ["alt+1", "alt+0", "2"]


def test_a_size_reported_in_the_input_is_used() -> None:
    events = list(TerminalInput().feed_bytes(b"\x1b[?2048;2$y\x1b[48;24;80;480;800t"))
    assert [event.size for event in events if isinstance(event, Resize)] == [(80, 24)]


@pytest.mark.parametrize(
    "inside", [b"a\x1b[31mred", b"a\x1b", b"a\x1b[200~b", b"a\x1b[M\x1b[48;1;1;1;1t", b"a\x1b]0;b\x07"]
)
def test_a_paste_with_an_escape_stays_one_paste(inside: bytes) -> None:
    assert pastes(b"\x1b[200~" + inside + b"\x1b[201~") == [inside.decode()]


def test_a_paste_drops_invalid_utf8() -> None:
    assert pastes(b"\x1b[200~caf\xe9 bar\x1b[201~") == ["caf bar"]


@pytest.mark.parametrize("more", [0, 1, 5, 6, 100])
def test_a_huge_paste_is_cut(more: int) -> None:
    data = b"\x1b[200~" + b"x" * (PASTE_LIMIT + more) + b"\x1b[201~"
    assert [len(text) for text in pastes(data)] == [PASTE_LIMIT]


def test_a_paste_without_an_end_times_out() -> None:
    terminal_input = TerminalInput()
    assert list(terminal_input.feed_bytes(b"\x1b[200~rivers")) == []
    assert [event.text for event in time_out(terminal_input) if isinstance(event, Paste)] == ["rivers"]
    assert keys(terminal_input.feed_bytes(b"j")) == ["j"]


def test_no_sequence_raises_or_swallows_a_later_key() -> None:
    random = Random(16)
    for _ in range(TRIALS):
        data = b"".join(random.choice(FRAGMENTS) for _ in range(random.randrange(1, 24)))
        if random.random() < 0.3:
            at = random.randrange(len(data))
            data = data[:at] + bytes([random.randrange(256)]) + data[at:]
        split = random.randrange(len(data) + 1)
        terminal_input = TerminalInput()
        for part in (data[:split], data[split:]):
            list(terminal_input.feed_bytes(part))
        time_out(terminal_input)
        # A split character or an escape key may need one more character to be complete.
        list(terminal_input.feed_bytes(b" "))
        time_out(terminal_input)
        assert keys(terminal_input.feed_bytes(b"j")) == ["j"], data
