"""The links of one story: what is one link, and what the words around it tell of its kind."""

from __future__ import annotations

from importai_tui.model import Link, LinkKind, LinkRole
from importai_tui.parse.lines import Run
from importai_tui.parse.links import StoryLinks

FORGE = "https://github.com/sheep-farm/sheep"


def read(*runs: Run, role: LinkRole = LinkRole.READ_MORE) -> tuple[Link, ...]:
    """The links of a story of one line."""
    found = StoryLinks()
    found.add_runs(runs, role)
    return found.to_links()


def test_a_blank_between_two_pieces_of_one_link_stays_in_its_words() -> None:
    (link,) = read(Run("Get the "), Run("code and models", href=FORGE), Run(" "), Run("here (Sheep)", href=FORGE))
    assert link.text == "code and models here (Sheep)"


def test_the_call_before_a_link_tells_its_kind() -> None:
    (link,) = read(Run("Get the dataset here: "), Run("Sheep (GitHub)", href=FORGE))
    assert link.kind is LinkKind.DATASET


def test_each_link_of_a_line_has_the_call_before_it() -> None:
    kinds = [
        link.kind
        for link in read(
            Run("Get the code here: "),
            Run("Sheep", href=FORGE),
            Run(" (GitHub). Get the dataset here: "),
            Run("Wool", href="https://github.com/sheep-farm/wool"),
        )
    ]
    assert kinds == [LinkKind.CODE, LinkKind.DATASET]


def test_a_read_more_line_tells_the_kind_of_a_link_that_stood_above_it() -> None:
    found = StoryLinks()
    found.add_runs((Run("They made "), Run("a flock", href=FORGE), Run(".")), LinkRole.INLINE)
    found.add_runs((Run("Get the dataset here: "), Run("Sheep (GitHub)", href=FORGE)), LinkRole.READ_MORE)
    (link,) = found.to_links()
    assert (link.text, link.role, link.kind) == ("a flock", LinkRole.READ_MORE, LinkKind.DATASET)


def test_within_a_sentence_the_words_before_a_link_tell_nothing() -> None:
    (link,) = read(Run("Get the dataset of "), Run("Sheep", href=FORGE), role=LinkRole.INLINE)
    assert link.kind is LinkKind.CODE


def test_the_source_behind_a_link_tells_its_kind() -> None:
    (link,) = read(Run("Read more: "), Run("On Sheep", href="https://farm.example/sheep"), Run(" (PDF)."))
    assert link.kind is LinkKind.PAPER


def test_the_call_of_a_citation_without_an_address_tells_its_kind() -> None:
    found = StoryLinks()
    found.add_citation("Sheep (GitHub)", "Get the dataset here: ")
    assert found.to_links()[0].kind is LinkKind.DATASET


def test_the_name_of_a_file_leads_to_no_work() -> None:
    (link,) = read(Run("They changed "), Run("profile.py", href="http://profile.py"), role=LinkRole.INLINE)
    assert (link.kind, link.work, link.url) == (LinkKind.OTHER, None, "http://profile.py")
