"""Cards of videos on YouTube, by oEmbed (https://oembed.com): title and channel; it has no description.

The API with more data needs a key of each user.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from importai_tui.cards.sources.answers import dig_text, is_found, parse_json_body
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import BlockedError, NoCardError, UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.works.card import CardDraft, CardTarget

API = "https://www.youtube.com"

_WORK = re.compile(r"https://youtube\.com/watch\?v=([\w-]{1,64})", re.ASCII)
_NO_DETAILS = "YouTube gives no details of this video: it is private, or other sites may not show it."


class YouTube(SingleSource):
    """Videos on YouTube."""

    name = "YouTube"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a video."""
        return _WORK.fullmatch(target.work) is not None

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the video; None if there is none."""
        video = _WORK.fullmatch(target.work)
        assert video
        page = quote(f"https://www.youtube.com/watch?v={video[1]}", safe="")
        try:
            response = await client.get(f"{API}/oembed?url={page}&format=json", accept="application/json")
        except BlockedError as error:  # the status of a private video
            raise NoCardError(_NO_DETAILS) from error
        if response.status in (401, 403):
            raise NoCardError(_NO_DETAILS)
        return await client.parse(parse_video, response.body) if is_found(response) else None


def parse_video(data: bytes) -> CardDraft:
    """Return the video."""
    video = parse_json_body(data)
    title, channel = dig_text(video, "title"), dig_text(video, "author_name")
    if not title:
        raise UnreadableInputError("is JSON without a video")
    return CardDraft(title=title, authors=(channel,) if channel else (), kind=LinkKind.VIDEO)
