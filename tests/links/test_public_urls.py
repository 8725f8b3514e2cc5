"""URLs in texts that others read."""

from __future__ import annotations

import pytest

from importai_tui.links.public_urls import strip_access


@pytest.mark.parametrize(
    ("url", "citable"),
    [
        ("https://b.s3.amazonaws.com/x.pdf?X-Amz-Algorithm=A&X-Amz-Credential=c&X-Amz-Signature=0&v=2", "?v=2"),
        ("https://x.org/a?Signature=1&Expires=2&Key-Pair-Id=3&AWSAccessKeyId=4&page=4", "?page=4"),
        ("https://x.blob.core.windows.net/a?sv=2021&se=2024&sr=b&sp=r&sig=abc%3D", ""),
        ("https://www.ft.com/content/a?accessToken=zz&sharetype=gift&token=1", ""),
        ("https://x.org/a?sharing_token=abc&id=1", "?id=1"),
        ("https://x.org/a?sessionId=1&authToken=2&id=1", "?id=1"),
        ("https://x.org/a?p=" + "aB3" * 30, ""),
        ("https://x.org/a?_gl=1*x&_gcl_au=2&utm_source=x&ref=newsletter", ""),
        ("https://gitlab.com/a/b/-/blob/x?ref=main", "?ref=main"),
        ("https://x.org/a?tokenizer=bpe&design=2&sigma=3&se=4&key=9", "?tokenizer=bpe&design=2&sigma=3&se=4&key=9"),
        ("https://openreview.net/forum?id=aBc123", "?id=aBc123"),
        ("no URL?token=1", "?token=1"),
        ("https://[x?token=1", "?token=1"),
    ],
)
def test_tracking_and_signatures_can_be_stripped(url: str, citable: str) -> None:
    assert strip_access(url) == url.partition("?")[0] + citable
