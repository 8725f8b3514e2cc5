"""The screen of all highlights, notes and tags, newest first. It closes with the place or the tag to go to.

It changes marks through functions of the reading screen, so that undo, warnings and drafts are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from rich.style import Style as RichStyle
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.style import Style
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.library.annotations import Annotation, AnnotationKind
from importai_tui.library.library import Library
from importai_tui.state.fields import TAG_PREFIX, Edit
from importai_tui.state.labels import label_removed_tags
from importai_tui.state.store import ChangeResult
from importai_tui.state.values import MAX_NAME_LENGTH
from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import get_commands
from importai_tui.tui.dialogs.questions import ConfirmDialog, NameDialog
from importai_tui.tui.dialogs.state_list import StateListHost, StateListScreen
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.marks.annotation_list import AnnotationList
from importai_tui.tui.marks.filter import AnnotationFilter, find_tags, split_words
from importai_tui.tui.marks.loader import AnnotationLoader
from importai_tui.tui.marks.tag_list import TagList
from importai_tui.tui.reading.drafts import DraftTarget
from importai_tui.tui.services import Services
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.footer import Footer, Hint, format_first_key
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.wording import format_count, plural

_MIN_WIDTH_FOR_COUNTS = 60
"""Cells of a window from which on the number of marks is beside each view."""
_MIN_WIDTH_FOR_KEY = 80
"""Cells of a window from which on the key for the next view is beside them."""
_MAX_TAG_WIDTH = 30
"""Cells of a tag in a question."""


class MarksView(StrEnum):
    """The views of the screen."""

    ALL = "all"
    HIGHLIGHTS = "highlights"
    NOTES = "notes"
    TAGS = "tags"


_KINDS = {
    MarksView.ALL: None,
    MarksView.HIGHLIGHTS: AnnotationKind.HIGHLIGHT,
    MarksView.NOTES: AnnotationKind.NOTE,
}
"""The kind of annotations in each view but that of tags; None for all kinds."""
_NOUNS = {
    MarksView.ALL: ("mark", "marks"),
    MarksView.HIGHLIGHTS: ("highlight", "highlights"),
    MarksView.NOTES: ("note", "notes"),
    MarksView.TAGS: ("tag", "tags"),
}
_WAYS_TO_MARK = {
    MarksView.HIGHLIGHTS: ("mark.highlight", "highlights a passage"),
    MarksView.NOTES: ("mark.note", "writes a note"),
    MarksView.TAGS: ("mark.tag", "adds a tag"),
}
"""The command that makes a mark of each kind, and what its key does."""


@dataclass(frozen=True, slots=True)
class MarksScreenState:
    """The marks screen when it was closed, so that it can open in the same state.

    `selected_id` and `row` are those of the annotation under the cursor, and `tag` is the tag under the cursor.
    `chosen` is the annotation to go to, and `chosen_tag` the tag whose stories to show, or None.
    """

    view: MarksView = MarksView.ALL
    filter_text: str = ""
    selected_id: tuple[str, str] = ("", "")
    row: int = 0
    scroll: int = 0
    tag: str = ""
    chosen: Annotation | None = None
    chosen_tag: str | None = None


@dataclass(frozen=True, slots=True)
class MarksHost(StateListHost):
    """Functions of the reading screen that the marks screen calls.

    `edit` edits a note or a comment and saves it, `edit_in_editor` does so in the user's own editor; `edit_tags` asks
    for a tag to add to a story or to remove. `ask_about_missing` asks what to do about an issue, given by its name and
    its number, that the archive lacks.
    """

    edit: Callable[[str, DraftTarget], Awaitable[object]]
    edit_in_editor: Callable[[str, DraftTarget], Awaitable[object]]
    edit_tags: Callable[[str], Awaitable[None]]
    ask_about_missing: Callable[[str, int | None], Awaitable[None]]
    clock: Callable[[], float]


class _ViewBar(Static):
    """The names of the views, which a click chooses."""

    ALLOW_SELECT = False

    @property
    def link_style(self) -> RichStyle:
        """No style, because the style of links would replace the colours of the names."""
        return RichStyle.null()


class MarksScreen(StateListScreen[MarksScreenState]):
    """Lists annotations or tags. It closes with its state, and with what the user chose."""

    CSS_PATH = [DIALOG_CSS, "marks.tcss"]
    COMMAND = "marks"
    UNDO = "marks.undo"
    KEYMAP_SECTION = "Marks screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    _host: MarksHost

    views = query_one("#marks-views", _ViewBar)
    status = query_one("#marks-status", Static)
    annotation_list = query_one("#marks-list", AnnotationList)
    tag_list = query_one("#marks-tags", TagList)

    def __init__(
        self,
        library: Library,
        services: Services,
        host: MarksHost,
        loader: AnnotationLoader,
        saved_state: MarksScreenState,
        *,
        warning: str = "",
        job: JobStatus | None = None,
    ) -> None:
        """Open in the state `saved_state`.

        Args:
            library: the library with the marks.
            services: the app.
            host: functions of the reading screen.
            loader: holds the annotations, also while the screen is closed.
            saved_state: the state of the last visit.
            warning: the warning in the footer of the reading screen.
            job: the state of the background job that runs.
        """
        super().__init__(library, services, host, saved_state.filter_text, warning, job or JobStatus())
        self._loader = loader
        self._saved_state = saved_state
        self._view = saved_state.view
        self._filter = AnnotationFilter(())

    def compose(self) -> ComposeResult:
        """Yield the views, the status, both lists, and the footer."""
        with Horizontal(id="marks-head"):
            yield _ViewBar("", id="marks-views", markup=False)
        with Horizontal(id="marks-body"), Vertical(id="marks-page"):
            yield Static("", id="marks-status", markup=False)
            yield AnnotationList(self._services.today().astimezone().date(), id="marks-list")
            yield TagList(id="marks-tags")
        yield Footer()

    def on_mount(self) -> None:
        """Restore the saved state, and begin to look for changes."""
        self._loader.reset_order()
        self._load(self._loader.load_first)
        if self._loader.is_complete:
            self._load(self._loader.update)
        else:
            self.call_after_refresh(self.redraw_marks)
        self._show_view()
        saved = self._saved_state
        self._fill_annotations(saved.selected_id, saved.row, saved.scroll)
        self._fill_tags(saved.tag)
        self._draw_bars()

    def redraw_marks(self) -> None:
        """Show what has changed; the cursor stays on its mark, or in its row if the mark is gone."""
        if self._load(self._loader.update):
            self._refresh_list()

    # Actions

    def on_annotation_list_chosen(self) -> None:
        """Go to the place after a click."""
        self.action_choose()

    def on_tag_list_chosen(self) -> None:
        """Show the stories after a click."""
        self.action_choose()

    def action_choose(self) -> None:
        """Close with the selected annotation or tag; for a story that is not stored, ask what to do."""
        if tag := self._selected_tag:
            self._close_with(chosen_tag=tag)
        elif (annotation := self._selected) and annotation.story.is_stored:
            self._close_with(chosen=annotation)
        elif annotation:
            self._ask_about_missing(annotation)

    def action_view(self, step: int) -> None:
        """Show the next view, or the one before."""
        views = list(MarksView)
        self.action_show_view(views[(views.index(self._view) + step) % len(views)])

    def action_toggle_tags(self) -> None:
        """Show the tags, or all marks."""
        self.action_show_view(MarksView.ALL if self._view is MarksView.TAGS else MarksView.TAGS)

    def action_show_view(self, view: str) -> None:
        """Show the view with this name."""
        self._view = MarksView(view)
        self._show_view()
        self._refresh_list()

    def action_edit(self) -> None:
        """Edit the note, the comment on the highlight or the tags of the story; rename the tag."""
        if (tag := self._selected_tag) is not None:
            self._rename_tag(tag)
        elif annotation := self._selected:
            self._edit(annotation)

    def action_editor(self) -> None:
        """Edit the note, or the comment on the highlight, in the user's own editor."""
        if annotation := self._selected:
            self._edit(annotation, in_editor=True)

    def action_remove(self) -> None:
        """Remove the annotation, or the tag from all its stories, as one undo step."""
        if (tag := self._selected_tag) is not None:
            self._remove_tag(tag)
        elif annotation := self._selected:
            self._change(partial(_remove, self.library, annotation))

    def action_copy(self) -> None:
        """Copy the quote or the note with its source, or the tag."""
        if (tag := self._selected_tag) is not None:
            self._services.copy(f"#{tag}", title=f"#{tag}")
        elif annotation := self._selected:
            kind = "the story's title" if annotation.kind is AnnotationKind.TAGS else f"the {annotation.kind}"
            self._services.copy(self._format_with_source(annotation), kind, annotation.story.headline)

    # Changes

    @work(exclusive=True, group="dialog")
    async def _ask_about_missing(self, annotation: Annotation) -> None:
        number = annotation.story.number
        await self._host.ask_about_missing("This story" if number is None else f"Import AI {number}", number)

    @work(exclusive=True, group="dialog")
    async def _edit(self, annotation: Annotation, *, in_editor: bool = False) -> None:
        edit = self._host.edit_in_editor if in_editor else self._host.edit
        key = annotation.story.key
        if annotation.kind is AnnotationKind.TAGS:
            await self._host.edit_tags(key)
        elif annotation.kind is AnnotationKind.NOTE:
            await edit("note", DraftTarget(key))
        else:
            await edit("comment", DraftTarget(key, annotation.highlight_id))
        self.redraw_marks()

    @work(exclusive=True, group="dialog")
    async def _rename_tag(self, tag: str) -> None:
        state = self.library.state
        new = await self.app.push_screen_wait(NameDialog(f"Rename {_name_tag(tag)} to", tag, MAX_NAME_LENGTH))
        if new is None:
            return
        try:
            name = state.find_new_tag_name(tag, new)
        except ReaderError as error:
            self._services.notify_info(str(error))
            return
        counts = dict(state.count_tags())
        if name in counts and name != tag:
            stories, others = (plural(counts.get(each, 0), "story", "stories") for each in (tag, name))
            question = f"Merge {_name_tag(tag)} ({stories}) into {_name_tag(name)} ({others})?"
            if not await self.app.push_screen_wait(ConfirmDialog(question, self._host.clock)):
                return
        if self._change(lambda: state.rename_tag(tag, new)):
            self._fill_tags(name)

    @work(exclusive=True, group="dialog")
    async def _remove_tag(self, tag: str) -> None:
        count = dict(self.library.state.count_tags()).get(tag, 0)
        question = f"Remove {_name_tag(tag)} from {plural(count, 'story', 'stories')}?"
        if count <= 1 or await self.app.push_screen_wait(ConfirmDialog(question, self._host.clock)):
            state = self.library.state
            # Not through the library, which would look up the names of all stories; they are stored already.
            self._change(lambda: state.tag(tuple(state.get_tagged_keys(tag)), tag, on=False))

    def _format_with_source(self, annotation: Annotation) -> str:
        """Return the text in quotation marks if it is a quote, and a line with headline, issue, date and address."""
        story = annotation.story
        text = f"“{annotation.text}”" if annotation.kind is AnnotationKind.HIGHLIGHT else annotation.text
        issue = f"Import AI {story.ref}" if story.ref else ""
        url = self.library.get_issue_row(story.issue).url if story.is_stored and story.issue else ""
        source = ", ".join(filter(None, (story.headline, issue, story.date_text, url)))
        return f"{text}\n{source}" if text else source

    # What is shown

    @property
    def _list(self) -> RowList:
        return self.tag_list if self._view is MarksView.TAGS else self.annotation_list

    @property
    def _filter_placeholder(self) -> str:
        return f"Filter your {_NOUNS[self._view][1]}"

    @property
    def _selected(self) -> Annotation | None:
        return None if self._view is MarksView.TAGS else self.annotation_list.selected

    @property
    def _selected_tag(self) -> str | None:
        found = self.tag_list.selected if self._view is MarksView.TAGS else None
        return found[0] if found else None

    def _load(self, load: Callable[[], object]) -> bool:
        """Load annotations; return False if that fails, or if nothing has changed."""
        try:
            has_changed = load() is not False
        except ReaderError as error:  # what is shown stays
            self._services.notify_error(str(error))
            return False
        if has_changed:
            self._filter = AnnotationFilter(self._loader.annotations)
        return has_changed

    def _set_filter(self, text: str) -> str:
        """Show only what has these words; return how many rows there are."""
        if (new := text.strip()) != self._filter_text:
            selected = self.annotation_list.selected
            self._filter_text = new
            # While the user types, the newest match is first; without a filter the row is found again.
            self._fill_annotations(selected.id if selected and not new else ("", ""), 0, None if not new else 0)
            self._fill_tags(self._selected_tag or "" if not new else "")
            self._draw_bars()
        return self._format_count() if new else ""

    def _refresh_list(self) -> None:
        annotations = self.annotation_list
        self._fill_annotations(
            annotations.selected.id if annotations.selected else ("", ""),
            annotations.cursor,
            round(annotations.scroll_y),
        )
        self._fill_tags(self._selected_tag or "")
        self._draw_bars()

    def _fill_annotations(self, selected_id: tuple[str, str], row: int, scroll: int | None) -> None:
        if self._view is not MarksView.TAGS:
            found = self._filter.find(_KINDS[self._view], self._filter_text)
            row = next((index for index, each in enumerate(found) if each.id == selected_id), row)
            self.annotation_list.show(found, split_words(self._filter_text)[0], row, scroll)

    def _fill_tags(self, selected: str) -> None:
        if self._view is MarksView.TAGS:
            self.tag_list.show(find_tags(self.library.state.count_tags(), self._filter_text), selected)

    def _show_view(self) -> None:
        """Show and focus the list of the view."""
        self.annotation_list.display = self._view is not MarksView.TAGS
        self.tag_list.display = self._view is MarksView.TAGS
        self._list.focus()

    def _draw_bars(self) -> None:
        if not self.is_mounted:
            return
        key = format_screen_key(self.app, "marks.next_view", "tab")
        self.views.update(draw_views(self._view, self._count, self.app.size.width, key))
        is_empty = not self._count(self._view)
        self.status.update(to_content(self._format_empty() if is_empty else self._format_status(), "$muted"))
        self._draw_footer()

    def _make_hints(self) -> tuple[Hint, ...]:
        back, help = Hint("esc", "show all" if self._filter_text else "back", "leave"), Hint("?", "help", "help")
        if not self._list.row_count:
            return (Hint("tab", "highlights, notes, tags", "view(1)"), back, help)
        first, edit = ("stories", "rename") if self._view is MarksView.TAGS else ("open", "edit")
        return (
            Hint("enter", first, "choose"),
            Hint("/", "filter", "filter"),
            Hint("e", edit, "edit"),
            Hint("d", "remove", "remove"),
            back,
            help,
        )

    def _count(self, view: MarksView) -> int:
        if view is MarksView.TAGS:
            return len(self.library.state.count_tags())
        return self._filter.count(_KINDS[view])

    def _format_count(self) -> str:
        shown, (noun, nouns) = self._list.row_count, _NOUNS[self._view]
        return format_count(shown, self._count(self._view), noun, nouns) if shown else "no matches"

    def _format_status(self) -> str:
        """Return the number of rows, and the filter or the order."""
        if self._filter_text:
            return self._format_filter()
        count = self._format_count()
        return count if self._view is MarksView.TAGS else f"{count}, newest first"

    def _format_empty(self) -> str:
        """Return how to make marks, with the user's keys; nothing if it is not known whether there are any."""
        if not self._loader.is_complete:
            return ""
        ways = _WAYS_TO_MARK.values() if self._view is MarksView.ALL else (_WAYS_TO_MARK[self._view],)
        commands = get_commands(self.app)
        keys = [f"{key} {words}" for id, words in ways if (key := format_first_key(commands, id))]
        *others, last = keys or [""]
        joined = f"{', '.join(others)} and {last}" if others else last
        return f"No {_NOUNS[self._view][1]} yet.{f' In a story, {joined}.' if joined else ''}"

    def _close_with(self, *, chosen: Annotation | None = None, chosen_tag: str | None = None) -> None:
        annotations = self.annotation_list
        state = MarksScreenState(
            self._view,
            self._filter_text,
            annotations.selected.id if annotations.selected else ("", ""),
            annotations.cursor,
            round(annotations.scroll_y),
            self._selected_tag or self._saved_state.tag,
        )
        self.dismiss(replace(state, chosen=chosen, chosen_tag=chosen_tag))


