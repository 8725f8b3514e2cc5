from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.links.classify import classify_link
from importai_tui.links.urls import get_host
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import (
    Block,
    Figure,
    Link,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Span,
    Story,
    StoryKind,
)
from importai_tui.works.titles import Citation, get_link_titles, is_vague, parse_citations, split_title_and_source

READ_MORE, BODY = ParagraphRole.READ_MORE, ParagraphRole.BODY
FORGE = "https://github.com/sheep-farm/sheep"
PAGE = "https://farm.example/papers/on-sheep.html"


def make_link(n: int, text: str, url: str | None) -> Link:
    return Link(n, text, url, classify_link(url, text), get_host(url), LinkRole.READ_MORE, get_work_id(url))


def find_titles(blocks: tuple[Block, ...], *links: Link) -> dict[int, str]:
    return get_link_titles(Story("key", 1, StoryKind.STORY, "Sheep", blocks=blocks, links=links))


def make_line(before: str, words: str, after: str = "", role: ParagraphRole = READ_MORE) -> Paragraph:
    return Paragraph((Span(before), Span(words, link=1), Span(after)), (), role)


def find_title(before: str, words: str, after: str, url: str | None, role: ParagraphRole = READ_MORE) -> str:
    return find_titles((make_line(before, words, after, role),), make_link(1, words, url))[1]


@pytest.mark.parametrize(
    ("before", "words", "after", "url", "title"),
    [
        ("Read more: ", "On Sheep (arXiv)", ".", PAGE, "On Sheep"),
        ("Read more: ", "On Sheep", " (arXiv).", PAGE, "On Sheep"),
        ("Read more: ", "On Sheep: How Many? (Farm, PDF).", "", PAGE, "On Sheep: How Many?"),
        ("Get the model here: ", "Sheep, (HuggingFace)", "", PAGE, "Sheep"),
        ("Get the code here: ", "sheep (sheep, GitHub)", "", FORGE, "sheep"),
        ("Read ", "Sheep 2027 here (Sheep 2027 site)", "", PAGE, "Sheep 2027"),
        ("Buy it here: ", "All the Sheep, official site", "", PAGE, "All the Sheep"),
        ("Read more: ", "Sheep Counting Test (SCT)", "", PAGE, "Sheep Counting Test (SCT)"),
        ("Listen here: ", "On Sheep (Ep. 242) (Farm Talks)", "", PAGE, "On Sheep (Ep. 242)"),
        ("Check out some ", "examples on the project page: Sheep (GitHub)", "", PAGE, "Sheep"),
        # Vague words: use the name in the parenthesis.
        ("Get it ", "here: (AxoNN GitHub)", "", FORGE, "AxoNN"),
        ("Get the models and data ", "here (Sheep, Sheep Farm, GitHub)", ".", FORGE, "Sheep"),
        ("Get the benchmark ", "here", " (Sheep, GitHub).", FORGE, "Sheep"),
        ("", "the website (official SheepBench website)", "", PAGE, "SheepBench"),
        ("Check out the leaderboard ", "here (SheepBench, leaderboard)", "", None, "SheepBench"),
        ("All of the ", "videos are here (Meadow, YouTube)", "", None, "Meadow"),
        ("Get the code for running MILS ", "here (SheepResearch, MILS, GitHub)", "", None, "MILS"),
        # The parenthesis names only the owner: use the repository or the object of the call.
        ("Get the dataset ", "here (Sheep Farm, GitHub)", "", FORGE, "sheep"),
        ("Download the meadow framework ", "here (Sheep-Farm, GitHub)", "", None, "meadow framework"),
        ("Download the Meadow models ", "here (HuggingFace)", "", None, "Meadow models"),
        ("Read more in this Sheep Farm tweet thread ", "(twitter)", "", None, "Sheep Farm tweet thread"),
        ("Access the models and the Tokenizer here on HuggingFace ", "(Emu, BAAI, HuggingFace)", "", None,
         "models and the Tokenizer"),
        ("Get the code for Meadow Counting ", "here (Sheep-Farm, GitHub)", "", None, "Meadow Counting"),
        # The call is inside the link, or the link is only the source.
        ("", "Read more about the Meadow here (Farm blog)", "", PAGE, "Meadow"),
        ("", "Check out the videos of the robot sheep here (YouTube)", "", PAGE, "videos of the robot sheep"),
        ("", "Get the code here (GitHub)", "", FORGE, "sheep"),
        ("", "Read more here (arXiv)", "", PAGE, "farm.example/…/on-sheep.html"),
        ("Read more: On the Origin of Sheep (", "arXiv", ").", PAGE, "On the Origin of Sheep"),
        ("Get the code: OriginNet (", "GitHub", ").", None, "OriginNet"),
        # A name on a social site is that of a person.
        ("Read more in the tweet thread ", "(A. Shepherd, Twitter)", "", None, "tweet thread (A. Shepherd)"),
        ("Read more ", "here (A. Shepherd, Twitter)", "", None, "A. Shepherd"),
        # Nothing names the link: use the URL.
        ("Read more ", "here", ".", PAGE, "farm.example/…/on-sheep.html"),
        ("Read more ", "here", ".", "https://farm.example/", "farm.example"),
        ("Read more ", "this paper", ".", "https://arxiv.org/abs/2502.19187", "arxiv.org/…/2502.19187"),
        ("Get the code ", "here", ".", FORGE, "sheep"),
        ("Read more ", "here", ".", "https://farm.example/%1b%5b2J", "farm.example/%1b%5b2J"),
        ("Read more ", "here", ".", None, "here"),
        ("", "…", "", None, "…"),
    ],
)  # fmt: skip
def test_citations_have_titles(before: str, words: str, after: str, url: str | None, title: str) -> None:
    assert find_title(before, words, after, url) == title


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Faulty Rewards in the Wild", "Faulty Rewards in the Wild"),
        ("Sheep 3 (70B)", "Sheep 3 (70B)"),
        ("On Sheep (arXiv)", "On Sheep"),
        ("here", "farm.example/…/on-sheep.html"),
        ("Link to image", "farm.example/…/on-sheep.html"),
    ],
)
def test_a_link_in_a_sentence_uses_only_its_words(words: str, title: str) -> None:
    assert find_title("The farm said much about the meadow ", words, " at length.", PAGE, BODY) == title


