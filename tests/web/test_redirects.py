from __future__ import annotations

import pytest

from importai_tui.errors import Offline, RedirectOffline, SyncTrouble
from importai_tui.web.addresses import endpoint
from importai_tui.web.client import Answer
from tests.web.asking import FEED, Asking, Stage, told_of
from tests.web.server import Answering, Asked, Reply, Server


def moving(to: str, status: int = 301) -> Answering:
    """A server on which /feed has moved; the rest is the feed."""
    return lambda asked: Reply(status=status, headers={"Location": to}) if asked.path == "/feed" else FEED


async def test_a_redirect_within_a_host_is_followed() -> None:
    with Server(moving("/new?a=b")) as server:
        async with Asking() as asking:
            answer = await asking.get(f"{server.address}/feed")
            assert asking.web.requests == 2
    assert (answer.body, answer.url) == (FEED.body, f"{server.address}/new?a=b")
    assert answer.moved_to is None


@pytest.mark.parametrize(("status", "remembered"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_a_new_home_is_remembered_if_the_move_is_for_good(status: int, remembered: bool) -> None:
    with Server(lambda _: FEED) as new, Server(moving(f"{new.address}/feed?a=b", status)) as old:
        async with Asking(trusted=[endpoint(new.address)]) as asking:
            answer = await asking.get(f"{old.address}/feed?a=b")
    assert answer.body == FEED.body
    assert answer.moved_to == (f"{new.address}/feed?a=b" if remembered else None)


async def test_a_new_home_is_not_remembered_if_one_step_was_for_now() -> None:
    with (
        Server(lambda _: FEED) as new,
        Server(moving(f"{new.address}/feed", 302)) as middle,
        Server(moving(f"{middle.address}/feed")) as old,
    ):
        async with Asking(trusted=[endpoint(new.address), endpoint(middle.address)]) as asking:
            answer = await asking.get(f"{old.address}/feed")
    assert (answer.url, answer.moved_to) == (f"{new.address}/feed", None)


async def test_a_new_home_that_has_nothing_is_not_remembered() -> None:
    with Server(lambda _: Reply(status=404)) as new, Server(moving(f"{new.address}/feed")) as old:
        async with Asking(trusted=[endpoint(new.address)]) as asking:
            assert (await asking.get(f"{old.address}/feed")).moved_to is None


@pytest.mark.parametrize("named", [[], ["127.0.0.1"], ["127.0.0.1:80"]])
async def test_a_redirect_to_another_port_of_this_machine_is_refused(named: list[str]) -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"{other.address}/feed")) as server:
        async with Asking(trusted=named) as asking:
            with pytest.raises(SyncTrouble, match=r"to another port of 127\.0\.0\.1, which"):
                await asking.get(f"{server.address}/feed")
    assert not other.asked


async def test_a_redirect_to_this_machine_by_another_name_is_refused_and_nothing_is_asked_of_it() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with Asking() as asking:
            with pytest.raises(SyncTrouble, match="to localhost, which is no place on the public internet"):
                await asking.get(f"{server.address}/feed")
    assert not other.asked


async def test_a_redirect_to_a_host_that_the_user_named_is_followed() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with Asking(trusted=[f"LocalHost:{other.port}"]) as asking:
            answer = await asking.get(f"{server.address}/feed")
    assert answer.moved_to == f"http://localhost:{other.port}/feed"


async def test_a_host_can_be_named_later() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with Asking() as asking:
            asking.web.trust(f"localhost:{other.port}")
            assert (await asking.get(f"{server.address}/feed")).body == FEED.body


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://news.example/feed",
        "ftp://news.example/feed",
        "https://user:secret@news.example/",
        "https://private.example/feed",
    ],
)
async def test_a_redirect_that_leads_astray_is_told_and_not_followed(target: str) -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    asking = Asking(resolve=resolve, proxy=lambda _: None)
    told = await told_of(Reply(status=301, headers={"Location": target}), asking=asking)
    assert told.startswith("127.0.0.1 leads on ")
    assert asking.web.requests == 1


async def test_a_redirect_in_a_circle_is_left_where_it_began() -> None:
    asking = Asking()
    assert "without end" in await told_of(Reply(status=302, headers={"Location": "/feed?token=secret"}), asking=asking)
    assert asking.web.requests == 1


async def test_a_redirect_without_end_is_left_after_a_few_steps() -> None:
    def answering(asked: Asked) -> Reply:
        return Reply(status=302, headers={"Location": f"/feed?n={int(asked.query.get('n', 0)) + 1}"})

    with Server(answering) as server:
        async with Asking() as asking:
            with pytest.raises(SyncTrouble, match="without end"):
                await asking.get(f"{server.address}/feed")
    assert len(server.asked) == 6


async def test_a_redirect_that_leads_nowhere_is_told() -> None:
    assert "301" in await told_of(Reply(status=301))


async def test_from_https_nothing_leads_down_to_http() -> None:
    stage = Stage(lambda url: Answer(301, {"location": "http://news.example/feed"}, b"", url))
    with pytest.raises(SyncTrouble, match="from https down to http"):
        await Asking(wire=stage, proxy=lambda _: None).get("https://news.example/feed")
    assert len(stage.asked) == 1


def moved_out(url: str) -> Answer:
    """News has moved to another host."""
    if url.startswith("https://news.example"):
        return Answer(301, {"location": url.replace("news", "new")}, b"", url)
    return Answer(200, {}, FEED.body, url)


async def test_a_connection_goes_to_the_addresses_that_were_checked() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["8.8.8.8"]

    stage = Stage(moved_out)
    answer = await Asking(wire=stage, resolve=resolve, proxy=lambda _: None).get("https://news.example/feed")
    assert stage.asked == [("https://news.example/feed", "", None), ("https://new.example/feed", "8.8.8.8", None)]
    assert answer.moved_to == "https://new.example/feed"


async def test_of_several_addresses_the_next_is_tried_where_one_is_not_there() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["2001:4860:4860::8888", "8.8.8.8"]

    def answers(url: str) -> Answer | Exception:
        return Offline("no") if len(stage.asked) == 2 else moved_out(url)

    stage = Stage(answers)
    await Asking(wire=stage, resolve=resolve, proxy=lambda _: None).get("https://news.example/feed")
    assert [place for _, place, _ in stage.asked] == ["", "2001:4860:4860::8888", "8.8.8.8"]


async def test_a_new_home_that_has_no_address_is_offline() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(RedirectOffline, match=r"The host that news\.example leads on to cannot be reached"):
        await Asking(wire=Stage(moved_out), resolve=resolve, proxy=lambda _: None).get("https://news.example/feed")


async def test_the_proxy_of_the_environment_is_asked_at_every_step() -> None:
    stage = Stage(moved_out)
    await Asking(wire=stage, proxy=lambda _: "http://proxy.example:3128").get("https://news.example/feed")
    assert [(place, proxy) for _, place, proxy in stage.asked] == [("", "http://proxy.example:3128")] * 2