def draw_views(current: MarksView, count: Callable[[MarksView], int], width: int, key: str) -> Content:
    """Draw the title, the views, each with its number of rows, and the key that shows the next, as far as they fit."""
    builder = ContentBuilder()
    if width >= _MIN_WIDTH_FOR_COUNTS:
        builder.write("Marks", "bold $mark").write("   ")
    for view in MarksView:
        label = view.capitalize() + (f" {count(view):,}" if width >= _MIN_WIDTH_FOR_COUNTS else "")
        click = Style.from_meta({"@click": ("screen.show_view", (str(view),))})
        builder.write(label, "bold" if view is current else "$muted", click)
        builder.write("   " if width >= _MIN_WIDTH_FOR_COUNTS else "  ")
    if width >= _MIN_WIDTH_FOR_KEY:
        builder.write(key, "bold $muted").write(" next view", "$muted")
    return builder.build()


def _name_tag(tag: str) -> str:
    return f"#{truncate(tag, _MAX_TAG_WIDTH)}"


def _remove(library: Library, annotation: Annotation) -> ChangeResult:
    key = annotation.story.key
    if annotation.kind is AnnotationKind.HIGHLIGHT:
        return library.state.remove_highlight(key, annotation.highlight_id)
    if annotation.kind is AnnotationKind.NOTE:
        return library.set_note(key, None)
    edits = [Edit(key, TAG_PREFIX + name, None) for name in annotation.story.tags]
    return library.state.change(edits, label_removed_tags)
