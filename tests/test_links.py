"""What an address is: vetting, tidying, works and kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddress
from importai_tui.issue import LinkKind
from importai_tui.links import host_of, issue_number, kind_of, tidy, vetted, work_id


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "vscode://x",
        "https://user:pw@example.org/",
        "https://arxiv.org@evil.example/",
        "https://",
        "-https://example.org",
        "--version",
        "https://example.org/\x1b[2J",
        "https://example.org/a b",
        "java\nscript:alert(1)",
        "https://example.org\\@evil.example",
        "https://example.org:99999/",
        "https://[::1",
        "https://example.org/" + "a" * 2048,
        "https://example.org/\u202egpj.exe",
        'https://example.org/"x',
        "",
    ],
)
def test_an_address_that_could_do_harm_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        vetted(url)


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://arxiv.org/abs/2502.19187", "https://arxiv.org/abs/2502.19187"),
        ("http://example.org:8080/a?b=c%20d#e", "http://example.org:8080/a?b=c%20d#e"),
        (" https://example.org/ ", "https://example.org/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://multi-swe-bench.github.io/#/", "https://multi-swe-bench.github.io/#/"),
    ],
)
def test_a_plain_address_is_handed_on(url: str, result: str) -> None:
    assert vetted(url) == result


@given(st.text(max_size=80))
def test_what_is_handed_on_is_always_a_clean_web_address(text: str) -> None:
    for url in (text, "https://" + text):
        try:
            result = vetted(url)
        except RefusedAddress:
            continue
        assert result.startswith(("http://", "https://"))
        assert result.isprintable()
        assert " " not in result


@pytest.mark.parametrize(
    ("url", "work"),
    [
        ("https://arxiv.org/abs/2502.19187", "arxiv:2502.19187"),
        ("https://www.arxiv.org/pdf/2502.19187v2.pdf", "arxiv:2502.19187"),
        ("https://huggingface.co/papers/2502.19187", "arxiv:2502.19187"),
        ("https://doi.org/10.48550/arXiv.2502.19187", "arxiv:2502.19187"),
        ("https://arxiv.org/abs/math.GT/0309136", "arxiv:math/0309136"),
        ("https://arxiv.org/list/cs.AI/recent", "https://arxiv.org/list/cs.AI/recent"),
        ("https://www.science.org/doi/10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
        ("https://github.com/Physical-Intelligence/openpi/tree/main", "github:physical-intelligence/openpi"),
        ("https://huggingface.co/datasets/rajpurkar/squad", "hf:rajpurkar/squad"),
        ("https://www.example.org/a/?utm_source=x&id=7#top", "https://example.org/a?id=7"),
        ("http://example.org:80/", "https://example.org"),
        (None, None),
    ],
)
def test_a_work_has_one_name_whatever_leads_to_it(url: str | None, work: str | None) -> None:
    assert work_id(url) == work


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://arxiv.org/abs/2502.19187", "x", LinkKind.PAPER),
        ("https://example.org/x.pdf", "x", LinkKind.PAPER),
        ("https://github.com/a/b", "x", LinkKind.CODE),
        ("https://huggingface.co/datasets/a/b", "x", LinkKind.DATASET),
        ("https://huggingface.co/a/b", "x", LinkKind.MODEL),
        ("https://youtu.be/abc", "x", LinkKind.VIDEO),
        ("https://x.com/a/status/1", "x", LinkKind.SOCIAL),
        ("https://jack-clark.net/2024/11/18/", "x", LinkKind.ISSUE),
        ("https://importai.substack.com/p/import-ai-400", "x", LinkKind.ISSUE),
        ("https://jack-clark.net/", "Import AI #392", LinkKind.ISSUE),
        ("https://jack-clark.net/", "the mirror", LinkKind.OTHER),
        ("https://www.lesswrong.com/posts/x", "x", LinkKind.POST),
        ("https://www.theguardian.com/a", "x", LinkKind.NEWS),
        (None, "Sheep (arXiv)", LinkKind.PAPER),
        ("https://ai-2027.com/", "AI 2027 here (AI 2027 site)", LinkKind.OTHER),
    ],
)
def test_a_link_has_a_kind(url: str | None, text: str, kind: LinkKind) -> None:
    assert kind_of(url, text) is kind


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Import AI 402: Sheep", 402),
        ("ImportAI 449: Sheep", 449),
        ("import-ai-issue-6-sheep", 6),
        ("importai-88-nato", 88),
        ("Import AI: Issue 6: x", 6),
        ("Import AI: #88 x", 88),
        ("technological-optimism", None),
    ],
)
def test_an_issues_number_is_read_in_all_its_spellings(text: str, number: int | None) -> None:
    assert issue_number(text) == number


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing_and_never_raises(text: str) -> None:
    for url in (text, "https://example.org/" + text):
        once = tidy(url)
        assert tidy(once) == once
        assert work_id(url) is not None or not url
        kind_of(url, text)
        host_of(url)
