"""The rules on real issues, against the forecasts that two people marked before there were any rules.

`gold.tsv` has the id of each sentence, a digest, instead of its text. The core is what both call clear: dated, vague
and probable forecasts, of the author and of others. What they call borderline counts neither way; so do headlines.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from importai_tui.forecasts.due_dates import compute_due
from importai_tui.parse.pipeline import parse_issue
from tests.corpus import CORPUS, SEEDS, list_documents, needs_corpus
from tests.forecasts.stories import find_open

MIN_PRECISION = MIN_RECALL = 0.95


class Marked(NamedTuple):
    """A sentence of the gold standard. `due` has all days on which the readers and the two parts of it may differ."""

    ref: str
    digest: str
    due: str
    speaker: str
    kind: str
    certainty: str


def load_gold() -> dict[str, Marked]:
    """Return the marked sentences by their digest."""
    lines = Path(__file__).with_name("gold.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {marked.digest: marked for marked in (Marked(*line.split("\t")) for line in lines)}


def load_dates() -> dict[str, date]:
    """Return the date of each document of the corpus, by its path there."""
    tables = [CORPUS / "corpus.tsv", SEEDS / "seeds.tsv"]
    rows = [line.split("\t") for table in tables for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    return {
        row[0]: date.fromisoformat(cell) for row in rows for cell in row if cell.startswith("20") and len(cell) == 10
    }


@needs_corpus
def test_forecasts_of_the_gold_standard() -> None:
    gold, dates = load_gold(), load_dates()
    found: dict[str, str] = {}
    wrong: set[str] = set()
    for path in [*list_documents(), *sorted((CORPUS / "older").glob("*/*.*"))]:
        if path.suffix == ".json":
            continue
        said = dates.get(path.name) or dates.get(f"{path.parent.name}/{path.name}")
        issue = parse_issue(path.read_bytes())
        for position, story in enumerate(issue.stories, 1):
            for forecast in find_open(story, said):
                ref = f"{issue.number or path.stem}/{position} {forecast.id}"
                marked = gold.get(forecast.id)
                if not marked or (marked.certainty == "clear" and forecast.speaker.value != marked.speaker):
                    wrong.add(f"{ref} {forecast.speaker.value}")
                    continue
                found[forecast.id] = ref
                due = compute_due(forecast.due_text, said)
                if said and marked.certainty == "clear":
                    assert str(due or "") in marked.due.split("|"), ref
    core = {digest for digest, marked in gold.items() if marked.certainty == "clear"}
    missed = [f"{gold[digest].ref} {digest}" for digest in core - found.keys()]
    hits = len(core & found.keys())
    precision, recall = hits / max(1, hits + len(wrong)), hits / len(core)
    report = f"precision {precision:.2f}, recall {recall:.2f}; wrong: {sorted(wrong)}; missed: {sorted(missed)}"
    assert precision >= MIN_PRECISION, report
    assert recall >= MIN_RECALL, report
