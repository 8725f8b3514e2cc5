from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from importai_tui.errors import RefusedAddress
from importai_tui.web.addresses import Destination, fetchable, host_in, is_loopback, is_public, look_up, may_follow

PUBLIC, PRIVATE = "8.8.8.8", "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "asked"),
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
def test_an_address_is_asked_as_it_is_written_anew(address: str, asked: str) -> None:
    assert fetchable(address) == asked
    assert fetchable(asked) == asked


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
def test_an_address_that_cannot_be_asked_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(RefusedAddress, match=r"^Not asked: .*A source is an https address"):
        fetchable(address)


@pytest.mark.parametrize("address", ["http://news.example/feed", "http://10.0.0.1/", "http://127.1/", "http://[::2]/"])
def test_plain_http_is_for_this_machine_only(address: str) -> None:
    with pytest.raises(RefusedAddress, match=r"with http.*Write it with https\.$"):
        fetchable(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.3", "::1", "localhost"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["128.0.0.1", "::2", "localhost.example", "127.0.0.1.example", "127.1", ""])
def test_another_machine_is_not_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_a_host_has_one_spelling() -> None:
    assert host_in("https://News.Example.:8443/feed") == "news.example"
    assert host_in("http://[::1]:8000/") == "::1"


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
def test_an_address_of_the_internet_is_public(address: str) -> None:
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
def test_what_is_not_of_the_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


class Resolver:
    """Knows one answer for every name, and notes what it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


NEWS = "https://news.example/feed"


async def followed(
    target: str,
    *addresses: str,
    asked: str = NEWS,
    trusted: Collection[str] = frozenset({"news.example"}),
    proxied: bool = False,
) -> Destination:
    return await may_follow(asked, target, trusted, resolve=Resolver(*addresses), proxied=lambda _: proxied)


async def test_a_redirect_within_a_trusted_host_is_followed_by_name() -> None:
    assert await followed("/other?a=b#c") == Destination("https://news.example/other?a=b")
    assert await followed("https://news.example:8443/feed") == Destination("https://news.example:8443/feed")
    assert await followed("https://NEWS.example./feed", PRIVATE) == Destination("https://news.example./feed")


async def test_a_redirect_to_another_host_goes_to_the_addresses_that_were_checked() -> None:
    resolver = Resolver("2001:4860:4860::8888", PUBLIC, PUBLIC)
    found = await may_follow(NEWS, "https://new.example:444/feed", {"news.example"}, resolve=resolver)
    assert found == Destination("https://new.example:444/feed", ("2001:4860:4860::8888", PUBLIC))
    assert resolver.asked == [("new.example", 444)]


async def test_a_redirect_to_an_address_in_figures_goes_there_if_it_is_public() -> None:
    assert await followed("https://8.8.8.8/feed") == Destination("https://8.8.8.8/feed", ("8.8.8.8",))


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
async def test_a_redirect_into_a_private_network_is_refused_even_behind_a_proxy(target: str, proxied: bool) -> None:
    with pytest.raises(RefusedAddress, match="no place on the public internet"):
        await followed(target, PUBLIC, proxied=proxied)


@pytest.mark.parametrize("addresses", [(PRIVATE,), (PUBLIC, PRIVATE), (PUBLIC, "::1"), ()])
async def test_a_name_is_refused_if_any_of_its_addresses_is_private(addresses: tuple[str, ...]) -> None:
    with pytest.raises(RefusedAddress, match=r"new\.example, which is no place on the public internet"):
        await followed("https://new.example/feed", *addresses)


async def test_a_host_that_the_user_named_may_be_anywhere() -> None:
    trusted = {"news.example", "10.0.0.1"}
    assert await followed("https://10.0.0.1/feed", trusted=trusted) == Destination("https://10.0.0.1/feed")


@pytest.mark.parametrize("target", ["http://news.example/feed", "http://127.0.0.1/feed"])
async def test_a_redirect_from_https_down_to_http_is_refused(target: str) -> None:
    with pytest.raises(RefusedAddress, match="from https down to http"):
        await followed(target, PUBLIC, trusted={"news.example", "127.0.0.1"})


async def test_a_redirect_to_plain_http_elsewhere_is_refused() -> None:
    with pytest.raises(RefusedAddress, match=r"plain http at news\.example"):
        await followed("http://news.example/feed", asked="http://127.0.0.1:8000/feed")


@pytest.mark.parametrize(
    "target",
    ["ftp://news.example/", "javascript:alert(1)", "https://u:p@news.example/", "https://[::1", "https://a b/"],
)
async def test_a_redirect_to_what_is_no_plain_address_is_refused_without_repeating_it(target: str) -> None:
    with pytest.raises(RefusedAddress, match=r"^news\.example leads on to what is no plain web address") as refused:
        await followed(target)
    assert target not in str(refused.value)


async def test_behind_a_proxy_names_are_left_to_the_proxy() -> None:
    resolver = Resolver()
    found = await may_follow(NEWS, "https://new.example/feed", (), resolve=resolver, proxied=lambda _: True)
    assert found == Destination("https://new.example/feed")
    assert not resolver.asked


async def test_behind_a_proxy_an_address_in_figures_is_left_to_it_too_if_it_is_public() -> None:
    assert await followed("https://8.8.8.8/feed", proxied=True) == Destination("https://8.8.8.8/feed")


async def test_the_system_knows_this_machine() -> None:
    assert set(await look_up("localhost", 80)) <= {"127.0.0.1", "::1"}
