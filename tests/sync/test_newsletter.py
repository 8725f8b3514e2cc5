"""The fake newsletter resembles the real one, and the parser reads it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from importai_tui.model import Issue, LinkKind, StoryKind
from importai_tui.parse.story_keys import normalise_text
from tests.sync import words
from tests.sync.answered import FEED, POSTS, get_reply, parse_reply
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import FakeIssue, make_issues, make_other_post, remove_number

ERAS = [480, 449, 400, 345, 338, 50, 9]
"""Numbers of issues with every layout and kind of title."""


def in_every_form(made: list[FakeIssue]) -> list[list[Issue]]:
    """Parse the issues from Substack's feed, from REST posts and from the mirror's feed."""
    newsletter = FakeNewsletter(made)
    replies = (
        get_reply(newsletter, "/substack/feed"),
        get_reply(newsletter, POSTS, per_page=100),
        get_reply(newsletter, FEED),
    )
    return [parse_reply(reply) for reply in replies]


def test_fake_issues_are_the_same_each_time() -> None:
    assert make_issues(3) == make_issues(3)


def test_fake_headlines_are_unique() -> None:
    headlines = [headline for issue in make_issues(480, stories=8) for headline in issue.headlines]
    assert len({normalise_text(headline) for headline in headlines}) == len(headlines) == 480 * 8


def test_fake_issues_are_weekly_and_newest_first() -> None:
    made = make_issues(60)
    assert [issue.number for issue in made] == list(range(480, 420, -1))
    for newer, older in pairwise(made):
        assert newer.published - older.published == timedelta(weeks=1)
        assert newer.post_id > older.post_id


def test_fake_titles_and_slugs_vary_like_real_ones() -> None:
    recent, closed_up, early = (make_issues(1, newest=number)[0] for number in (443, 449, 6))
    assert (recent.title[:14], recent.slug[:14]) == ("Import AI 443:", "import-ai-443-")
    assert (closed_up.title[:13], closed_up.slug[:13]) == ("ImportAI 449:", "importai-449-")
    assert (early.title[:19], early.slug[:17]) == ("Import AI: Issue 6:", "import-ai-issue-6")


def test_fake_sites_differ_in_slug_and_time() -> None:
    for issue in make_issues(50):
        assert len(issue.slug) <= 40 < len(issue.mirror_slug)
        assert timedelta(0) < issue.mirror_published - issue.published < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("number", "separator", "times"),
    [(478, "<p>***</p>", 4), (470, "<p>***</p>", 3), (400, "<br><br>***<br><br>", 3), (338, f"<p>{'#' * 52}</p>", 3)],
)
def test_fake_stories_have_the_separators_of_their_time(number: int, separator: str, times: int) -> None:
    (made,) = make_issues(1, newest=number)
    assert made.headlines[-1] == words.make_tale_title(number)
    assert made.body.count(separator) == times, "stars precede the fiction, except in every tenth issue"


def test_long_fake_issues_are_as_long_as_real_ones() -> None:
    assert all(18_000 < len(issue.body) < 34_000 for issue in make_issues(100, is_long=True))


@pytest.mark.parametrize("stories", [1, 4, 8])
@pytest.mark.parametrize("number", ERAS)
def test_parser_finds_every_story_in_every_format(number: int, stories: int) -> None:
    (made,) = make_issues(1, stories=stories, newest=number)
    for (issue,) in in_every_form([made]):
        assert (issue.number, issue.date) == (number, f"{made.published:%Y-%m-%d}")
        assert normalise_text(issue.title) == normalise_text(made.title)
        assert tuple(normalise_text(story.headline) for story in issue.stories) == tuple(
            map(normalise_text, made.headlines)
        )
        assert len(issue.stories) == stories


@pytest.mark.parametrize("number", ERAS)
def test_keys_and_text_are_equal_in_every_format(number: int) -> None:
    first, *others = in_every_form(make_issues(1, newest=number, is_long=True))
    for other in others:
        assert [s.key for s in other[0].stories] == [s.key for s in first[0].stories]
        assert [normalise_text(s.text) for s in other[0].stories] == [normalise_text(s.text) for s in first[0].stories]


def test_fake_stories_have_all_parts() -> None:
    issues = parse_reply(get_reply(FakeNewsletter(make_issues(20)), "/substack/feed"))
    stories = [story for issue in issues for story in issue.stories]
    assert {story.kind for story in stories} == {StoryKind.STORY, StoryKind.TECH_TALES}
    assert all(story.tagline for story in stories)
    assert all(story.why for story in stories if story.kind is StoryKind.STORY)
    kinds = {link.kind for story in stories for link in story.links}
    assert {LinkKind.PAPER, LinkKind.CODE, LinkKind.ISSUE} <= kinds


def test_post_without_number_is_issue_without_number() -> None:
    made = remove_number(make_issues(1)[0])
    assert "480" not in made.title + made.slug + made.mirror_url
    assert [[issue.number for issue in issues] for issues in in_every_form([made])] == [[None]] * 3


def test_other_post_is_not_an_issue() -> None:
    assert in_every_form([make_other_post(make_issues(1)[0])]) == [[], [], []]


def test_word_lists_have_coprime_lengths() -> None:
    assert (len(words.SUBJECTS), len(words.VERBS), len(words.OBJECTS)) == (37, 41, 43)
