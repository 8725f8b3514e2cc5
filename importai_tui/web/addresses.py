"""Which addresses may be asked, and where a redirect may lead: never from a public site into a private network."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddress
from importai_tui.links import vetted

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 behind the well-known prefix of a translator (RFC 6052): what phone networks give for every old address."""
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
"""A host in letters, with the lengths of RFC 1035, section 2.3.4; on others resolvers fail in ways of their own."""
_NUMBER = re.compile(r"(?i)\d+|0x[0-9a-f]*")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A host and a port to the IP addresses of the host."""
Proxied = Callable[[str], bool]
"""Whether an address is asked through a proxy."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What is asked next: the address, and the IP addresses that were checked; none where the name itself will do."""

    url: str
    addresses: tuple[str, ...] = ()


def host_in(url: str) -> str:
    """The host of an address that was vetted, in lower case, without the dot of a full name; "" where there is none."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def endpoint(url: str) -> str:
    """The host of an address; on this machine host and port, because each port is another program.

    Redirects are trusted by it.
    """
    host = host_in(url)
    if not is_loopback(host):
        return host
    parts = urlsplit(url)
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself: "localhost", 127.0.0.0/8 or ::1. Nothing is looked up."""
    address = _literal(host)
    return host == "localhost" if address is None else address.is_loopback


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's, also where it stands inside another one."""
    found = _literal(address)
    if found is None:
        return False
    if isinstance(found, IPv6Address):
        if found in _NAT64:
            return is_public(str(IPv4Address(int(found) & 0xFFFF_FFFF)))
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    special = found.is_private or found.is_loopback or found.is_link_local or found.is_multicast
    return found.is_global and not (special or found.is_reserved or found.is_unspecified)


def fetchable(address: str) -> str:
    """The address as it may be asked, written anew from its parts and without a fragment.

    Raises RefusedAddress for what no browser would be given either, and for plain http to another machine.
    """
    try:
        whole = _checked(address)
    except RefusedAddress as error:
        reason = str(error).replace("Not opened", "Not asked", 1)
        raise RefusedAddress(
            f"{reason} A source is an https address, like https://importai.substack.com/feed."
        ) from error
    host = host_in(urlunsplit(whole))
    if whole.scheme == "http" and not is_loopback(host):
        raise RefusedAddress(
            f"Not asked: {host} is written with http, which anyone on the way can read and change. Write it with https."
        )
    return urlunsplit(whole)


async def look_up(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host, in the order in which the system would try them.

    Raises:
        OSError: there are none, or nobody to ask.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def may_follow(
    asked: str, target: str, trusted: Collection[str], *, resolve: Resolve = look_up, proxied: Proxied = lambda _: False
) -> Destination:
    """One step of a redirect, checked; `target` is the `Location` as it came.

    `trusted` are hosts that the user named, and the one that was asked first, as `endpoint` gives them. Any other must
    be public. Its name is looked up here and every address checked; the connection then goes to these, because a second
    look-up could give others.

    Raises:
        RefusedAddress: it leads somewhere it must not. Nothing was asked of that place.
        OSError: the new host cannot be looked up.
    """
    here = host_in(asked)
    try:
        url = urlunsplit(_checked(urljoin(asked, target)))
    except (RefusedAddress, ValueError) as error:
        raise RefusedAddress(_refusal(here, "to what is no plain web address")) from error
    parts, host = urlsplit(url), host_in(url)
    if parts.scheme == "http" and urlsplit(asked).scheme == "https":
        raise RefusedAddress(_refusal(here, f"from https down to http at {host}"))
    if parts.scheme == "http" and not is_loopback(host):
        raise RefusedAddress(_refusal(here, f"to plain http at {host}"))
    if endpoint(url) in trusted:
        return Destination(url)
    if _literal(host) is not None:
        addresses: Sequence[str] = (host,)
    elif host == "localhost" or host.endswith(".localhost") or _NUMBER.fullmatch(host.rpartition(".")[2]):
        # "127.1" and "0x7f000001" are no names, though a resolver takes them for addresses.
        addresses = ()
    elif proxied(url):
        # Behind a proxy names may not resolve here at all, and it is the proxy that connects and has its own rules.
        return Destination(url)
    else:
        addresses = await resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    if not addresses or not all(is_public(address) for address in addresses):
        place = f"another port of {host}" if host == here else host
        raise RefusedAddress(_refusal(here, f"to {place}, which is no place on the public internet"))
    return Destination(url, () if proxied(url) else tuple(dict.fromkeys(addresses)))


def _checked(address: str) -> SplitResult:
    """An address that a browser would be given, without its fragment, if its host is one that can be looked up."""
    whole = urlsplit(vetted(address))._replace(fragment="")
    host = host_in(urlunsplit(whole))
    if not _NAME.fullmatch(host) and ("%" in host or _literal(host) is None):
        raise RefusedAddress(f"Not opened: the host is no name that can be looked up ({whole.hostname}).")
    return whole


def _refusal(here: str, where: str) -> str:
    return (
        f"{here} leads on {where}: that was not followed. If the new place is right, give its own address as a source."
    )


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
