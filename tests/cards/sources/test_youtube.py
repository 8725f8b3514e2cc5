from __future__ import annotations

import pytest

from importai_tui.cards.sources.youtube import YouTube
from importai_tui.errors import NoCardError, UnreadableInputError
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import LinkKind
from importai_tui.works.card import CardDraft, CardTarget
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

WORK = "https://youtube.com/watch?v=aB-c_1"


async def test_every_field_is_read(fetch: Fetch, fakes: FakeSources) -> None:
    assert await fetch(YouTube(), WORK) == {
        WORK: CardDraft(title="Otters at night (aB-c_1)", authors=("The Otter Channel",), kind=LinkKind.VIDEO)
    }
    (request,) = fakes.requests_to("youtube")
    assert request.query == {"url": "https://www.youtube.com/watch?v=aB-c_1", "format": "json"}


async def test_unknown_videos_are_missing(fetch: Fetch) -> None:
    assert await fetch(YouTube(), "https://youtube.com/watch?v=missing") == {}


async def test_private_videos(fetch: Fetch, fakes: FakeSources) -> None:
    with pytest.raises(NoCardError, match="is private"):
        await fetch(YouTube(), "https://youtube.com/watch?v=private")
    fakes.overrides["youtube"] = lambda _: Reply(b"Forbidden", 403)
    with pytest.raises(NoCardError, match="is private"):
        await fetch(YouTube(), WORK)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"title": 3}', b"<html></html>", b'{"title": "x"'])
async def test_damaged_answers(fetch: Fetch, fakes: FakeSources, body: bytes) -> None:
    fakes.overrides["youtube"] = lambda _: Reply(body)
    with pytest.raises(UnreadableInputError):
        await fetch(YouTube(), WORK)


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://youtu.be/aB-c_1?t=3", True),
        ("https://www.youtube.com/shorts/aB-c_1", True),
        ("https://www.youtube.com/@otters", False),
        ("https://vimeo.com/123", False),
    ],
)
def test_only_videos_are_accepted(url: str, accepted: bool) -> None:
    assert YouTube().accepts(CardTarget(get_work_id(url) or "", url)) is accepted
