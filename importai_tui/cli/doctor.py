"""The command that checks what is kept on the disk, and mends it: `doctor`. It never deletes anything.

The reading state part of `doctor`: checks the file, and repairs or restores it.

The archive part of `doctor`: checks the file, its index and its tables, and repairs them.

The result of `doctor`: faults, repairs and remarks, collected by the checks of each database.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from importai_tui.cli.context import CliContext
from importai_tui.cli.options import json_option
from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.output.console import print_data, print_json, show_progress
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from importai_tui.library.library import Library
    from importai_tui.output.markdown import AnnotatedStory


@dataclass(slots=True)
class DoctorReport:
    """Everything that a run of `doctor` found."""

    problems: list[str] = field(default_factory=list)
    """Sentences about what is still wrong."""
    repairs: list[str] = field(default_factory=list)
    """Sentences about what was repaired."""
    remarks: list[str] = field(default_factory=list)
    without_story: list[AnnotatedStory] = field(default_factory=list)
    without_story_json: list[dict[str, object]] = field(default_factory=list)


_MAX_LOST_SHOWN = 10
"""Lost issues that are named."""


def repair_archive(session: CliContext, found: DoctorReport) -> None:
    """Repair the archive from what it still holds, and read again the pages of issues whose stories are in doubt."""
    from importai_tui.archive.repair import delete_empty_issues, repair
    from importai_tui.clock import utc_now
    from importai_tui.files import SQLITE_SUFFIXES, quarantine_if_not_a_file

    path = session.places().archive
    if not path.exists():
        return
    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.repairs.append(moved)
        done = repair(path, utc_now, _show_check_progress)
        if done is None:
            return
        found.repairs.append(done.message)
        again = session.make_rebuild(lambda _: None).run()
        lost = tuple(dict.fromkeys((*done.lost_issues, *delete_empty_issues(path))))
    except ReaderError as trouble:
        found.problems.append(str(trouble))
        return
    finally:
        show_progress("")
    if again:
        what = plural(again, "issue was", "issues were")
        found.repairs.append(f"{what} read again from the stored pages.")
    if lost:
        more = f" and {len(lost) - _MAX_LOST_SHOWN:,} more" if len(lost) > _MAX_LOST_SHOWN else ""
        line = f"Lost for now, whole or in part: {', '.join(lost[:_MAX_LOST_SHOWN])}{more}."
        found.remarks.append(f"{line} To get them back: importai-tui sync --full, or import them again")


def check_archive(library: Library, found: DoctorReport) -> None:
    """Check the open archive."""
    found.problems += library.get_warnings(with_state=False)
    try:
        found.problems += library.archive.find_problems(_show_check_progress)
    finally:
        show_progress("")


def find_archive_problems(path: Path) -> list[str]:
    """Say why the archive cannot be opened, or how it is damaged; empty where it is good."""
    from importai_tui.archive.archive import Archive
    from importai_tui.clock import utc_now

    try:
        with Archive(path, utc_now) as archive:
            return list(archive.find_problems())
    except ReaderError as trouble:
        return [str(trouble)]


def _show_check_progress(done: int, total: int) -> None:
    show_progress(f"Checking the archive: {done:,} of {total:,} issues")


def has_state(path: Path) -> bool:
    """Tell whether there is a reading state, or a copy of one that is gone."""
    from importai_tui.state.schema import has_copies

    return path.exists() or has_copies(path)


def repair_state_file(path: Path, found: DoctorReport) -> None:
    """Put a good file where a damaged one is, before anything else is done with it.

    First the open state is repaired from its journal; then a copy is restored; at last a new state is begun with all
    that can still be read.
    """
    from importai_tui.clock import utc_now
    from importai_tui.errors import LockError
    from importai_tui.files import SQLITE_SUFFIXES, quarantine, quarantine_if_not_a_file
    from importai_tui.sqlite import BusyDatabase, DamagedDatabase, ForeignDatabase
    from importai_tui.state.integrity import is_damaged
    from importai_tui.state.reading_state import ReadingState
    from importai_tui.state.recovery import recreate_state, restore_newest_copy

    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.repairs.append(moved)
        with ReadingState(path, utc_now) as state:  # restores the newest good copy, where it cannot be opened
            if not state.find_damage():
                found.repairs += [state.warning] if state.warning else []
                return
            with suppress(DatabaseError):
                count = state.rebuild_from_journal()
                if not state.find_damage():
                    line = f"The reading state agrees with its journal again; {count:,} values were put right."
                    found.repairs.append(line)
                    return
    except (BusyDatabase, LockError):
        return
    except ForeignDatabase:
        if not is_damaged(path):
            found.repairs.append(f"{path} belonged to another program. It is kept as {quarantine(path, utc_now())}.")
            repair_state_file(path, found)
            return
    except DatabaseError as trouble:
        if not isinstance(trouble, DamagedDatabase) and not is_damaged(path):
            return
    try:
        found.repairs.append(restore_newest_copy(path, utc_now, force=True))
    except DamagedDatabase:
        if begun := recreate_state(path, utc_now, force=True):
            found.repairs.append(begun)
    except DatabaseError:
        return


def find_state_problems(path: Path) -> list[str]:
    """Say why the reading state cannot be opened; empty where it can."""
    from importai_tui.clock import utc_now
    from importai_tui.state.reading_state import ReadingState

    try:
        ReadingState(path, utc_now).close()
    except DatabaseError as trouble:
        return [str(trouble)]
    return []


def check_state(library: Library, found: DoctorReport) -> None:
    """Check the open state against its journal and its newest copy."""
    wrong = library.state.find_problems()
    if not wrong and (trouble := library.state.find_copy_error()):
        wrong = (trouble,)
    found.problems += (*(warning for warning in library.state.warnings() if warning not in wrong), *wrong)


_MAX_STORIES_SHOWN = 20
"""Stories without a place that are named, a screen of them; all of them are in the JSON and in `export --stories`."""


_PLACE_LABELS = {"archive": "Archive", "reading": "Reading state", "config": "Settings"}


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended; nothing is deleted.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check the settings, the archive and what you did; 1 is the exit status if something is wrong."""
    session: CliContext = ctx.obj
    found = DoctorReport()
    places = session.places()
    shared = _read_shared_folder(session, found)
    if session.demo:
        with session.open_library() as library:
            _check_library(library, found, repair=repair)
    elif places.archive.exists() or has_state(places.reading):
        _check_files(session, shared, found, repair=repair)
    else:
        found.remarks.append("There is no archive and no reading state yet. Bring in issues: importai-tui sync")
    named = _get_shown_places(session)
    if as_json:
        print_json(
            {
                "ok": not found.problems,
                "faults": found.problems,
                "mended": found.repairs,
                "without_story": found.without_story_json,
                "remarks": found.remarks,
                "places": {name: str(path) for name, path in named.items()},
            }
        )
    else:
        _print_findings(found, named)
    if found.problems:
        ctx.exit(1)


