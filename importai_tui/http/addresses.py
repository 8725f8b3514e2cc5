"""SSRF guard: which addresses may be fetched, and which redirects may be followed.

A redirect never leads from a public site into a private network.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import validate_url

_NAT64 = IPv6Network("64:ff9b::/96")
"""Well-known prefix for IPv4 addresses behind a translator (RFC 6052); mobile networks use it for all of IPv4."""
_HOST_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
"""A host name within the lengths of RFC 1035, section 2.3.4. Resolvers fail on others in various ways."""
_NUMBER = re.compile(r"(?i)\d+|0x[0-9a-f]*")

ResolveHost = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks up a host and port; returns the IP addresses of the host."""
UsesProxy = Callable[[str], bool]
"""Returns True if an address is fetched through a proxy."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address to fetch and the checked IP addresses to connect to; empty if the connection may use the name."""

    url: str
    ip_addresses: tuple[str, ...] = ()


def get_host(url: str) -> str:
    """Return the host of a checked address in lower case, without the dot of a full name; "" if it has none."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def get_endpoint(url: str) -> str:
    """Return the identity by which redirects are trusted: the host of an address.

    On this machine it is host and port, because each port is another program.
    """
    host = get_host(url)
    if not is_loopback(host):
        return host
    parts = urlsplit(url)
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def is_loopback(host: str) -> bool:
    """Return True if a host is this machine: "localhost", 127.0.0.0/8 or ::1. Does no look-up."""
    address = _parse_ip(host)
    return host == "localhost" if address is None else address.is_loopback


def is_public(address: str) -> bool:
    """Return True if an IP address belongs to the public internet, including IPv4 addresses embedded in IPv6."""
    ip = _parse_ip(address)
    if ip is None:
        return False
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_public(str(IPv4Address(int(ip) & 0xFFFF_FFFF)))
        embedded = ip.ipv4_mapped or ip.sixtofour
        if embedded is not None:
            return is_public(str(embedded))
        if ip.is_site_local:
            return False
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast
    return ip.is_global and not (special or ip.is_reserved or ip.is_unspecified)


def check_source_url(address: str) -> str:
    """Return the address of a source in canonical form, without its fragment.

    Raises:
        RefusedAddressError: a browser would not be given the address either, or it is plain http to another machine.
    """
    try:
        parts = _check_url(address)
    except RefusedAddressError as error:
        shown = "".join(c if c.isprintable() else "?" for c in address[:80])
        raise RefusedAddressError(
            f"Not a source: {shown}. Use substack, mirror, or a plain https URL such as "
            "https://importai.substack.com/feed."
        ) from error
    host = get_host(urlunsplit(parts))
    if parts.scheme == "http" and not is_loopback(host):
        raise RefusedAddressError(f"Refused: http is not secure. Use {urlunsplit(parts._replace(scheme='https'))}.")
    return urlunsplit(parts)


def check_page_url(address: str) -> str:
    """Return the address of any page in canonical form: https, unless it is this machine, and without its fragment.

    Raises:
        RefusedAddressError: a browser would not be given the address either.
    """
    parts = _check_url(address)
    if parts.scheme == "http" and not is_loopback(get_host(urlunsplit(parts))):
        parts = parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80"))
    return urlunsplit(parts)


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host, in the order in which the system would try them.

    Raises:
        OSError: the host has none, or no name server can be reached.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def check_redirect(
    url: str,
    location: str,
    trusted: Collection[str],
    *,
    use_https: bool = False,
    resolve: ResolveHost = resolve_host,
    uses_proxy: UsesProxy = lambda _: False,
) -> Destination:
    """Check one redirect from `url` to `location`, the header as received, and return where to go.

    With `use_https` a plain http address is asked as https, see `check_page_url`; otherwise it is refused.

    `trusted` holds the endpoints of sources that the user named, and of the first request. Every other host must be
    public: see `find_public_destination`.

    Raises:
        RefusedAddressError: the redirect must not be followed. Nothing was sent there.
        OSError: the new host cannot be looked up.
    """
    origin = get_host(url)
    try:
        target = urljoin(url, location)
        target = check_page_url(target) if use_https else urlunsplit(_check_url(target))
    except (RefusedAddressError, ValueError) as error:
        raise RefusedAddressError(_format_refusal(origin, "to something that isn't a web page")) from error
    parts, host = urlsplit(target), get_host(target)
    if parts.scheme == "http" and urlsplit(url).scheme == "https":
        raise RefusedAddressError(_format_refusal(origin, f"from https to http at {host}"))
    if parts.scheme == "http" and not is_loopback(host):
        raise RefusedAddressError(_format_refusal(origin, f"to plain http at {host}"))
    destination = await find_public_destination(target, trusted, resolve=resolve, uses_proxy=uses_proxy)
    if destination is None:
        place = f"another port of {host}" if host == origin else host
        raise RefusedAddressError(_format_refusal(origin, f"to {place}, which isn't on the public internet"))
    return destination


async def find_public_destination(
    url: str,
    trusted: Collection[str],
    *,
    resolve: ResolveHost = resolve_host,
    uses_proxy: UsesProxy = lambda _: False,
) -> Destination | None:
    """Return where to go for a checked address; None if its host is neither trusted nor public.

    The name is looked up here, and all its IP addresses are checked. The connection must then go to these IP addresses,
    because a second look-up could give others (DNS rebinding).

    Raises:
        OSError: the host cannot be looked up.
    """
    if get_endpoint(url) in trusted:
        return Destination(url)
    parts, host = urlsplit(url), get_host(url)
    if _parse_ip(host) is not None:
        addresses: Sequence[str] = (host,)
    elif host == "localhost" or host.endswith(".localhost") or _NUMBER.fullmatch(host.rpartition(".")[2]):
        # "127.1" and "0x7f000001" are not names, but some resolvers accept them as IP addresses.
        addresses = ()
    elif uses_proxy(url):
        # Behind a proxy, names may not resolve on this machine. The proxy connects, by its own rules.
        return Destination(url)
    else:
        addresses = await resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    if not addresses or not all(is_public(address) for address in addresses):
        return None
    return Destination(url, () if uses_proxy(url) else tuple(dict.fromkeys(addresses)))


def _check_url(address: str) -> SplitResult:
    """Split an address that is safe for a browser and has a valid host; drop its fragment."""
    parts = urlsplit(validate_url(address))._replace(fragment="")
    host = get_host(urlunsplit(parts))
    if not _HOST_NAME.fullmatch(host) and ("%" in host or _parse_ip(host) is None):
        raise RefusedAddressError(f"Not opened: invalid host name ({parts.hostname}).")
    return parts


def _format_refusal(origin: str, where: str) -> str:
    return f"{origin} redirects {where}; not followed."


def _parse_ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