def test_a_link_to_an_issue_keeps_its_words() -> None:
    words = "Import AI #402 (GitHub)"
    url = "https://importai.substack.com/p/import-ai-402"
    assert find_title("", words, "", url, BODY) == words


def test_read_more_lines_take_precedence_over_text() -> None:
    body = make_line("You can play ", "a demo of it online", role=BODY)
    citation = make_line("Play the demo here: ", "Sheep Experience (Farm)")
    assert find_titles((body, citation), make_link(1, "a demo of it online", PAGE)) == {1: "Sheep Experience"}


def test_each_link_of_a_line_has_its_title() -> None:
    spans = (
        Span("Read more: "),
        Span("Rivers (arXiv)", link=1),
        Span(". Get the weights "),
        Span("here", link=2),
        Span(" (Rivulet, HuggingFace)."),
    )
    links = make_link(1, "Rivers (arXiv)", PAGE), make_link(2, "here", "https://farm.example/b")
    assert find_titles((Paragraph(spans, (), READ_MORE),), *links) == {
        1: "Rivers",
        2: "Rivulet",
    }


@pytest.mark.parametrize(
    ("other", "before", "words", "title"),
    [
        ("Introducing Flock 2 (Meadow blog)", "Get the model ", "here (Meadow, HuggingFace)", "model (Meadow)"),
        ("A Sheep That Herds (Meadow Robotics)", "All of the ", "videos are here (Meadow, YouTube)", "videos (Meadow)"),
        ("Introducing Flock 2 (Meadow)", "Read more ", "here (Meadow, PDF)", "Meadow"),
        ("Flock: Sheep at Scale (arXiv)", "Access the models and the tokenizer ", "here (Flock, HuggingFace)", "Flock"),
        ("Flock: Sheep at Scale (Flock)", "Get the model ", "here (Flock, HuggingFace)", "Flock"),
    ],
)
def test_other_citations_distinguish_titles_from_publishers(other: str, before: str, words: str, title: str) -> None:
    spans = (Span("Read more: "), Span(other, link=1), Span(f". {before}"), Span(words, link=2))
    links = make_link(1, other, PAGE), make_link(2, words, None)
    assert find_titles((Paragraph(spans, (), READ_MORE),), *links)[2] == title


