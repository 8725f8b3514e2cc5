"""Scenes of the pictures: each way of reading once, and a session of a minute for the animation."""

from __future__ import annotations

from dataclasses import dataclass

from importai_tui.model import LinkKind, Paragraph, Span
from importai_tui.works.card import Card


@dataclass(frozen=True, slots=True)
class SceneAnnotation:
    """A highlight, or a note if there is no quote, made on a day of November; `tags` are those of the story."""

    day: int
    ref: str
    quote: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneForecast:
    """A forecast in an issue of its own, which the guide gets for the picture; `verdict` and `note` are the user's."""

    number: int
    date: str
    headline: str
    quote: str
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    `size` is the window in cells, `ref` the open story, `keys` the keys to press. The picture is drawn once
    `expected_text` is visible. `read_refs` and `starred_refs` are marked stories, `annotations` those of the user.
    `forecasts` are added to the guide.
    """

    name: str
    size: tuple[int, int]
    ref: str
    keys: tuple[str, ...] = ()
    expected_text: str = ""
    read_refs: tuple[str, ...] = ()
    starred_refs: tuple[str, ...] = ()
    annotations: tuple[SceneAnnotation, ...] = ()
    forecasts: tuple[SceneForecast, ...] = ()


CARD = Card(
    work="arxiv:1706.03762",
    kind=LinkKind.PAPER,
    title="Attention Is All You Need",
    url="https://arxiv.org/abs/1706.03762",
    source="arXiv",
    fetched_at="2026-11-20T12:00:00+00:00",
    authors=(
        *("Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit", "Llion Jones", "Aidan N. Gomez"),
        *("Lukasz Kaiser", "Illia Polosukhin"),
    ),
    published="2017-06-12",
    pdf_url="https://arxiv.org/pdf/1706.03762",
    facts=("cs.CL", "15 pages, 5 figures"),
    blocks=(
        Paragraph(
            (
                Span(
                    "The dominant sequence transduction models are based on complex recurrent or convolutional neural "
                    "networks in an encoder-decoder configuration. The best performing models also connect the encoder "
                    "and decoder through an attention mechanism. We propose a new simple network architecture, the "
                    "Transformer, based solely on attention mechanisms, dispensing with recurrence and convolutions "
                    "entirely. Experiments on two machine translation tasks show these models to be superior in "
                    "quality while being more parallelizable and requiring significantly less time to train."
                ),
            )
        ),
    ),
)
"""The stored card in the pictures. The metadata on arXiv is free of rights (info.arxiv.org, "License and reuse")."""

_ANNOTATIONS = (
    SceneAnnotation(
        22,
        "1/1",
        "A pile knows only what came last. A trail knows what led to what: this paper answers that one, this benchmark "
        "was built because the last one fell",
        "The best case for keeping an archive at all. Quote it in the talk.",
        ("archives", "talk"),
    ),
    SceneAnnotation(21, "1/4", text="Do this drill with the reading group: abstract, result, limits. Half an hour."),
    SceneAnnotation(
        21,
        "3/2",
        "A list asks you to choose again after every story. A next key lets you stop choosing, and what you save goes "
        "into the reading.",
    ),
    SceneAnnotation(18, "3/7", "The desk was not made to worry. It was made to keep the place.", tags=("fiction",)),
    SceneAnnotation(
        14,
        "1/7",
        "I find that I cannot tell the pencil from the text.",
        "Compare with One Left: machines that keep what people leave behind.",
        ("fiction",),
    ),
    SceneAnnotation(9, "2/3", tags=("talk",)),
    SceneAnnotation(
        5,
        "1/3",
        "The newsletter was written once and printed many times. What you made of it exists in one copy. A program "
        "should know which of the two to be careful with.",
    ),
)
"""Quotes of the guide; a story with tags alone has neither quote nor text."""

_FORECASTS = (
    SceneForecast(
        41,
        "2025-02-10",
        "A model learns the timetable of every railway",
        "I expect that by the end of 2025 at least one railway will let a model plan its timetable, with a person who "
        "signs it.",
        note="Two of them say so, neither names the model. Ask again in spring.",
    ),
    SceneForecast(
        44,
        "2025-03-17",
        "Small models on small machines",
        "My guess is that within eighteen months a phone will run a model that made headlines last year.",
    ),
    SceneForecast(
        58,
        "2025-11-03",
        "Robots fold laundry, slowly",
        "There's a 60% chance that by the end of 2026 you can buy a robot that folds a shirt in under a minute.",
        "open",
    ),
    SceneForecast(
        37,
        "2024-09-02",
        "Translation without a dictionary",
        "I would bet that by the end of 2025 the best system here has never seen a dictionary.",
        "right",
        "It was October.",
    ),
    SceneForecast(
        35,
        "2024-07-15",
        "Who pays for the second data center?",
        "I expect that by early 2026 we will see a data center that nobody wants to own.",
        "wrong",
    ),
)
"""Invented, in the words that such sentences have."""

_READ_REFS = ("3/1", "3/2", "3/3", "1/1", "1/2", "1/7")

SCENES = (
    Scene(
        "wide",
        (140, 38),
        "3/4",
        expected_text="Import AI 1",
        read_refs=("3/1", "3/2", "3/3", "1/1", "1/2"),
        starred_refs=("3/5",),
    ),
    Scene("paper", (140, 38), "1/4", ("T",), read_refs=_READ_REFS, starred_refs=("1/6",)),
    Scene("zen", (100, 32), "2/2", ("z",), read_refs=_READ_REFS),
    Scene("skim", (100, 34), "3/4", ("d",), read_refs=_READ_REFS),
    Scene("catch-up", (110, 34), "3/4", ("c",), "left", read_refs=_READ_REFS),
    Scene("tales", (110, 34), "3/4", ("a", "J"), "tale 2 of 3", read_refs=_READ_REFS),
    Scene("search", (100, 32), "3/4", ("F", *"paper"), "stories", read_refs=_READ_REFS),
    Scene("thread", (100, 28), "1/1", ("i",), "Related", read_refs=_READ_REFS),
    Scene("works", (100, 32), "3/4", ("W",), "BIG-Bench", read_refs=_READ_REFS, starred_refs=("3/5",)),
    Scene("card", (120, 40), "3/1", ("alt+1",), "Cited in", read_refs=_READ_REFS),
    Scene("card-narrow", (80, 24), "3/1", ("alt+1",), "Vaswani", read_refs=_READ_REFS),
    Scene("card-phone", (40, 12), "3/1", ("alt+1",), "Attention", read_refs=_READ_REFS),
    Scene("marks", (110, 34), "3/4", ("M",), "newest first", read_refs=_READ_REFS, annotations=_ANNOTATIONS),
    Scene("forecasts", (110, 40), "3/4", ("I",), "look like a forecast", read_refs=_READ_REFS, forecasts=_FORECASTS),
    Scene("help", (110, 34), "3/1", ("question_mark",), read_refs=_READ_REFS),
    Scene("command", (110, 34), "3/4", ("colon", "s"), "sync", read_refs=_READ_REFS),
    Scene("narrow", (80, 24), "3/1"),
    Scene("phone", (40, 12), "3/1"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of the session: keys to press, a caption, and the duration in seconds."""

    keys: tuple[str, ...]
    caption: str
    seconds: float = 1.2
    expected_text: str = ""


