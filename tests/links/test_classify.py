from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.links.classify import classify_link, is_file_name_link
from importai_tui.model import LinkKind

PAPER, CODE, DATASET, MODEL = LinkKind.PAPER, LinkKind.CODE, LinkKind.DATASET, LinkKind.MODEL
POST, NEWS, VIDEO, SOCIAL, OTHER = LinkKind.POST, LinkKind.NEWS, LinkKind.VIDEO, LinkKind.SOCIAL, LinkKind.OTHER
FORGE = "https://github.com/a/b"
HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://arxiv.org/abs/2502.19187", "x", PAPER),
        ("https://doi.org/10.1126/science.adu8578", "x", PAPER),
        ("https://www.nature.com/articles/d41586-023-00001-1", "x", NEWS),
        ("https://openreview.net/forum?id=x", "x", PAPER),
        ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1", "x", PAPER),
        ("https://example.org/x.pdf", "x", PAPER),
        ("https://github.com/a/b/blob/main/x.pdf", "x", PAPER),
        ("https://example.org/publications/x", "x", PAPER),
        (FORGE, "x", CODE),
        ("https://gitlab.com/a/b", "x", CODE),
        (f"{HUB}/datasets/a/b", "x", DATASET),
        (f"{HUB}/a/b", "x", MODEL),
        (f"{HUB}/spaces/a/b", "x", OTHER),
        (f"{HUB}/blog/a", "x", POST),
        (f"{HUB}/papers/2502.19187", "x", PAPER),
        ("https://zenodo.org/records/1", "x", DATASET),
        ("https://youtu.be/abc", "x", VIDEO),
        ("https://x.com/a/status/1", "x", SOCIAL),
        ("https://www.lesswrong.com/posts/x", "x", POST),
        ("https://otters.substack.com/p/x", "x", POST),
        ("https://example.org/blog/x", "x", POST),
        ("https://example.org/how-otters-count-rivers", "x", POST),
        ("https://www.theguardian.com/a", "x", NEWS),
        ("https://web.archive.org/web/2020/https://www.theguardian.com/a", "x", NEWS),
        ("https://example.org/research/x.png", "x", OTHER),
        ("https://otters.github.io/", "x", OTHER),
        ("https://jack-clark.net/2024/11/18/", "x", LinkKind.ISSUE),
        ("https://importai.substack.com/p/import-ai-400", "x", LinkKind.ISSUE),
        ("https://open.substack.com/pub/importai/p/import-ai-400", "x", LinkKind.ISSUE),
        ("https://jack-clark.net/", "Import AI #392", LinkKind.ISSUE),
        ("https://jack-clark.net/", "the mirror", OTHER),
        ("http://profile.py", "profile.py", OTHER),
        ("https://ai-2027.com/", "AI 2027 here (AI 2027 site)", OTHER),
    ],
)
def test_the_url_gives_the_kind(url: str, text: str, kind: LinkKind) -> None:
    assert classify_link(url, text) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Sheep (arXiv)", PAPER),
        ("Sheep (bioRxiv)", PAPER),
        ("Sheep (Nature Machine Intelligence)", PAPER),
        ("Sheep (Sakana.ai, PDF).", PAPER),
        ("Sheep (GitHub, pdf)", PAPER),
        ("Sheep (sheep-lab, GitHub)", CODE),
        ("The Sheep Dataset (GitHub)", DATASET),
        ("Sheep (Hugging Face)", MODEL),
        ("SheepBench (HuggingFace)", DATASET),
        ("Sheep (Farm, YouTube)", VIDEO),
        ("Sheep (Farm, Twitter)", SOCIAL),
        ("Sheep (Farm’s Substack)", POST),
        ("Sheep (Farm blog)", POST),
        ("Sheep (Fortune, via Yahoo! Finance)", NEWS),
        ("Sheep (Financial Times)", NEWS),
        ("Sheep (official site)", OTHER),
        ("Sheep (a parenthesis, with, any, number, of, names)", OTHER),
        ("Sheep", OTHER),
    ],
)
def test_without_a_url_the_source_gives_the_kind(text: str, kind: LinkKind) -> None:
    assert classify_link(None, text) is kind


