"""Pictures, footnotes, tables, and Substack's widgets."""

from __future__ import annotations

import html
import json

import pytest

from importai_tui.model import Block, Code, Figure, ListBlock, Paragraph, Quote, Rule, Story, block_to_text
from tests.parse.pages import get_headlines, parse_html, parse_one_story, story_html


def after(markup: str) -> tuple[Story, tuple[Block, ...]]:
    """Return the story with this markup, and its blocks after the first paragraph."""
    found = parse_one_story(f"<p>{story_html()}</p>{markup}")
    return found, found.blocks[1:]


def attrs(**values: object) -> str:
    return html.escape(json.dumps(values))


@pytest.mark.parametrize(
    ("markup", "caption", "url"),
    [
        (
            f"<div class='youtube-wrap' data-attrs=\"{attrs(videoId='abc')}\"><iframe src='https://y.example'></iframe></div>",
            "Video (YouTube)",
            "https://www.youtube.com/watch?v=abc",
        ),
        (
            f"<div class='vimeo-wrap' data-attrs=\"{attrs(videoId='7')}\"></div>",
            "Video (Vimeo)",
            "https://vimeo.com/7",
        ),
        (
            f"<div class='digest-post-embed' data-attrs=\"{attrs(title='On sheep', canonical_url='https://a.example/p')}\"></div>",
            "On sheep",
            "https://a.example/p",
        ),
        (
            f"<div class='embedded-post-wrap' data-attrs=\"{html.escape(attrs(title='Twice', url='https://a.example'))}\"></div>",
            "Twice",
            "https://a.example",
        ),
        ("<iframe src='https://v.example/1' title='A film'></iframe>", "A film", "https://v.example/1"),
        (
            '<div class="captioned-image-container"><figure><a class="image-link" href="https://cdn.example/x">'
            f"<img data-attrs=\"{attrs(src='https://s3.example/a.png', alt='A plot')}\" src='https://cdn.example/x'>"
            '<div class="image-link-expand"><button class="restack-image">Restack</button></div></a></figure></div>',
            "A plot",
            "https://s3.example/a.png",
        ),
    ],
)
def test_embed_is_a_figure_with_a_url(markup: str, caption: str, url: str) -> None:
    found, (figure,) = after(markup)
    assert isinstance(figure, Figure)
    assert (figure.caption, found.links[figure.link - 1].url) == (caption, url)


def test_gallery_gives_each_picture_and_its_caption() -> None:
    images = [{"src": "https://s3.example/1.png", "alt": "one"}, {"src": "https://s3.example/2.png"}]
    _, blocks = after(
        f"<div class='image-gallery-embed' data-attrs=\"{attrs(gallery={'images': images, 'caption': 'Both'})}\"></div>"
    )
    assert [block_to_text(block) for block in blocks] == ["one", "image", "Both"]


def test_tweet_is_a_quote_and_its_author() -> None:
    tweet = attrs(full_text="Baa.", url="https://x.com/a/status/1", name="A Sheep", username="sheep")
    found, (quote, author) = after(f"<div class='tweet' data-attrs=\"{tweet}\"></div>")
    assert isinstance(quote, Quote)
    assert (block_to_text(quote), block_to_text(author)) == ("Baa.", "A Sheep @sheep")
    assert found.links[0].url == "https://x.com/a/status/1"


def test_latex_is_readable_code() -> None:
    _, (code,) = after(f"<div class='latex-rendered' data-attrs=\"{attrs(persistentExpression='x^2')}\"></div>")
    assert code == Code("x²")


def test_footnote_and_its_anchor_have_a_number() -> None:
    anchor = '<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>'
    note = '<div class="footnote"><a class="footnote-number" href="#footnote-anchor-1">1</a>'
    found, _ = after(f'<p>Sheep{anchor} sleep.</p>{note}<div class="footnote-content"><p>Some do.</p></div></div>')
    assert "Sheep[note 1] sleep." in found.text
    assert found.text.endswith("[note 1] Some do.")


