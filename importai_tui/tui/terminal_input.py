"""Parses terminal input: ignores sequences that Textual cannot parse, and loses no later key.

Textual 8.2 ends at the first byte that is not UTF-8 and at key codes beyond Unicode. It also sends the part of a paste
behind an escape character as keys. See Textualize/textual#6456 (open, with the unmerged fixes #6496, #6498 and #6624)
and Textualize/textual#564.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator

from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Key, Paste
from textual.message import Message
from textual.messages import InBandWindowResize

ESCAPE = "\x1b"
PASTE_LIMIT = 1 << 20
"""Characters of one paste that are used: more than any field holds, and a bound for the memory."""
PASTE_TIMEOUT = 3.0
"""Seconds without input after which a paste counts as complete: if its end was lost, keys must work again."""
_SEQUENCE_TIMEOUT = 0.5
"""Seconds without input after which a mouse report, or a control string that answers a query, counts as complete."""
_MOUSE_START = "\x1b[M"
_MOUSE_BYTES = 3
"""Bytes after the start of an X10 mouse report. They may have any value, so they need not be UTF-8."""
_STRING_START = re.compile(r"\x1b(?:\][0-9]|P[0-9;>!+$=|]|_G)\Z")
"""The start of an OSC, DCS or APC string. Its first character distinguishes it from alt and a letter."""
_COMPLETE_SEQUENCE = re.compile(r"\x1b\[\[?[0-?]*[ -/]*[@-Z\\-~]\Z")
"""A whole control sequence, by the grammar of ECMA-48."""
_SIZE_REPORT = re.compile(r"\x1b\[48(?:;[0-9]+(?::[0-9]*)*){4}t\Z")
_ALT_DIGIT = re.compile(r"\x1b[0-9]\Z")
"""Alt and a digit. Textual reads it as a symbol that option and a digit type on a Mac, such as ™."""
_MAX_SEQUENCE = 32
"""Characters of one control sequence. Textual would send the characters of a longer one as keys."""
_MAX_CELLS = 1_000_000
"""Cells of a terminal; a report of a larger size is an error, and drawing it would take all memory."""


class TerminalInput(XTermParser):
    """Turns bytes from the terminal into events. Never raises."""

    def __init__(self, debug: bool = False) -> None:
        self._decode = getincrementaldecoder("utf-8")("surrogateescape").decode
        self._tail = ""
        """The last characters of a paste."""
        self._sequence = ""
        """The escape sequence that is being received, or was received last."""
        self._mouse_bytes_left = 0
        self._in_string = False
        self._in_long_sequence = False
        self._paste: list[str] | None = None
        """The text of the paste that is being received."""
        self._deadline = 0.0
        """The time at which an unfinished paste, mouse report, long sequence or control string counts as complete."""
        self._in_band_resize = False
        """True if the terminal has announced that it reports its size in the input."""
        super().__init__(debug)

    def feed_bytes(self, data: bytes) -> Iterator[Message]:
        """Parse bytes as they were read. The first part of a split character waits for the rest."""
        return iter(self.feed(self._decode(data)))

    def feed(self, data: str) -> Iterable[Message]:
        """Parse characters; a lone surrogate stands for a byte that is not UTF-8."""
        # One character at a time: if the parser raises, the characters after it are not lost.
        for character in data:
            try:
                yield from self._feed_character(character)
            except Exception:  # ValueError, OverflowError, UnicodeDecodeError and more were seen
                self._restart()

    def tick(self) -> Iterable[Message]:
        """Handle timeouts: an escape key without a sequence, and sequences without an end."""
        if get_time() >= self._deadline:
            self._mouse_bytes_left, self._in_string, self._in_long_sequence = 0, False, False
            if self._paste is not None:
                yield self._end_paste()
        try:
            timed_out = [event for event in super().tick() if _is_usable(event)]
        except Exception:
            timed_out = []
            self._restart()
        if timed_out:
            self._sequence = ""
        yield from timed_out

    def _feed_character(self, character: str) -> Iterator[Message]:
        if self._paste is not None:
            yield from self._feed_paste(character)
        elif self._mouse_bytes_left > 0:
            # In bytes, because two of them may look like one character.
            self._mouse_bytes_left -= len(character.encode("utf-8", "surrogateescape"))
        elif self._in_string:
            yield from self._feed_string(character)
        elif self._in_long_sequence:
            yield from self._feed_long_sequence(character)
        elif not _is_surrogate(character):
            self._sequence = character if character == ESCAPE else (self._sequence + character)[: _MAX_SEQUENCE + 1]
            yield from self._feed_sequence(character)

    def _feed_sequence(self, character: str) -> Iterator[Message]:
        if self._sequence == BRACKETED_PASTE_START:
            self._restart()
            self._paste = []
            self._deadline = get_time() + PASTE_TIMEOUT
        elif self._sequence == _MOUSE_START:
            self._restart()
            self._mouse_bytes_left = _MOUSE_BYTES
            self._deadline = get_time() + _SEQUENCE_TIMEOUT
        elif _SIZE_REPORT.match(self._sequence) and not (self._in_band_resize and _is_size(self._sequence)):
            self._restart()
        elif _STRING_START.match(self._sequence):
            self._restart()
            self._in_string = True
            self._deadline = get_time() + _SEQUENCE_TIMEOUT
        elif len(self._sequence) > _MAX_SEQUENCE and self._awaiting.timeout is not None:
            self._restart()
            self._in_long_sequence = True
            yield from self._feed_long_sequence(character)
        else:
            yield from self._parse(character)
            if _COMPLETE_SEQUENCE.match(self._sequence) and self._awaiting.timeout is not None:
                # Textual does not know this sequence: it would wait for more, and then send it as keys.
                self._restart()

    def _feed_string(self, character: str) -> Iterator[Message]:
        """Ignore a control string up to its end, which is BEL or ESC and a backslash."""
        escaped = self._sequence.endswith(ESCAPE)
        self._sequence = character
        self._deadline = get_time() + _SEQUENCE_TIMEOUT
        self._in_string = not (escaped or character == "\a")
        if escaped and character != "\\":  # another sequence interrupted the string
            for each in (ESCAPE, character):
                yield from self._feed_character(each)

    def _feed_long_sequence(self, character: str) -> Iterator[Message]:
        """Ignore a control sequence that is too long, up to its end."""
        self._deadline = get_time() + _SEQUENCE_TIMEOUT
        self._in_long_sequence = " " <= character <= "?"
        if character == ESCAPE:
            yield from self._feed_character(character)

    def _feed_paste(self, character: str) -> Iterator[Message]:
        assert self._paste is not None
        self._tail = (self._tail + character)[-len(BRACKETED_PASTE_END) :]
        self._deadline = get_time() + PASTE_TIMEOUT
        if self._tail == BRACKETED_PASTE_END:
            yield self._end_paste()
        elif len(self._paste) < PASTE_LIMIT:
            self._paste.append(character)

    def _end_paste(self) -> Paste:
        text = "".join(character for character in self._paste or () if not _is_surrogate(character))
        self._paste, self._tail = None, ""
        # The end sequence is in the text, except its last character; a paste over the limit has none of it.
        return Paste(text.removesuffix(BRACKETED_PASTE_END[:-1]))

    def _parse(self, character: str) -> Iterator[Message]:
        for event in super().feed(character):
            if isinstance(event, InBandWindowResize):
                self._in_band_resize = event.supported
            if isinstance(event, Key) and _ALT_DIGIT.match(self._sequence):
                yield Key(f"alt+{character}", None)
            elif _is_usable(event):
                yield event

    def _restart(self) -> None:
        """Forget the sequence that is being parsed."""
        self._tokens.clear()
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)
        self._timeout_time = None
        self._sequence = ""


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _is_usable(event: Message) -> bool:
    """Return False for a key that is not a Unicode character."""
    return not (isinstance(event, Key) and event.character and any(map(_is_surrogate, event.character)))


def _is_size(report: str) -> bool:
    """Return True if a report of the terminal's size in cells and pixels is plausible."""
    rows, columns, height, width = (int(part.partition(":")[0]) for part in report[5:-1].split(";"))
    return 0 < rows * columns <= _MAX_CELLS and height * width > 0
