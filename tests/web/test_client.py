from __future__ import annotations

import asyncio
import gzip

import pytest

from importai_tui.errors import Blocked, Offline, RefusedAddress, SyncTrouble
from importai_tui.web.client import LARGEST_ANSWER, Answer, Form
from tests.web.asking import FEED, Asking, Stage, in_turn, told_of
from tests.web.server import Asked, Reply, Server

PAGE = b"<!DOCTYPE html><html><body><p>Otters.</p></body></html>"
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"


async def test_a_feed_is_answered() -> None:
    with Server(lambda _: FEED) as server:
        async with Asking() as asking:
            answer = await asking.get(f"{server.address}/feed?a=b#c")
            assert (asking.web.requests, asking.web.bytes) == (1, len(FEED.body))
    assert (answer.status, answer.body, answer.form) == (200, FEED.body, Form.XML)
    assert (answer.url, answer.moved_to) == (f"{server.address}/feed?a=b", None)
    assert server.asked[0].query == {"a": "b"}


async def test_a_feed_without_news_costs_one_request_and_no_bytes() -> None:
    def answering(asked: Asked) -> Reply:
        return Reply(status=304) if asked.headers.get("if-none-match") == 'W/"a"' else FEED

    with Server(answering) as server:
        async with Asking() as asking:
            answer = await asking.get(f"{server.address}/feed", validators={"If-None-Match": 'W/"a"'})
            assert (answer.status, answer.body, asking.web.requests, asking.web.bytes) == (304, b"", 1, 0)


async def test_a_validator_that_cannot_be_sent_is_left_out() -> None:
    with Server(lambda _: FEED) as server:
        async with Asking() as asking:
            await asking.get(server.address, validators={"If-None-Match": "a\x1b\r\nb", "If-Modified-Since": "x"})
    assert "if-none-match" not in server.asked[0].headers
    assert server.asked[0].headers["if-modified-since"] == "x"


async def test_nothing_new_is_no_answer_where_everything_was_asked_for() -> None:
    assert "304" in await told_of(Reply(status=304))


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_a_refusal_that_says_something_is_handed_on(status: int) -> None:
    with Server(lambda _: Reply(b'{"code":"x"}', status=status)) as server:
        async with Asking() as asking:
            answer = await asking.get(server.address)
    assert (answer.status, answer.form) == (status, Form.JSON)


async def test_an_address_that_may_not_be_asked_is_not() -> None:
    async with Asking() as asking:
        with pytest.raises(RefusedAddress):
            await asking.get("http://news.example/feed")
        assert asking.web.requests == 0


async def test_without_a_network_one_is_offline_at_once() -> None:
    with Server(lambda _: FEED) as server:
        pass
    async with Asking() as asking:
        with pytest.raises(Offline, match=r"^127\.0\.0\.1 cannot be reached"):
            await asking.get(server.address)
        assert (asking.clock.slept, asking.web.requests) == ([], 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(PAGE, status=403),
        Reply(PAGE, status=403, headers={"cf-mitigated": "challenge"}),
        Reply(CHALLENGE, status=503),
        Reply(CHALLENGE),
    ],
)
async def test_a_network_that_is_refused_is_told_so_at_once(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        async with Asking() as asking:
            with pytest.raises(Blocked, match="another network"):
                await asking.get(server.address)
    assert len(server.asked) == 1


async def test_a_403_in_json_is_handed_on() -> None:
    with Server(lambda _: Reply(b'{"code":"rest_forbidden"}', status=403)) as server:
        async with Asking() as asking:
            assert (await asking.get(server.address)).status == 403


async def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(b"\0" * (LARGEST_ANSWER + 1))
    assert "more than 10 MB" in await told_of(Reply(bomb, headers={"Content-Encoding": "gzip"}))


async def test_a_cap_can_be_lower() -> None:
    with Server(lambda _: FEED) as server:
        async with Asking() as asking:
            with pytest.raises(SyncTrouble, match="more than"):
                await asking.get(server.address, largest=10)
            assert len((await asking.get(server.address, largest=len(FEED.body))).body) == len(FEED.body)


async def test_a_message_holds_no_escape_sequence_of_the_servers() -> None:
    told = await told_of(Reply(status=418, reason="A \x1b]0;x\x07\x1b[2Jteapot"))
    assert told.startswith("127.0.0.1 answers 418 (A teapot), ")
    assert told.isprintable()


async def test_no_cookie_is_sent_back() -> None:
    with Server(lambda _: Reply(b"x", headers={"Set-Cookie": "id=1; Path=/"})) as server:
        async with Asking() as asking:
            for _ in range(2):
                await asking.get(server.address)
    assert not [asked for asked in server.asked if "cookie" in asked.headers]


async def test_there_is_a_pause_between_two_requests_to_a_host() -> None:
    stage = Stage(lambda url: Answer(200, {}, b"", url))
    asking = Asking(wire=stage, pause=2.0, proxy=lambda _: None)
    await asking.get("https://news.example/a")
    asking.clock.now += 0.5
    await asking.get("https://news.example/b")
    await asking.get("https://other.example/c")
    asking.clock.now += 10
    await asking.get("https://news.example/d")
    assert asking.clock.slept == [1.5]
    assert asking.waits == []


async def test_this_machine_needs_no_pause() -> None:
    with Server(lambda _: FEED) as server:
        async with Asking(pause=2.0) as asking:
            for _ in range(3):
                await asking.get(server.address)
            assert asking.clock.slept == []


async def test_two_questions_at_once_keep_the_pause_too() -> None:
    asking = Asking(wire=Stage(lambda url: Answer(200, {}, b"", url)), pause=2.0, proxy=lambda _: None)
    await asyncio.gather(asking.get("https://news.example/a"), asking.get("https://news.example/b"))
    assert asking.clock.slept == [2.0]


async def test_questions_to_a_host_share_one_connection() -> None:
    with Server(lambda _: FEED) as server:
        async with Asking() as asking:
            for _ in range(3):
                await asking.get(server.address)
    assert server.connections == 1


@pytest.mark.parametrize("reply", [Reply(silent=True), Reply(b"x" * 1000, drip=0.01)])
async def test_a_question_can_be_stopped_at_any_time(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        async with Asking() as asking:
            question = asyncio.create_task(asking.get(server.address))
            while not server.asked:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.02)
            question.cancel()
            with pytest.raises(asyncio.CancelledError):
                await question
            assert "failed after 0 ms: CancelledError" in asking.account.written()


async def test_a_wait_can_be_stopped_and_another_question_asked() -> None:
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    with Server(in_turn(Reply(status=500), FEED)) as server:
        async with Asking(sleep=sleep) as asking:
            question = asyncio.create_task(asking.get(server.address))
            await waiting.wait()
            question.cancel()
            with pytest.raises(asyncio.CancelledError):
                await question
            assert (await asking.get(server.address)).body == FEED.body
