"""Loads the annotations that the marks screen shows, and after a change only those of the changed stories."""

from __future__ import annotations

from operator import attrgetter

from importai_tui.library.annotations import Annotation, load_annotations
from importai_tui.library.library import Library

_FIRST_ROWS = 60
"""Annotations of the first load, more than a screenful: with thousands, a load of all would delay the first frame."""
_MAX_CHANGED_STORIES = 200
"""Changed stories above which all annotations are loaded again."""


class AnnotationLoader:
    """Holds the annotations, newest first. An edit or an undo moves none of them until `reset_order` is called."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.annotations: list[Annotation] = []
        self.is_complete = False
        """True once all annotations are loaded, not only the first ones."""
        self._versions = (0, 0)
        """The versions of the reading state and the archive that were loaded."""
        self._times: dict[tuple[str, str], str] = {}
        """The time of each annotation when it was first seen."""

    def load_first(self) -> None:
        """Load about a screenful, unless all annotations are loaded. Raises DatabaseError."""
        if not self.is_complete:
            self.annotations = load_annotations(self._library, newest=_FIRST_ROWS)

    def update(self) -> bool:
        """Load all annotations, or those that have changed; return False if nothing has. Raises DatabaseError."""
        before, versions = self._versions, (self._library.state.get_version(), self._library.archive.get_data_version())
        if self.is_complete and versions == before:
            return False
        is_archive_same = self.is_complete and versions[1] == before[1]
        changed = set(self._library.state.get_changed_keys(before[0])) if is_archive_same else None
        if changed is None or len(changed) > _MAX_CHANGED_STORIES:
            loaded = load_annotations(self._library)
        else:
            loaded = load_annotations(self._library, keys=[*changed])
            loaded += [annotation for annotation in self.annotations if annotation.story.key not in changed]
        for annotation in loaded:
            self._times.setdefault(annotation.id, annotation.at)
        loaded.sort(key=lambda annotation: self._times[annotation.id], reverse=True)
        self.annotations, self._versions, self.is_complete = loaded, versions, True
        return True

    def reset_order(self) -> None:
        """Put the annotations in the order of their present times."""
        self._times = {annotation.id: annotation.at for annotation in self.annotations}
        self.annotations.sort(key=attrgetter("at"), reverse=True)
