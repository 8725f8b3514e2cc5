"""The grammar by which the hostile tests check terminal output."""

from __future__ import annotations

import base64

import pytest

from importai_tui.parse.clean import clean_text
from tests.hostile.grammar import (
    COLUMNS,
    COMMAND_FORMS,
    PIPED_FORMS,
    find_clipboard_texts,
    find_offence,
    find_unrestored_state,
)
from tests.hostile.payloads import PAYLOADS

FRAME = (
    "\x1b[?1049h\x1b[?1000h\x1b[?25l\x1b[?1004h\x1b[>25u\x1b[?2026$p\x1b[?2004h\x1b[?7l"
    "\x1b[?2026h\x1b[12;3H\x1b[1;38;2;255;0;9;48;5;231mwater \u6c34 \u2026\x1b[0m\r\n\x1b[?2026l\x07"
    "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
SHOWN = {
    *("markup", "markup broken", "emoji code", "percent", "entities", "literal escapes", "long word", "wide"),
    *("families", "joiners alone", "stacked", "stacked at the start"),
}
"""Payloads of plain text, which a terminal only shows."""
ALLOWED = {"csi colour", "tabs", "osc clipboard"}
"""Payloads that have an allowed form. Clipboard texts are checked separately."""


def test_frame_of_textual_is_allowed() -> None:
    assert find_offence(FRAME.encode()) is None
    assert find_unrestored_state(FRAME.encode()) == []


@pytest.mark.parametrize("name", sorted(set(PAYLOADS) - SHOWN - ALLOWED))
@pytest.mark.parametrize("forms", [None, COMMAND_FORMS, PIPED_FORMS])
def test_payload_with_control_characters_is_an_offence(name: str, forms: dict[str, str] | None) -> None:
    data = PAYLOADS[name].replace("\r\n", "").replace("\n", "").encode("utf-8", "surrogatepass")
    assert find_offence(data, forms) if forms else find_offence(data)


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_payload_of_plain_text_is_allowed(name: str) -> None:
    assert find_offence(PAYLOADS[name].encode()) is None


@pytest.mark.parametrize(
    "data",
    [
        "\x1b[38;2;256;0;0m",
        "\x1b[m",
        "\x1b[31;m",
        "\x1b[H",
        "\x1b[0;3H",
        "\x1b[?1h",
        "\x1b[?2026$p\x1b[c",
        "\x1b[>1u",
        "\x1b]22;wait\x07",
        "\x1b]52;p;eA==\x07",
        "\x1b]52;c;?\x07",
        "\x1b]52;c;eA==\x1b\\",
        "\r",
        "\t",
        "word\x07",
        "word\x1b[2J",
        "\x1b",
    ],
)
def test_similar_sequences_are_an_offence(data: str) -> None:
    assert find_offence(data.encode())


def test_offence_has_offset_and_context() -> None:
    offence = find_offence("\u6c34 good\x1b[2Jmore".encode())
    assert offence
    assert (offence.offset, offence.data[:4]) == (8, b"\x1b[2J")
    assert offence.around == "\u6c34 good\x1b[2Jmore".encode()
    assert "offset 8" in str(offence)


def test_invalid_utf_8_is_an_offence() -> None:
    assert getattr(find_offence(b"good \x9b2J"), "offset", None) == 5


def test_only_a_full_progress_line_may_use_carriage_return() -> None:
    assert find_offence(b"\r" + b"half".ljust(COLUMNS - 1) + b"\r", COMMAND_FORMS) is None
    assert find_offence(b"good\revil\r\n", COMMAND_FORMS)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\x1b[?1003h", "mouse motion (?1003) is on"),
        ("\x1b[?25l", "cursor (?25) is off"),
        ("\x1b[>25u", "kitty's keys were pushed 1 times more than popped"),
        ("\x1b[1mword", "the style 1 does not end"),
        ("\x1b]22;text\x07", "the pointer is a text"),
        ("\x1b]8;id=1;https://a.example\x1b\\word", "the hyperlink id=1;https://a.example does not end"),
    ],
)
def test_unrestored_state_is_found(data: str, expected: str) -> None:
    assert find_unrestored_state(data.encode()) == [expected]


def test_clipboard_text_is_decoded() -> None:
    code = base64.b64encode("\u6c34".encode()).decode()
    assert find_clipboard_texts(f"a\x1b]52;c;{code}\x07b".encode()) == ["\u6c34"]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_cleaned_payload_is_plain_text(payload: str) -> None:
    assert find_offence(clean_text(payload).encode(), PIPED_FORMS) is None