@pytest.mark.parametrize(
    ("before", "text", "url", "kind"),
    [
        ("Get the dataset here: ", "Sheep (GitHub)", FORGE, DATASET),
        ("Get the dataset ", "here (Sheep, GitHub)", FORGE, DATASET),
        ("Get the weights here: ", "Sheep (GitHub)", FORGE, MODEL),
        ("Get the ", "Sheep model here (GitHub)", FORGE, MODEL),
        ("Get the code and weights here: ", "Sheep (GitHub)", FORGE, CODE),
        ("Get the models and data ", "here (Sheep, GitHub)", FORGE, CODE),
        ("Get the code for training the model ", "here (GitHub)", FORGE, CODE),
        ("Get the benchmark here: ", "Sheep (GitHub)", FORGE, CODE),
        ("Read the dataset paper: ", "Sheep (arXiv)", "https://arxiv.org/abs/2502.19187", PAPER),
        ("Get the dataset here: ", "Sheep (HuggingFace)", f"{HUB}/collections/a/b-1", DATASET),
        ("Get the models here: ", "Sheep (HuggingFace)", f"{HUB}/collections/a/b-1", MODEL),
        ("Get the dataset here: ", "Sheep (Github)", "https://sheep.github.io/", DATASET),
        ("Find out more at the paper website: ", "Sheep (GitHub)", "https://sheep.github.io/", OTHER),
        ("Check out a live demo ", "here (Sheep, Hugging Face)", None, OTHER),
        ("Get the dataset here: ", "Sheep (HuggingFace)", None, DATASET),
        ("Get the models here: ", "Introducing Sheep (Farm)", None, MODEL),
        ("Get the software here: ", "sheep-gym (Farm site)", None, CODE),
        ("Read the report here: ", "Sheep (Farm site)", "https://farm.example/download", PAPER),
        ("Check out the preprint here:", "Sheep (Farm)", "https://farm.example/sheep", PAPER),
        ("Check out the blogpost: ", "Sheep (Farm)", "https://sheep.farm.example/", POST),
        ("Watch the video: ", "Sheep", "https://farm.example/sheep", VIDEO),
        ("Read more: ", "Sheep (Farm)", "https://farm.example/sheep", POST),
        ("Read more: ", "Sheep (Farm)", None, POST),
        ("Read more: ", "How to Count Sheep Well (Farm, GitHub)", None, POST),
        ("Read more: ", "Sheep: A Library That Counts (Farm, GitHub)", None, CODE),
        ("Read more and get the code here: ", "How to Count Sheep Well (Farm, GitHub)", None, CODE),
        ("Read the paper: ", "Sheep (GitHub)", None, PAPER),
        ("You can access the data ", "here", "https://farm.example/sheep", DATASET),
        ("Read the answer: ", "Sheep (official site)", "https://farm.example/3/why-sheep-eat-grass", POST),
        ("Read ", "Sheep 2027 here (Sheep 2027 site)", "https://farm.example/", POST),
        ("Read more at the project page: ", "Sheep", "https://farm.example/sheep", OTHER),
        ("Read more: ", "Sheep (official site)", "https://farm.example/", OTHER),
        ("Play the demo here: ", "Sheep (Farm)", "https://farm.example/sheep", OTHER),
        ("View the leaderboard here: ", "Sheep (official site)", "https://farm.example/sheep", OTHER),
        ("Read the", "research paper here (Facebook)", "https://ai.meta.com/research/x", PAPER),
    ],
)
def test_the_call_gives_the_kind_for_unclear_urls(before: str, text: str, url: str | None, kind: LinkKind) -> None:
    assert classify_link(url, text, before) is kind


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://profile.py", "profile.py"),
        ("http://README.md/", "README.md"),
        ("https://www.setup.py", "`setup.py`"),
        ("http://run.sh", "run.sh"),
        ("http://train_model.rs", "train_model.rs"),
        ("http://config.json", "this file"),
    ],
)
def test_a_file_name_is_a_false_link(url: str, text: str) -> None:
    assert is_file_name_link(url, text)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://x.ai", "x.ai"),
        ("https://docs.rs", "docs.rs"),
        ("https://bun.sh", "bun.sh"),
        ("https://jax.readthedocs.io", "jax.readthedocs.io"),
        ("https://deepmind.google", "deepmind.google"),
        ("https://github.com/a/b/blob/main/setup.py", "setup.py"),
        ("https://point.md", "news from Moldova"),
        ("https://www.abc.com.py", "abc.com.py"),
        ("http://profile.py/page", "profile.py"),
        ("http://" + "a_" * 200 + ".sh", "x"),
        (None, "profile.py"),
    ],
)
def test_a_site_is_not_a_file_name(url: str | None, text: str) -> None:
    assert not is_file_name_link(url, text)


@pytest.mark.parametrize("words", ["(" * 40_000, " here" * 30_000, "read " * 20_000, "a-" * 40_000, " " * 100_000])
def test_long_words_take_linear_time(words: str) -> None:
    """A pattern that backtracks over every start and end would take minutes."""
    for url in (None, f"https://example.org/{words}", f"https://{words}.sh"):
        assert classify_link(url, words, words) in LinkKind
        assert classify_link(url, f"x ({words})", f"Get the {words}") in LinkKind


@given(st.one_of(st.none(), st.text(max_size=40)), st.text(max_size=60), st.text(max_size=60))
def test_any_words_give_a_kind(url: str | None, text: str, before: str) -> None:
    assert classify_link(url, text, before) in LinkKind
    is_file_name_link(url, text)