def test_a_link_in_pieces_has_one_title() -> None:
    spans = (Span("Get the "), Span("Sheep", link=1), Span(" "), Span("Counter", link=1), Span("."))
    link = make_link(1, "Sheep Counter", PAGE)
    assert find_titles((Paragraph(spans, (), READ_MORE),), link) == {1: "Sheep Counter"}


def test_links_in_lists_and_figures_have_titles() -> None:
    blocks = (ListBlock((ListItem((Span("A flock", link=1),)),)), Figure("A picture of sheep", 2))
    links = make_link(1, "A flock", PAGE), make_link(2, "A picture of sheep", PAGE)
    assert find_titles(blocks, *links) == {1: "A flock", 2: "A picture of sheep"}


WORDS = st.text(alphabet=st.sampled_from("here ()the,.: GitHubA\u202eß\n"), max_size=40)


@given(WORDS, WORDS, WORDS, st.sampled_from((None, PAGE, FORGE, "https://[", "https://farm.example/%ff")))
def test_any_words_give_a_title(before: str, words: str, after: str, url: str | None) -> None:
    for role in ParagraphRole:
        assert find_title(before, words, after, url, role).strip()


@pytest.mark.parametrize("words", ["(" * 40_000, " is" * 30_000, "here " * 20_000, "a-" * 40_000, ", " * 40_000])
def test_long_words_take_linear_time(words: str) -> None:
    """A pattern that backtracks over every start and end would take minutes."""
    assert find_title(f"Get the {words}", f"{words} here", f" ({words})", None)


@pytest.mark.parametrize("words", ["here", "here:", "this paper", "Link", "the code and models", "…", ""])
def test_vague_words_are_recognised(words: str) -> None:
    assert is_vague(words)


@pytest.mark.parametrize("words", ["GPT-4", "system card", "π0", "the Sheep paper"])
def test_names_are_not_vague(words: str) -> None:
    assert not is_vague(words)


def test_citations_have_sources_inside_or_after_the_link() -> None:
    line = Paragraph(
        (
            Span("Read more: "),
            Span("Rivers (arXiv)", link=1),
            Span(". Get the weights here: "),
            Span("here", link=2),
            Span(" (HuggingFace, model)."),
            Span(" Thanks to everyone."),
        ),
        (),
        READ_MORE,
    )
    assert parse_citations([line]) == (
        Citation("Read more", 1, "Rivers", "arXiv"),
        Citation("Get the weights here", 2, "here", "HuggingFace, model", "Thanks to everyone"),
    )


def test_a_vague_link_takes_the_name_in_parentheses() -> None:
    assert split_title_and_source("here: (AxoNN GitHub)") == ("AxoNN GitHub", "")
    assert split_title_and_source("AxoNN (GitHub)") == ("AxoNN", "GitHub")
    assert split_title_and_source("GPT-4") == ("GPT-4", "")


def test_a_read_more_line_without_links_keeps_its_text() -> None:
    assert (
        parse_citations([Paragraph((Span("Read it in a library."),), (), READ_MORE)])[0].title == "Read it in a library"
    )
