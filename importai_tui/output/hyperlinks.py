"""Writes hyperlinks of the terminal (OSC 8): a click on their text opens an address in the browser.

See https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Mapping

from importai_tui.links.urls import browser_url

END_LINK = "\x1b]8;;\x1b\\"
"""Ends a hyperlink; does nothing if there is none."""

_UNSUITABLE_TERMINAL = re.compile(r"(?:ansi|cons|cygwin|dumb|eterm|linux|screen|vt\d)|xterm$")
"""Beginnings of TERM for terminals without a mouse, and for those that show parts of the sequences: Emacs, GNU screen
(the rest of a long one) and, according to GCC, some that call themselves plain "xterm"."""
_BROKEN_TERMINALS = ("gnome-terminal", "xfce4-terminal")
"""Values of COLORTERM in old versions of these terminals, which show the sequences as text."""
_FIRST_VTE = 5001
"""The first VTE library (GNOME Terminal and others) with hyperlinks; 0.50.0 crashes on them."""


def has_hyperlinks(setting: str, environ: Mapping[str, str], platform: str) -> bool:
    """Return True if hyperlinks may be written to a terminal.

    A terminal should ignore a sequence that it does not know (ECMA-48), and over ssh its program is unknown. So "auto"
    excludes only terminals that are known to fail, as GCC does (`auto_enable_urls` in diagnostic-color.cc), and does
    not need a list of those that work, as supports-hyperlinks for Node.js has. FORCE_HYPERLINK overrides "auto".

    Args:
        setting: "auto", "always" or "never".
        environ: the environment of the terminal.
        platform: as in `sys.platform`.
    """
    if setting != "auto":
        return setting == "always"
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    if platform == "win32":
        return "WT_SESSION" in environ  # the old console shows escape sequences
    terminal = environ.get("TERM", "dumb")
    if terminal.startswith("screen") and "TMUX" in environ:  # only tmux; in Emacs inside tmux TERM says "dumb"
        terminal = "tmux"
    if environ.get("COLORTERM") in _BROKEN_TERMINALS:
        return False
    if _UNSUITABLE_TERMINAL.match(terminal) and not (terminal == "xterm" and "COLORTERM" in environ):
        return False
    vte = environ.get("VTE_VERSION", "")
    return not vte.isdecimal() or int(vte) >= _FIRST_VTE


def format_link_start(url: str | None) -> str:
    """Return the sequence that begins a hyperlink; empty if the address must not be opened.

    Terminals treat parts with the same id and address as one link, for example a link on two lines. Some compare only
    the id, so each address has its own.
    """
    address = browser_url(url)
    return f"\x1b]8;id={crc32(address.encode()):x};{address}\x1b\\" if address else ""
