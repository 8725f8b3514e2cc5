from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.tui.works.dialogs import CitingStory, draw_citing_story
from importai_tui.tui.works.work_list import WorksStatus, draw_work, draw_works_status
from tests.works.sample_works import make_work


@pytest.mark.parametrize(
    "text", ["河川計測装置" * 9, "[/] [@click=app.quit]x[/] " * 4, "\x1b]0;title\x07\u202eOtters" * 4]
)
def test_lines_of_works_fit_and_are_plain_text(text: str) -> None:
    facts = {"authors": (text,), "published": "2025", "venue": text}
    cited_once = make_work(text, text, host=text, cited_by=(f"{text}/1",), **facts)  # type: ignore[arg-type]
    cited_twice = make_work(text, text, host=text, cited_by=(f"{text}/1", f"{text}2/1"))
    for width in range(24, 120, 7):
        lines = [
            *draw_work(cited_twice, width, is_starred=True, is_opened=False),
            *draw_work(cited_once, width, is_starred=True, is_opened=True),
            *draw_citing_story(CitingStory(text, text, "2025-03-03"), width),
        ]
        assert max(line.cell_length for line in lines) <= width
        lines.append(draw_works_status(WorksStatus(1, 2, remarks=(text,))))
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(line.plain for line in lines))
        assert not any("click" in str(span.style) for line in lines for span in line.spans)


def test_a_narrow_work_shows_the_most_important_facts() -> None:
    work = make_work("arxiv:2501.00001", cited_by=("20/1", "21/1"), host="arxiv.org")
    facts = [draw_work(work, width, is_starred=False, is_opened=False)[1].plain.strip() for width in (80, 45, 34)]
    assert facts == [
        "paper  arxiv.org  2025  cited 2 times, last in #21",
        "paper  2025  cited 2 times, last in #21",
        "paper  2025  cited 2 times",
    ]


def test_an_id_is_followed_by_the_words_of_its_link() -> None:
    work = replace(make_work("arxiv:2501.12948", "arXiv:2501.12948"), cited_as="R1 paper")
    titles = [draw_work(work, width, is_starred=False, is_opened=True)[0].plain.strip() for width in (80, 40, 36)]
    words = "arXiv:2501.12948  cited as “R1 paper”"
    assert titles == [words, "arXiv:2501.12948  cited as “R1 pap…", "arXiv:2501.12948"]


def test_a_card_adds_its_authors_where_they_fit() -> None:
    work = make_work(
        "arxiv:2502.19187", host="arxiv.org", authors=("Ada Heron", "Bo Lamb", "[/] Duck"), published="2025-02-26"
    )
    facts = [draw_work(work, width, is_starred=False, is_opened=False)[1].plain.strip() for width in (80, 56, 48, 36)]
    assert facts == [
        "paper  Ada Heron et al.  arxiv.org  2025  cited in #402",
        "paper  Ada Heron et al.  2025  cited in #402",
        "paper  arxiv.org  2025  cited in #402",
        "paper  2025  cited in #402",
    ]
