from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from importai_tui.errors import RefusedAddressError
from importai_tui.http.addresses import (
    Destination,
    check_redirect,
    check_source_url,
    get_host,
    is_loopback,
    is_public,
    resolve_host,
)

PUBLIC, PRIVATE = "8.8.8.8", "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://News.Example/feed", "https://news.example/feed"),
        ("HTTPS://news.example:8443/feed?paged=2#top", "https://news.example:8443/feed?paged=2"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://127.0.0.1:8000/feed", "http://127.0.0.1:8000/feed"),
        ("http://127.8.9.1/feed", "http://127.8.9.1/feed"),
        ("http://[::1]:8000/feed", "http://[::1]:8000/feed"),
        ("http://localhost/feed", "http://localhost/feed"),
    ],
)
def test_source_url_is_canonical(address: str, canonical: str) -> None:
    assert check_source_url(address) == canonical
    assert check_source_url(canonical) == canonical


@pytest.mark.parametrize(
    "address",
    [
        "",
        "feed",
        "ftp://news.example/feed",
        "file:///etc/passwd",
        "https://",
        "https://user@news.example/feed",
        "https://user:word@news.example/feed",
        "https://news.example/a b",
        "https://news.example/a\nb",
        "https://news.example/\x1b[2J",
        "https://news.example\\@10.0.0.1/",
        "https://news.example/" + "a" * 2048,
        "https://news..example/feed",
        "https://%31%30.example/feed",
        "https://" + "a" * 64 + ".example/feed",
        "https://" + "a." * 127 + "example/feed",
        "https://[fe80::1%25eth0]/feed",
        "https://[::1/feed",
        "https://news.example:99999/feed",
        "-https://news.example",
    ],
)
def test_invalid_source_url_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(RefusedAddressError, match=r"^Not a source: .*Use substack, mirror, or a plain https URL"):
        check_source_url(address)


@pytest.mark.parametrize("address", ["http://news.example/feed", "http://10.0.0.1/", "http://127.1/", "http://[::2]/"])
def test_plain_http_is_allowed_on_this_machine_only(address: str) -> None:
    with pytest.raises(RefusedAddressError, match=r"^Refused: http is not secure. Use https:"):
        check_source_url(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.3", "::1", "localhost"])
def test_loopback_hosts_are_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["128.0.0.1", "::2", "localhost.example", "127.0.0.1.example", "127.1", ""])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_host_is_normalised() -> None:
    assert get_host("https://News.Example.:8443/feed") == "news.example"
    assert get_host("http://[::1]:8000/") == "::1"


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "100.63.0.1",
        "172.32.0.1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_internet_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2001::1",
        "news.example",
        "127.1",
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


class Resolver:
    """Resolver with one answer for every name; `calls` lists its arguments."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.calls: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.calls.append((host, port))
        return self.addresses


NEWS = "https://news.example/feed"


async def follow(
    target: str,
    *addresses: str,
    url: str = NEWS,
    trusted: Collection[str] = frozenset({"news.example"}),
    proxied: bool = False,
) -> Destination:
    return await check_redirect(url, target, trusted, resolve=Resolver(*addresses), uses_proxy=lambda _: proxied)


async def test_redirect_within_a_trusted_host_uses_the_name() -> None:
    assert await follow("/other?a=b#c") == Destination("https://news.example/other?a=b")
    assert await follow("https://news.example:8443/feed") == Destination("https://news.example:8443/feed")
    assert await follow("https://NEWS.example./feed", PRIVATE) == Destination("https://news.example./feed")


async def test_redirect_to_another_host_pins_the_checked_addresses() -> None:
    resolver = Resolver("2001:4860:4860::8888", PUBLIC, PUBLIC)
    found = await check_redirect(NEWS, "https://new.example:444/feed", {"news.example"}, resolve=resolver)
    assert found == Destination("https://new.example:444/feed", ("2001:4860:4860::8888", PUBLIC))
    assert resolver.calls == [("new.example", 444)]


async def test_redirect_to_a_public_ip_address_is_followed() -> None:
    assert await follow("https://8.8.8.8/feed") == Destination("https://8.8.8.8/feed", ("8.8.8.8",))


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://a.localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.0x1/",
    ],
)
@pytest.mark.parametrize("proxied", [False, True])
async def test_redirect_into_a_private_network_is_refused(target: str, proxied: bool) -> None:
    with pytest.raises(RefusedAddressError, match="isn't on the public internet"):
        await follow(target, PUBLIC, proxied=proxied)


@pytest.mark.parametrize("addresses", [(PRIVATE,), (PUBLIC, PRIVATE), (PUBLIC, "::1"), ()])
async def test_redirect_is_refused_if_any_address_is_private(addresses: tuple[str, ...]) -> None:
    with pytest.raises(RefusedAddressError, match=r"new\.example, which isn't on the public internet"):
        await follow("https://new.example/feed", *addresses)


async def test_trusted_host_may_be_private() -> None:
    trusted = {"news.example", "10.0.0.1"}
    assert await follow("https://10.0.0.1/feed", trusted=trusted) == Destination("https://10.0.0.1/feed")


@pytest.mark.parametrize("target", ["http://news.example/feed", "http://127.0.0.1/feed"])
async def test_redirect_from_https_to_http_is_refused(target: str) -> None:
    with pytest.raises(RefusedAddressError, match="from https to http"):
        await follow(target, PUBLIC, trusted={"news.example", "127.0.0.1"})


async def test_redirect_to_plain_http_on_another_host_is_refused() -> None:
    with pytest.raises(RefusedAddressError, match=r"plain http at news\.example"):
        await follow("http://news.example/feed", url="http://127.0.0.1:8000/feed")


@pytest.mark.parametrize(
    "target",
    ["ftp://news.example/", "javascript:alert(1)", "https://u:p@news.example/", "https://[::1", "https://a b/"],
)
async def test_redirect_to_an_unsafe_address_is_refused_without_repeating_it(target: str) -> None:
    with pytest.raises(
        RefusedAddressError, match=r"^news\.example redirects to something that isn't a web page"
    ) as refused:
        await follow(target)
    assert target not in str(refused.value)


async def test_proxy_resolves_names_itself() -> None:
    resolver = Resolver()
    found = await check_redirect(NEWS, "https://new.example/feed", (), resolve=resolver, uses_proxy=lambda _: True)
    assert found == Destination("https://new.example/feed")
    assert not resolver.calls


async def test_public_ip_address_is_not_pinned_behind_a_proxy() -> None:
    assert await follow("https://8.8.8.8/feed", proxied=True) == Destination("https://8.8.8.8/feed")


async def test_resolve_host_finds_localhost() -> None:
    assert set(await resolve_host("localhost", 80)) <= {"127.0.0.1", "::1"}