SESSION_SIZE = (132, 36)
"""Size of a window with three panes."""
SESSION_START = "3/4"
SESSION_READ = ("3/1", "3/2", "3/3")
SESSION = (
    Step((), "importai-tui", 2.0),
    Step(("space",), "space: page down", 1.6),
    Step(("1",), "1: open link 1 in the browser", 2.0),
    Step(("n",), "n: next unread story", 1.6),
    Step(("s",), "s: star it for later", 1.2),
    Step(("F",), "F: search every story", 1.2),
    Step(("m",), "m", 0.8),
    Step(("e", "m"), "mem", 0.8, "memex"),
    Step(("e", "x"), "memex", 1.6, "memex"),
    Step(("down",), "down: next result", 0.8),
    Step(("enter",), "enter: open it at the match", 2.0),
    Step(("n",), "n: next result", 1.6),
    Step(("i",), "i: the whole thread", 2.0),
    Step(("j",), "j: down", 0.8),
    Step(("escape", "escape"), "escape: back to the results", 1.2),
    Step(("escape",), "escape: back", 0.8),
    Step(("d",), "d: skim the issue", 2.0),
    Step(("j",), "j: next story", 0.8),
    Step(("j",), "j: next story", 0.8),
    Step(("enter",), "enter: open the full story", 1.6),
    Step(("W",), "W: all cited works", 2.0, "BIG-Bench"),
    Step((*"squad",), "squad", 1.6, "SQuAD"),
    Step(("escape",), "escape: back", 0.8),
    Step(("a",), "a: the Tech Tales as one book", 1.6, "tale"),
    Step(("z",), "z: zen mode", 1.6),
    Step(("T",), "T: light theme", 2.0),
)
