"""The address that a browser gets for a link, and its host: what the lists show and what the exports write.

Nearly every address passes one regular expression and needs no more. Only the others load `links`, which takes longer
to import than a command or the first screen may take.
"""

from __future__ import annotations

import re

from importai_tui.errors import RefusedAddressError

_PLAIN = re.compile(
    r"https?://(?:www\.)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)"
    r"(?:/[A-Za-z0-9%/:=&~+!$,;'@()*._-]*)?"
    r"(?:\?[A-Za-z0-9%/:=&~+!$,;'@()*._?-]+)?"
    r"(?:#[A-Za-z0-9%/:=&~+!$,;'@()*._?-]+)?"
)
"""Addresses that `links.vetted` returns unchanged; the group is the host."""
_LONGEST_PLAIN = 500
"""Characters; well below `links.LONGEST_ADDRESS`."""


def browser_url(url: str | None) -> str | None:
    """Return the address that a browser gets for this one, or None if it may not be opened."""
    if not url or (len(url) <= _LONGEST_PLAIN and _PLAIN.fullmatch(url)):
        return url or None
    from importai_tui.links.urls import validate_url

    try:
        return validate_url(url)
    except RefusedAddressError:
        return None


def browser_host(url: str | None) -> str | None:
    """Return the host that a browser contacts, without `www.`, or None if there is none.

    A host beyond ASCII is given in punycode, because its letters may look like those of another host.
    """
    if not url:
        return None
    if len(url) <= _LONGEST_PLAIN and (plain := _PLAIN.fullmatch(url)):
        return plain[1]
    from importai_tui.links.urls import get_host, to_ascii_host

    host = get_host(browser_url(url) or url)
    return to_ascii_host(host) if host else None
