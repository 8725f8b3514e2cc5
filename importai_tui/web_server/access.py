"""Decides which requests are allowed: a token keeps out other users, the headers Host and Origin other web pages."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_NAME = "localhost"


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The conditions that a request must meet."""

    token: str
    """The secret in the printed URL and in the cookie; empty if none is needed."""
    host_names: frozenset[str]
    """The names of this computer in lower case. Its addresses and `localhost` need not be among them."""

    def is_own_host(self, host: str) -> bool:
        """Return True if a Host header names this computer.

        A page of another site whose name is made to point to this computer (DNS rebinding) sends that name. A
        numeric address can't be made to point elsewhere. The port may differ, because ssh forwards from any port.
        """
        name = _split_host(host)
        return name == LOCAL_NAME or name in self.host_names or is_address(name)

    def is_own_page(self, origin: str | None, host: str) -> bool:
        """Return True if an Origin header names the server of this host, whose page then made the request."""
        return bool(origin) and origin in (f"http://{host}", f"https://{host}")

    def is_token(self, given: str | None) -> bool:
        """Return True if this is the token, or if none is needed. The comparison takes constant time."""
        return not self.token or hmac.compare_digest((given or "").encode(errors="replace"), self.token.encode())


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
    """Return the host of a Host header in lower case; empty if it is not a host with or without a port."""
    try:
        parts = urlsplit(f"//{header}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    return host if host and parts.netloc == header and parts.username is None else ""
