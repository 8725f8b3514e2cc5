"""Whether an address may be handed to a browser. Nothing else of the program decides that."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddress
from importai_tui.links.addresses import URL_MARKS

LONGEST_ADDRESS = 2048
"""Characters; what every browser's address line takes, and more than any citation needs."""

_UNSAFE = re.compile(
    '[\x00-\x20\x7f-\x9f\\\\\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff<>"`{}|^]'
)
_HOST = re.compile(r"[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\]")
"""A name as it is looked up, or an address of IPv6. What else a host may hold (RFC 3986, section 3.2.2) names nothing
in the web, and launchers that are shell scripts have been led astray by it."""


def vetted(url: str) -> str:
    """The address as it may be handed to a browser: written anew from its parts.

    Raises RefusedAddress for anything but plain http and https: other schemes, credentials, control characters,
    no host, more than LONGEST_ADDRESS characters.
    """
    shown = "".join(c if c.isprintable() else "?" for c in url[:80])
    _refuse_long(url, shown)
    url = url.strip(" ")
    if url.startswith("-") or _UNSAFE.search(url):
        raise RefusedAddress(f"Not opened: the address holds characters that no address may hold ({shown}).")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii") if host and not host.isascii() else host
    except ValueError as error:
        raise RefusedAddress(f"Not opened: this is no address that can be read ({shown}).") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedAddress(f"Not opened: only http and https addresses are opened ({shown}).")
    if not ascii_host or parts.username is not None or parts.password is not None:
        raise RefusedAddress(f"Not opened: the address has no plain host, or carries a user name ({shown}).")
    port = f":{parts.port}" if parts.port is not None else ""
    where = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    path, query, fragment = (quote(part, safe=URL_MARKS) for part in (parts.path, parts.query, parts.fragment))
    whole = urlunsplit((parts.scheme, where + port, path, query, fragment))
    if not _HOST.fullmatch(where):  # normalising it can bring forth anything
        raise RefusedAddress(f"Not opened: the host is no name that can be looked up ({shown}).")
    _refuse_long(whole, shown)  # a letter beyond ASCII is written with six or more
    return whole


def _refuse_long(url: str, shown: str) -> None:
    if len(url) > LONGEST_ADDRESS:
        raise RefusedAddress(f"Not opened: the address has {len(url)} characters ({shown}…).")
