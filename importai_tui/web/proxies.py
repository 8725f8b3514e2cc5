"""Which proxy the environment names for an address. The one place that reads it, so that it is decided once."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from importai_tui.web.addresses import is_loopback


def proxy_for(url: str) -> str | None:
    """The proxy's address, None where the source is asked directly: `https_proxy`, `all_proxy`, `no_proxy`.

    This machine itself is never asked through a proxy.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
