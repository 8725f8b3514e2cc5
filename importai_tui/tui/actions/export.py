"""Exports: the dialog, and the lines that a user types after `:export`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.errors import ReaderError
from importai_tui.json_text import parse_json
from importai_tui.paths import get_documents_folder
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.export import ExportDialog, ExportTarget

if TYPE_CHECKING:
    from importai_tui.output.books import StoryList

_SETTING = "exports-from-reader"
"""The stored value with the last path of each kind of export, the latest last."""
_NOTICE_SECONDS = 8


class _Kind(NamedTuple):
    """A kind of export: the arguments of the command `export` before the path, and a name until the user gives one."""

    id: str
    label: str
    hint: str
    arguments: str
    name: str


_KINDS = (
    _Kind("notes", "Notes and highlights", "one Markdown file", "--notes --out", "import-ai-notes.md"),
    _Kind("each", "Notes, a file for each story", "a folder for Obsidian", "--notes --each", "Import AI"),
    _Kind("readwise", "Notes for Readwise", "CSV", "--notes --format readwise --out", "import-ai-readwise.csv"),
    _Kind("ris", "Notes for Zotero", "RIS", "--notes --format ris --out", "import-ai-notes.ris"),
    _Kind("json", "Notes for scripts", "JSON", "--notes --format json --out", "import-ai-notes.json"),
    _Kind("works", "Reading list (starred works)", "BibTeX", "--works --starred --out", "reading-list.bib"),
    _Kind("forecasts", "Forecasts and verdicts", "CSV", "--forecasts --format csv --out", "import-ai-forecasts.csv"),
    _Kind("state", "All marks, for another computer", "JSON lines", "--state --out", "import-ai-state.jsonl"),
    _Kind("tales", "All Tech Tales", "EPUB", "--tales --format epub --out", "tech-tales.epub"),
)
_LIST, _ISSUE = "list", "issue"


class ExportActions(ActionGroup):
    """Writes notes, marks, works and books to files."""

    def action_export(self) -> None:
        """Ask for an export and its path, and run it."""
        if not self.refuse_in_browser():
            self.run_dialog(self._ask)

    async def run_words(self, words: list[str]) -> None:
        """Run the command `export` with these arguments."""
        if self.refuse_in_browser():
            return
        try:
            message = await self.screen.services.jobs.export(words)
        except ReaderError as error:
            self.screen.services.notify_error(str(error))
        else:
            self._notify(message)

    async def _ask(self) -> None:
        last_paths = load_last_paths(self.session.library.state.load_value(_SETTING))
        targets = self._make_targets(last_paths)
        ids = [target.id for target in targets]
        selected = next((ids.index(id) for id in reversed(last_paths) if id in ids), 0)
        if done := await self.ask(ExportDialog(targets, selected, self._notify)):
            last_paths.pop(done.id, None)
            last_paths[done.id] = done.path
            self.screen.writer.save_setting(_SETTING, json.dumps(last_paths, ensure_ascii=False))
            self._notify(done.message)

    def _notify(self, message: str) -> None:
        self.screen.notify_info(message, seconds=_NOTICE_SECONDS)

    def _make_targets(self, last_paths: dict[str, str]) -> list[ExportTarget]:
        """Return the exports, each with the path of its last time; else a name in the folder that was used last."""
        # Imported here, because the command line imports this module too.
        from importai_tui.output.books import StoryList
        from importai_tui.output.note_files import make_file_name

        latest = next(reversed(last_paths.values()), None)
        folder = Path(latest).parent if latest else shorten_home(get_documents_folder())
        targets = [
            ExportTarget(
                kind.id,
                kind.label,
                kind.hint,
                last_paths.get(kind.id) or str(folder / kind.name),
                partial(self._export, kind.arguments.split()),
            )
            for kind in _KINDS
        ]
        books: list[tuple[str, str, str, str | StoryList]] = []
        if (opened := self.session.reading_list) and opened.rows:
            stories = StoryList(opened.book_title, [row.key for row in opened.rows])
            books.append((_LIST, f"This list: {opened.name}", opened.name, stories))
        elif (issue := self.session.issue) and not self.session.guide:
            books.append((_ISSUE, f"Issue {issue.ref}", f"import-ai-{issue.ref}", issue.ref))
        # No remembered path, because each list and each issue is a file of its own.
        targets += [
            ExportTarget(
                id, label, "EPUB", str(folder / f"{make_file_name(name)}.epub"), partial(self._export_book, source)
            )
            for id, label, name, source in books
        ]
        return targets

    async def _export(self, arguments: list[str], path: str) -> str:
        return await self.screen.services.jobs.export([*arguments, path])

    async def _export_book(self, source: str | StoryList, path: str) -> str:
        return await self.screen.services.jobs.export_book(source, path)


def load_last_paths(text: str | None) -> dict[str, str]:
    """Return the stored paths; none if the value is damaged."""
    try:
        stored = parse_json(text)
    except ValueError:
        return {}
    return {id: path for id, path in stored.items() if isinstance(path, str)} if isinstance(stored, dict) else {}


def shorten_home(path: Path) -> Path:
    """Return a path with "~" for the user's own folder."""
    try:
        return Path("~") / path.relative_to(Path.home())
    except (ValueError, RuntimeError):  # it is elsewhere, or unknown
        return path
