"""Decides who may use the page: a token keeps out other users and programs, two headers keep out other web pages."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_NAME = "localhost"


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What a request must have."""

    token: str
    """The secret in the URL that is printed, and in the cookie; empty if nobody needs one."""
    host_names: frozenset[str]
    """The names of this computer by which it may be asked, in lower case, besides addresses and `localhost`."""

    def is_own_host(self, host: str) -> bool:
        """Return True if a Host header names this computer.

        A page of another site whose name is made to point to this computer (DNS rebinding) sends that name. Numeric
        addresses can't be made to point elsewhere. The port may differ, because ssh forwards from any port.
        """
        name = _split_host(host)
        return name == LOCAL_NAME or name in self.host_names or is_address(name)

    def is_own_page(self, origin: str | None, host: str) -> bool:
        """Return True if an Origin header says that a page of this server has made the request to this host."""
        return bool(origin) and origin in (f"http://{host}", f"https://{host}")

    def is_token(self, given: str | None) -> bool:
        """Return True if this is the token, or if none is needed. Takes as long for every wrong one."""
        return not self.token or hmac.compare_digest((given or "").encode(), self.token.encode())


def is_address(host: str) -> bool:
    """Return True for a numeric address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return True if only programs on this computer can reach a server on this host."""
    return host.lower() == LOCAL_NAME or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def _split_host(header: str) -> str:
    """Return the host of a Host header in lower case; empty if it has another shape than a host and a port."""
    try:
        parts = urlsplit(f"//{header}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    return host if host and parts.netloc == header and parts.username is None else ""
