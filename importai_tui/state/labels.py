"""The names of changes for the user, in words that fit a notice after the change, and one after its undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importai_tui.parse.clean import shorten
from importai_tui.state.fields import READ, STARRED, TAG_PREFIX, Edit
from importai_tui.wording import plural

ONE_STORY = "1 story"
"""The words for the only story of a change. A notice may show the headline of the story instead."""


_MAX_TAG_LENGTH = 40
"""Characters of a tag in a notice."""


class ChangeLabel(NamedTuple):
    """The words for one change."""

    done: str
    """A notice after the change: "Starred 1 story"."""
    name: str
    """The change in a notice about its undo, which is stored with it: "star on 1 story"."""


TAG_UNCHANGED = "Tag unchanged"
NOTHING_CHANGED = ChangeLabel("Already marked; nothing changed", "mark")
HIGHLIGHT_ADDED = ChangeLabel("Highlighted", f"highlight in {ONE_STORY}")
HIGHLIGHT_REMOVED = ChangeLabel("Highlight removed", f"highlight removed from {ONE_STORY}")
HIGHLIGHT_GONE = "This highlight has already been removed"
FORECAST_ADDED = ChangeLabel("Forecast added", f"forecast added in {ONE_STORY}")
FORECAST_REMOVED = ChangeLabel("Forecast removed", f"forecast removed from {ONE_STORY}")


def label_marks(edits: Sequence[Edit]) -> ChangeLabel:
    """Name the marking of stories as read or starred, or the opposite; edits of one field have one value."""
    reads = [edit for edit in edits if edit.field == READ]
    stars = [edit for edit in edits if edit.field == STARRED]
    done, names = [], []
    if reads:
        stories, mark = _count_stories(reads), "read" if reads[0].value else "unread"
        done.append(f"marked {stories} as {mark}")
        names.append(f"{stories} marked {mark}")
    if stars:
        stories, noun = _count_stories(stars), "star" if len(stars) == 1 else "stars"
        done.append(f"starred {stories}" if stars[0].value else f"removed the {noun} from {stories}")
        names.append(f"{noun} on {stories}" if stars[0].value else f"{noun} removed from {stories}")
    if not done:
        return NOTHING_CHANGED
    sentence = " and ".join(done)
    return ChangeLabel(sentence[0].upper() + sentence[1:], " and ".join(names))


def label_tag(name: str, edits: Sequence[Edit]) -> ChangeLabel:
    """Name the change of a tag."""
    if not edits:
        return NOTHING_CHANGED
    stories, many = _count_stories(edits), len(edits) > 1
    tag = _name_tag(name)
    if edits[0].value:
        return ChangeLabel(f"Tagged {stories} {tag}" if many else f"Tagged {tag}", f"tag {tag} on {stories}")
    return ChangeLabel(
        f"Removed tag {tag} from {stories}" if many else f"Removed tag {tag}",
        f"tag {tag} removed from {stories}",
    )


def label_removed_tags(edits: Sequence[Edit]) -> ChangeLabel:
    """Name the removal of all tags of a story."""
    if len(edits) == 1:
        return label_tag(edits[0].field.removeprefix(TAG_PREFIX), edits)
    tags = plural(len(edits), "tag")
    return ChangeLabel(f"Removed {tags}", f"{tags} removed from {ONE_STORY}") if edits else NOTHING_CHANGED


def label_renamed_tag(name: str, new_name: str, count: int, *, is_merge: bool) -> ChangeLabel:
    """Name the renaming of a tag on some stories, or its merging into another tag."""
    stories, tag, new_tag = plural(count, "story", "stories"), _name_tag(name), _name_tag(new_name)
    if is_merge:
        return ChangeLabel(f"Merged {tag} into {new_tag} on {stories}", f"tag {tag} merged into {new_tag}")
    return ChangeLabel(f"Renamed {tag} to {new_tag} on {stories}", f"tag {tag} renamed to {new_tag}")


def label_note(old: str | None, new: str | None) -> ChangeLabel:
    """Name the change of a note."""
    if old == new:
        return ChangeLabel("Note unchanged", "note")
    if old is None:
        return ChangeLabel("Note saved", f"note on {ONE_STORY}")
    if new is None:
        return ChangeLabel("Note deleted", f"note deleted from {ONE_STORY}")
    return ChangeLabel("Note updated", f"note edited on {ONE_STORY}")


def label_comment(old: str | None, new: str | None) -> ChangeLabel:
    """Name the change of a comment on a highlight."""
    if old == new:
        return ChangeLabel("Comment unchanged", "comment")
    if old is None:
        return ChangeLabel("Comment added", f"comment in {ONE_STORY}")
    if new is None:
        return ChangeLabel("Comment deleted", f"comment deleted from {ONE_STORY}")
    return ChangeLabel("Comment updated", f"comment edited in {ONE_STORY}")


def label_verdict(verdict: str | None, edits: Sequence[Edit]) -> ChangeLabel:
    """Name the change of the verdict on a forecast; None takes it back."""
    if not edits:
        return ChangeLabel("Verdict unchanged", "verdict")
    if verdict is None:
        return ChangeLabel("Verdict removed", f"verdict removed in {ONE_STORY}")
    if verdict == "dismissed":
        return ChangeLabel("Forecast dismissed", f"forecast dismissed in {ONE_STORY}")
    return ChangeLabel(f"Forecast marked {verdict}", f"forecast marked {verdict} in {ONE_STORY}")


def label_forecast_note(old: str | None, new: str | None) -> ChangeLabel:
    """Name the change of the note on a forecast."""
    label = label_note(old, new)
    return label._replace(name=label.name.replace("note", "forecast note", 1))


def label_work_star(title: str, is_set: bool) -> ChangeLabel:
    """Name the change of a cited work's star."""
    if is_set:
        return ChangeLabel(f"Starred “{title}”", f"star on “{title}”")
    return ChangeLabel(f"Removed the star from “{title}”", f"star removed from “{title}”")


def format_undo_label(name: str) -> str:
    """Return the notice after the undo of the change with this name."""
    return f"Undid: {_lower_first(name)}"


def format_redo_label(name: str) -> str:
    """Return the notice after the redo of the change with this name."""
    return f"Redid: {_lower_first(name)}"


def _lower_first(name: str) -> str:
    """Change the first letter: a name that an older version has stored is a sentence."""
    return name[0].lower() + name[1:]


def _count_stories(edits: Sequence[Edit]) -> str:
    return plural(len(edits), "story", "stories")


def _name_tag(name: str) -> str:
    return f"#{shorten(name, _MAX_TAG_LENGTH)}"