def test_table_is_a_list_with_links() -> None:
    found, (table,) = after(
        "<table><tr><th>Flock</th><th>Sheep</th></tr><tr><td><a href='https://a.example'>North</a></td><td>7</td></tr></table>"
    )
    assert isinstance(table, ListBlock)
    assert block_to_text(table) == "- Flock · Sheep\n- North · 7"
    assert found.links[0].url == "https://a.example"


def test_layout_table_of_a_mail_is_prose() -> None:
    inner = f"<table><tr><td><div class='post'><p>{story_html('Goats:')}</p></div></td></tr></table>"
    issue = parse_html(f"<table><tr><td><p>{story_html()}</p></td></tr></table><p>***</p>{inner}")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats"]


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='subscription-widget-wrap'><form><p class='cta-caption'>Sign up!</p></form></div>",
        "<div class='subscription-widget-wrap-editor'><p>Get more</p></div>",
        "<div style='display: none'>preheader</div>",
        "<img src='https://eotrx.substackcdn.com/open?token=x' width='1' height='1'>",
        "<div class='comment'>First!</div>",
        "<script>alert(1)</script><style>p {}</style>",
    ],
)
def test_page_chrome_is_removed(markup: str) -> None:
    found, blocks = after(markup)
    assert (blocks, found.links) == ((), ())


def test_unknown_markup_becomes_text() -> None:
    found, _ = after("<marquee><blink>Sheep</blink> run</marquee><div data-attrs='{broken'>and sleep</div>")
    assert "Sheep run" in found.text
    assert "and sleep" in found.text


def test_empty_mention_shows_its_name() -> None:
    found, _ = after(f"<p>Thanks, <span class='mention-wrap' data-attrs=\"{attrs(name='A Sheep')}\"></span>!</p>")
    assert "Thanks, A Sheep!" in found.text


def test_paywall_is_a_rule_and_pullquote_a_quote() -> None:
    _, blocks = after("<div class='paywall-jump'></div><div class='pullquote'><p>Baa.</p></div><p>End of it.</p>")
    assert [type(block) for block in blocks] == [Rule, Quote, Paragraph]


def test_link_has_no_tracking_parameters() -> None:
    posts = "https://x.substack.com/p/a?r=2bcce&utm_medium=ios", "https://openreview.net/forum?id=AbC&utm_source=y"
    found, _ = after("".join(f"<p><a href='{post}'>{n}</a></p>" for n, post in enumerate(posts)))
    assert [link.url for link in found.links] == ["https://x.substack.com/p/a", "https://openreview.net/forum?id=AbC"]


def test_links_are_unwrapped_and_unsubscribe_links_removed() -> None:
    wrapped = "https://open.substack.com/pub/importai/p/import-ai-7?r=abc"
    live = "https://importai.substack.com/action/disable_email?token=x"
    found, _ = after(f"<p><a href='{wrapped}'>Import AI #7</a></p><p><a href='{live}'>Unsubscribe</a></p>")
    assert [link.url for link in found.links] == ["https://importai.substack.com/p/import-ai-7"]
    assert "Unsubscribe" not in found.text


def test_link_in_a_caption_is_a_link() -> None:
    found, (figure, caption) = after(
        "<figure><img src='https://x.example/11.png' alt='Eleven'>"
        "<figcaption>From <a href='https://x.example/12'>a paper</a></figcaption></figure>"
    )
    assert (block_to_text(figure), block_to_text(caption)) == ("Eleven", "From a paper")
    assert [link.url for link in found.links] == ["https://x.example/11.png", "https://x.example/12"]


def test_target_of_a_picture_is_a_link() -> None:
    found, blocks = after(
        "<figure><a href='https://youtu.be/a'><img src='https://x.example/a.png' alt='A talk'></a></figure>"
    )
    assert [block_to_text(block) for block in blocks] == ["A talk", "youtu.be"]
    assert [link.url for link in found.links] == ["https://x.example/a.png", "https://youtu.be/a"]


def test_file_of_a_picture_is_no_second_link() -> None:
    found, _ = after(
        "<figure><a href='https://x.example/a.png'><img src='https://x.example/a.png' alt='A'></a></figure>"
    )
    assert len(found.links) == 1