def _get_shown_places(session: CliContext) -> dict[str, Path]:
    """What stays; what the demo reads, and what is done in it, is thrown away at its end."""
    places = session.places()
    kept = {} if session.demo else {"archive": places.archive, "reading": places.reading}
    return kept | {"config": places.config}


def _read_shared_folder(session: CliContext, found: DoctorReport) -> Path | None:
    from importai_tui.config import read_config

    try:
        return read_config(session.places().config).shared_folder
    except ReaderError as error:
        found.problems.append(str(error))
        return None


def _check_files(session: CliContext, shared: Path | None, found: DoctorReport, *, repair: bool) -> None:
    from importai_tui.library.library import Library

    places = session.places()
    if repair:
        repair_state_file(places.reading, found)
        repair_archive(session, found)
    try:
        with Library.open(places, shared_folder=shared) as library:
            _check_library(library, found, repair=repair)
    except DatabaseError as trouble:
        faults = find_state_problems(places.reading) + find_archive_problems(places.archive)
        found.problems += faults or [str(trouble)]
    for aside in (*_find_quarantined(places.archive), *_find_quarantined(places.reading)):
        found.remarks.append(f"Set aside, and no longer needed where all is well: {aside}")


def _check_library(library: Library, found: DoctorReport, *, repair: bool) -> None:
    from importai_tui.output.json import annotated_story_json
    from importai_tui.output.markdown import get_annotated_stories

    check_state(library, found)
    check_archive(library, found)
    if repair and (count := library.migrate_state()):
        what = (
            "1 mark or note has followed its story"
            if count == 1
            else f"{count:,} marks and notes have followed their story"
        )
        found.repairs.append(f"{what} to where the text is now.")
    lost = [kept for kept in library.state.get_story_states() if library.find_story(kept.key) is None]
    guide = _get_guide_keys() if lost else frozenset()
    found.without_story = get_annotated_stories(library, [kept for kept in lost if kept.key not in guide])
    found.without_story_json = [annotated_story_json(library, row) for row in found.without_story]
    found.remarks += _format_counts(library)


def _get_guide_keys() -> frozenset[str]:
    """The stories of the guide are in no archive that lasts."""
    from importai_tui.guide import open_demo

    with open_demo() as guide:
        return frozenset(story.key for head in guide.get_issue_rows() for story in guide.get_story_rows(head.ref))


def _format_counts(library: Library) -> list[str]:
    issues = len(library.get_issue_rows())
    synced = library.get_last_sync_time()
    lines = [f"Issues in the archive: {issues:,}"]
    lines.append(f"Last sync: {synced:%Y-%m-%d %H:%M} UTC" if synced else "Last sync: never")
    if missing := library.get_missing_numbers():
        lines.append(f"Numbers that the archive lacks: {len(missing):,}")
    return lines


def _find_quarantined(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.stem}-set-aside-*{path.suffix}"))


def _print_findings(found: DoctorReport, places: Mapping[str, Path]) -> None:
    lines = [f"Wrong: {fault}" for fault in found.problems]
    lines += [f"Mended: {line}" for line in found.repairs]
    lines += ["All is well."] if not found.problems else []
    if found.without_story:
        count = len(found.without_story)
        what = plural(count, "story with state is", "stories with state are")
        lines.append(f"{what} not in the archive. What is kept of it applies again when it is back:")
        lines += [f"  {_format_story(row)}" for row in found.without_story[:_MAX_STORIES_SHOWN]]
        lines += (
            [f"  and {count - _MAX_STORIES_SHOWN:,} more; all of them: importai-tui doctor --json"]
            if count > _MAX_STORIES_SHOWN
            else []
        )
    lines += found.remarks
    lines += [f"{_PLACE_LABELS[name]}: {path}" for name, path in places.items()]
    print_data("\n".join(lines))


def _format_story(row: AnnotatedStory) -> str:
    kept = row.state
    return " · ".join(part for part in (kept.name.issue, row.headline, ", ".join(kept.fields)) if part)
