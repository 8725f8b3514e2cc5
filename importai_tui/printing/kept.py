"""The stories that carry reading state, in order: what both exports of them print. It formats nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.library import IssueHead, Library, StoryHead
from importai_tui.reading import KeptStory
from importai_tui.reading.fields import TAG


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A story with state, as the archive knows it: `issue` and `story` are None where it does not hold it."""

    kept: KeptStory
    issue: IssueHead | None
    story: StoryHead | None

    @property
    def headline(self) -> str:
        """Its headline, also when the archive is gone; its key where nobody has told one."""
        return (self.story.headline if self.story else self.kept.name.headline) or self.kept.key

    @property
    def tags(self) -> list[str]:
        """The names of its tags, in alphabetical order. To ask the library for them takes as long as it has tags."""
        names = (field.removeprefix(TAG) for field in self.kept.fields if field.startswith(TAG))
        return sorted(names, key=lambda name: (name.casefold(), name))

    def has(self, field: str) -> bool:
        """Whether a field that begins so is kept of it: "read", "highlight:"."""
        return any(kept.startswith(field) for kept in self.kept.fields)


def kept_rows(library: Library, stories: Iterable[KeptStory]) -> list[KeptRow]:
    """The stories as the list has them: the newest issue first; those that the archive does not hold come last."""
    held: dict[str, list[tuple[int, KeptStory]]] = {}
    gone: list[KeptRow] = []
    for kept in stories:
        if place := library.place_in_archive(kept.key):
            held.setdefault(place[0], []).append((place[1], kept))
        else:
            gone.append(KeptRow(kept, None, None))
    rows: list[KeptRow] = []
    for head in library.issue_heads():
        if found := held.get(head.ref):
            heads = library.story_heads(head.ref)
            rows += [KeptRow(kept, head, heads[at - 1]) for at, kept in sorted(found, key=lambda one: one[0])]
    return rows + gone
