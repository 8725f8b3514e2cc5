"""Numbers and kinds of the links of one story."""

from __future__ import annotations

from importai_tui.model import Link, LinkKind, LinkRole
from importai_tui.parse.lines import Run
from importai_tui.parse.links import StoryLinks

FORGE = "https://github.com/sheep-farm/sheep"


def read(*runs: Run, role: LinkRole = LinkRole.READ_MORE) -> tuple[Link, ...]:
    """Return the links of a story with one line."""
    links = StoryLinks()
    links.add_runs(runs, role)
    return links.to_links()


def test_blank_between_two_parts_of_a_link_remains() -> None:
    (link,) = read(Run("Get the "), Run("code and models", href=FORGE), Run(" "), Run("here (Sheep)", href=FORGE))
    assert link.text == "code and models here (Sheep)"


def test_call_before_a_link_sets_its_kind() -> None:
    (link,) = read(Run("Get the dataset here: "), Run("Sheep (GitHub)", href=FORGE))
    assert link.kind is LinkKind.DATASET


def test_each_link_has_the_kind_of_its_own_call() -> None:
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


def test_read_more_line_sets_kind_of_earlier_link() -> None:
    links = StoryLinks()
    links.add_runs((Run("They made "), Run("a flock", href=FORGE), Run(".")), LinkRole.INLINE)
    links.add_runs((Run("Get the dataset here: "), Run("Sheep (GitHub)", href=FORGE)), LinkRole.READ_MORE)
    (link,) = links.to_links()
    assert (link.text, link.role, link.kind) == ("a flock", LinkRole.READ_MORE, LinkKind.DATASET)


def test_text_before_an_inline_link_sets_no_kind() -> None:
    (link,) = read(Run("Get the dataset of "), Run("Sheep", href=FORGE), role=LinkRole.INLINE)
    assert link.kind is LinkKind.CODE


def test_source_after_a_link_sets_its_kind() -> None:
    (link,) = read(Run("Read more: "), Run("On Sheep", href="https://farm.example/sheep"), Run(" (PDF)."))
    assert link.kind is LinkKind.PAPER


def test_call_sets_the_kind_of_a_citation() -> None:
    links = StoryLinks()
    links.add_citation("Sheep (GitHub)", "Get the dataset here: ")
    assert links.to_links()[0].kind is LinkKind.DATASET


def test_file_name_is_no_work() -> None:
    (link,) = read(Run("They changed "), Run("profile.py", href="http://profile.py"), role=LinkRole.INLINE)
    assert (link.kind, link.work, link.url) == (LinkKind.OTHER, None, "http://profile.py")
