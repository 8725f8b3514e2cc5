"""`import --explain`: how a document was understood, for a person who reports a wrong split and one who mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from importai_tui.cli.documents import Failure
from importai_tui.cli.pages import pages_of
from importai_tui.errors import UnreadableInput
from importai_tui.parse.issues import Parsed
from importai_tui.parse.told import Told
from importai_tui.parse.understand import Understanding
from importai_tui.printing.console import emit, emit_json, narrate, path_text

_SHOWN = 100
"""Characters of a dropped line; enough to know it again."""


def explain_documents(paths: Iterable[str], failed: Sequence[Failure], said: Told, *, as_json: bool) -> int:
    """Print how each document is understood; the exit status, 1 where one was not."""
    refused = list(failed)
    told: list[dict[str, object]] = []
    for path in paths:
        try:
            pages = pages_of(path, said)
        except UnreadableInput as error:
            refused.append(Failure(path, str(error)))
            continue
        for page in pages:
            if page.understanding is None:
                refused.append(Failure(_place(path, page), page.reason))
            elif as_json:
                told.append(_shape(_place(path, page), page.understanding))
            else:
                emit(_account(_place(path, page), page.understanding))
    if as_json:
        failures = [{"path": path_text(failure.path), "reason": failure.reason} for failure in refused]
        emit_json({"explained": told, "failed": failures})
    for failure in refused:
        narrate(f"Not understood: {path_text(failure.path)} {failure.reason}.")
    return 1 if refused else 0


def _place(path: str, page: Parsed) -> str:
    path = path_text(path)
    return f"{path}, {page.document.place}" if page.document.place else path


def _account(name: str, understood: Understanding) -> str:
    issue = understood.issue
    lines = [name, f"  form     {understood.form}"]
    facts = (("number", issue.number), ("title", issue.title), ("date", issue.date), ("url", issue.url))
    lines += [
        f"  {fact:<8} {value if value is not None else 'not known'}  [{understood.sources.get(fact, _made(fact))}]"
        for fact, value in facts
    ]
    lines.append(f"  stories  {len(issue.stories)}")
    for story, why in zip(issue.stories, understood.cuts, strict=True):
        lines.append(f"    {story.position}. {story.headline}")
        lines.append(f"       {story.kind}: {why}; {story.words} words, {len(story.links)} links, key {story.key}")
    lines.append(f"  dropped as boilerplate  {len(understood.dropped)}")
    lines += [f"    {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}" for text in understood.dropped]
    return "\n".join(lines) + "\n"


def _made(fact: str) -> str:
    return "made of the headlines" if fact == "title" else "said nowhere"


def _shape(name: str, understood: Understanding) -> dict[str, object]:
    issue = understood.issue
    stories = [
        {"headline": story.headline, "kind": story.kind, "evidence": why, "key": story.key}
        for story, why in zip(issue.stories, understood.cuts, strict=True)
    ]
    return {
        "path": name,
        "form": understood.form,
        "number": issue.number,
        "title": issue.title,
        "date": issue.date,
        "url": issue.url,
        "sources": understood.sources,
        "stories": stories,
        "dropped": list(understood.dropped),
    }
