"""The rules on sentences of our own: half of them forecast, and half only look so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from importai_tui.forecasts.due_dates import compute_due
from tests.forecasts.stories import find_open, make_story

SAID = date(2025, 3, 17)
"""The day on which all sentences are said."""
MIN_PRECISION = MIN_RECALL = 0.95


class Sentence(NamedTuple):
    """A sentence with its speaker, "-" if it does not forecast, and its due date: "~" for vague, "%" for none."""

    speaker: str
    due: str
    text: str


def load_sentences() -> list[Sentence]:
    """Return the sentences of the table."""
    lines = Path(__file__).with_name("sentences.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [Sentence(*line.split("\t")) for line in lines]


def judge(sentence: Sentence) -> tuple[str, str]:
    """Return speaker and due date as the rules find them, in the notation of the table."""
    for found in find_open(make_story(sentence.text), SAID):
        due = compute_due(found.due_text, SAID)
        return found.speaker.value, str(due) if due else "~" if found.due_text else "%"
    return "-", "-"


def test_forecasts_and_traps() -> None:
    judged = [(sentence, judge(sentence)) for sentence in load_sentences()]
    hits = [sentence for sentence, (speaker, _) in judged if speaker == sentence.speaker != "-"]
    missed = [sentence.text for sentence, (speaker, _) in judged if sentence.speaker not in {"-", speaker}]
    wrong = [sentence.text for sentence, (speaker, _) in judged if speaker not in {"-", sentence.speaker}]
    precision, recall = len(hits) / (len(hits) + len(wrong)), len(hits) / (len(hits) + len(missed))
    report = "\n".join([f"precision {precision:.2f}, recall {recall:.2f}; wrong:", *wrong, "missed:", *missed])
    assert precision >= MIN_PRECISION, report
    assert recall >= MIN_RECALL, report


def test_due_dates_of_forecasts() -> None:
    judged = [(sentence, judge(sentence)) for sentence in load_sentences()]
    wrong = [
        (sentence, due)
        for sentence, (speaker, due) in judged
        if speaker == sentence.speaker and due != ("%" if sentence.due.endswith("%") else sentence.due)
    ]
    assert wrong == []
