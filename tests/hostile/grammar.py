"""The byte sequences that a program may write to a terminal: those of Textual, and plain text.

They were collected in runs on a harmless archive.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import NamedTuple

_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_STYLE = rf"(?:[1-9]|[34]8;2(?:;{_BYTE}){{3}}|[34]8;5;{_BYTE}|[34][0-79]|9[0-7]|10[0-7])"
"""Bold to struck out, and a colour of each kind of palette (ECMA-48, section 8.3.117; ISO 8613-6)."""

NOT_TEXT = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # not seen, or turning what is seen
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that must never be written, for a character class of a regular expression. The joiners U+200C and
U+200D are text."""
_TEXT = f"[^{NOT_TEXT}]+"

COLUMNS = 100
"""Width of the terminal that commands run on. A progress line fills it except for one cell."""
_MODES = {
    1049: "the other screen",
    1000: "mouse",
    1003: "mouse motion",
    1015: "mouse",
    1006: "mouse",
    25: "cursor",
    1004: "focus",
    2004: "bracketed paste",
    7: "line wrap",
    2026: "synchronized output",
}
_INITIALLY_ON = (25, 7)
_POINTERS = "default|pointer|text|grab|grabbing"
_CLIPBOARD = r"\x1b\]52;c;([A-Za-z0-9+/]*={0,2})\x07"
_LINK_START, _LINK_END = r"\x1b\]8;id=[0-9a-f]{1,8};https?://[!-~]+\x1b\\", r"\x1b\]8;;\x1b\\"

APP_FORMS: Mapping[str, str] = {
    "text": _TEXT,
    "a new line": r"\r?\n",
    "style": rf"\x1b\[(?:0|{_STYLE}(?:;{_STYLE})*)m",
    "place of the cursor": r"\x1b\[[1-9]\d{0,3};[1-9]\d{0,3}H",
    "move of the cursor to the right": r"\x1b\[[1-9]\d{0,3}C",
    "a mode": rf"\x1b\[\?(?:{'|'.join(map(str, _MODES))})[hl]",
    "a question for a mode": r"\x1b\[\?(?:2026|2048)\$p",
    "kitty's keys": r"\x1b\[(?:>25|<)u",
    "shape of the pointer": rf"\x1b\]22;(?:{_POINTERS})\x07",
    "copied": _CLIPBOARD,
    "start of a hyperlink": _LINK_START,
    "end of a hyperlink": _LINK_END,
    "blank screen before the first line": r"(?<=\x1b\[\?2026h)\x1b\[2J",
    "bell, between two frames": r"(?<=\x1b\[\?2026l)\x07+",
}
"""Everything that the app may write: Textual's sequences, and those of the splash screen and the terminal frame."""

COMMAND_FORMS: Mapping[str, str] = {
    "text": _TEXT,
    "a new line": r"\r?\n",
    "tab": r"\t",
    "bold": r"\x1b\[(?:0|1)m",
    "hyperlink": rf"{_LINK_START}{_TEXT}{_LINK_END}",
    "end of a hyperlink, also where there is none": _LINK_END,
    "progress": rf"\r[^{NOT_TEXT}]{{{COLUMNS - 1}}}\r(?!\n)",
}
"""Everything that a command may write on a terminal of `COLUMNS`."""

PIPED_FORMS: Mapping[str, str] = {"text": _TEXT, "a new line": r"\n", "tab": r"\t"}
"""Everything that a command may write into a pipe or a file."""

_CONTEXT_BYTES = 40
"""Bytes shown before and after an offence."""
_MAX_SHOWN_BYTES = 24


class Offence(NamedTuple):
    """The first bytes that no form allows."""

    offset: int
    """In bytes."""
    data: bytes
    around: bytes

    def __str__(self) -> str:
        return f"offset {self.offset}: {self.data!r} in {self.around!r}"


def find_offence(data: bytes, forms: Mapping[str, str] = APP_FORMS) -> Offence | None:
    """Return the first bytes of an output that match none of the forms; None if all match."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return find_offence(data[: error.start], forms) or _make_offence(data, error.start)
    allowed = re.compile(f"(?:{'|'.join(forms.values())})*+").match(text)
    end = allowed.end() if allowed else 0
    return None if end == len(text) else _make_offence(data, len(text[:end].encode()))


def find_unrestored_state(data: bytes) -> list[str]:
    """Describe the terminal modes and styles that the app has set and not restored at its end."""
    on = dict.fromkeys(_INITIALLY_ON, True)
    for number, letter in re.findall(rb"\x1b\[\?(\d+)([hl])", data):
        on[int(number)] = letter == b"h"
    changed = [
        f"{_MODES.get(number, 'mode')} (?{number}) is {'on' if now else 'off'}"
        for number, now in on.items()
        if now != (number in _INITIALLY_ON)
    ]
    pushed = data.count(b"\x1b[>25u") - data.count(b"\x1b[<u")
    if pushed:
        changed.append(f"kitty's keys were pushed {pushed} times more than popped")
    if (styles := re.findall(rb"\x1b\[([\d;]*)m", data)) and styles[-1] != b"0":
        changed.append(f"the style {styles[-1].decode()} does not end")
    if (links := re.findall(rb"\x1b\]8;([^\x1b]*)\x1b", data)) and links[-1] != b";":
        changed.append(f"the hyperlink {links[-1].decode()} does not end")
    if (pointers := re.findall(rb"\x1b\]22;([^\x07]*)\x07", data)) and pointers[-1] != b"default":
        changed.append(f"the pointer is a {pointers[-1].decode()}")
    return changed


def find_clipboard_texts(data: bytes) -> list[str]:
    """Return every text that was copied to the clipboard.

    Raises:
        ValueError: one of them is no base64 or no UTF-8.
    """
    try:
        return [base64.b64decode(code, validate=True).decode() for code in re.findall(_CLIPBOARD.encode(), data)]
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _make_offence(data: bytes, at: int) -> Offence:
    around = data[max(0, at - _CONTEXT_BYTES) : at + _CONTEXT_BYTES]
    return Offence(at, data[at : at + _MAX_SHOWN_BYTES], around)