def test_every_picture_of_a_figure_is_shown() -> None:
    images = "".join(f"<img src='https://x.example/{n}.png' alt='Picture {n}'>" for n in (4, 5))
    _, blocks = after(f"<figure>{images}<figcaption>Both</figcaption></figure>")
    assert [block_to_text(block) for block in blocks] == ["Picture 4", "Picture 5", "Both"]


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        (
            "<picture><source srcset='a.webp'><img src='https://x.example/14.png' alt='P'></picture>",
            "https://x.example/14.png",
        ),
        ("<video><source src='https://x.example/19.mp4'></video>", "https://x.example/19.mp4"),
        ("<audio src='https://x.example/a.mp3'></audio>", "https://x.example/a.mp3"),
        ("<object data='https://x.example/20.swf'></object>", "https://x.example/20.swf"),
        ("<map><area href='https://x.example/21' alt='Area'></map>", "https://x.example/21"),
        ("<figure><div>https://x.example/embed</div></figure>", "https://x.example/embed"),
    ],
)
def test_media_have_their_address(markup: str, url: str) -> None:
    found, _ = after(markup)
    assert [link.url for link in found.links] == [url]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>26</sup> FLOPs in 2<sup>n</sup>, CO<sub>2</sub>", "10²⁶ FLOPs in 2ⁿ, CO₂"),
        ("x<sup>k+1</sup>, y<sub>max</sub>, the 1<sup>st</sup>", "x^(k+1), y_max, the 1st"),
        ("It <s>beats</s> <del>always</del> <ins>loses</ins>", "It ~~beats~~ ~~always~~ loses"),
        ("He said <q>never</q>", "He said “never”"),
        ("We love <img class='wp-smiley' alt='🙂' src='https://s.example/a.png'> sheep", "We love 🙂 sheep"),
        ("Loss is <img class='latex' alt='\\alpha^2' src='https://s.example/b'> here", "Loss is α² here"),
        ("So <math><mi>x</mi><mo>=</mo><msup><mi>y</mi><mn>2</mn></msup></math>.", "So x=y²."),
        ("A <span class='math inline'>\\(\\frac{x_i^2}{\\sqrt{2\\pi}}\\)</span> b", "A x_i²/√(2π) b"),
    ],
)
def test_marks_that_change_the_meaning_are_kept(markup: str, text: str) -> None:
    _, (paragraph,) = after(f"<p>{markup}</p>")
    assert block_to_text(paragraph) == text


@pytest.mark.parametrize(
    ("markup", "numbers"),
    [
        ("<ol start='5'><li>a</li><li>b</li><li value='10'>c</li><li>d</li></ol>", [5, 6, 10, 11]),
        ("<ol reversed><li>a</li><li>b</li><li>c</li></ol>", [3, 2, 1]),
    ],
)
def test_numbered_lists_keep_their_numbers(markup: str, numbers: list[int]) -> None:
    _, (block,) = after(markup)
    assert isinstance(block, ListBlock)
    assert [item.number for item in block.items] == numbers


def test_footnote_stands_under_the_story_that_refers_to_it() -> None:
    anchor = '<a class="footnote-anchor" href="#footnote-1">1</a>'
    note = (
        '<div class="footnote"><a class="footnote-number" href="#footnote-anchor-1">1</a>'
        "<div class='footnote-content'><p>Some do.</p><p>Others do not.</p></div></div>"
    )
    issue = parse_html(
        f"<p>{story_html(body=f'Sheep{anchor} sleep.')}</p><p>***</p><p>{story_html('Goats:')}</p>{note}"
    )
    assert issue.stories[0].text == "Sheep[note 1] sleep.\n\n[note 1] Some do.\n\nOthers do not."
    assert "Some do" not in issue.stories[1].text


def test_styles_of_editors_make_bold_and_italic() -> None:
    head = '<span style="font-weight:700">Goats count:<br /></span><span style="font-style:italic">…Baa…<br /></span>'
    markup = f'<b style="font-weight:normal;" id="docs-internal-guid"><p>{story_html()}</p><p>{head}They do.</p></b>'
    issue = parse_html(markup)
    assert [(story.headline, story.text) for story in issue.stories][1] == ("Goats count", "They do.")
    first = issue.stories[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert not any(span.bold for span in (*first.run_in, *first.spans))
