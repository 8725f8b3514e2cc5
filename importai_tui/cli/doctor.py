"""The command `doctor`: checks the settings, the archive, the cards and the reading state, and repairs them.

It deletes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from importai_tui.archive.archive import Archive
from importai_tui.archive.cards import CardStore, find_card_problem, replace_damaged_file
from importai_tui.archive.repair import delete_empty_issues, repair
from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.context import CliContext
from importai_tui.cli.options import json_option
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError, LockError, ReaderError
from importai_tui.files import SQLITE_SUFFIXES, quarantine, quarantine_if_not_a_file
from importai_tui.library.library import Library
from importai_tui.output.annotated_stories import AnnotatedStory, get_annotated_stories
from importai_tui.output.console import print_data, print_json, show_progress
from importai_tui.output.json import annotated_story_json
from importai_tui.sqlite import BusyDatabase, DamagedDatabase, ForeignDatabase
from importai_tui.state.integrity import is_damaged
from importai_tui.state.reading_state import ReadingState
from importai_tui.state.recovery import recreate_state, restore_newest_copy
from importai_tui.state.schema import has_copies
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_LOST_SHOWN = 10
"""Lost issues that a message names."""
_MAX_STORIES_SHOWN = 20
"""Stories missing from the archive that are printed, about a screen; JSON and `export --stories` have all of them."""
_PLACE_LABELS = {"archive": "Archive", "reading": "Reading state", "cards": "Card file", "config": "Settings"}


@dataclass(slots=True)
class DoctorReport:
    """The result of a run of `doctor`, collected by its checks."""

    problems: list[str] = field(default_factory=list)
    """Sentences about problems that remain."""
    repairs: list[str] = field(default_factory=list)
    """Sentences about repairs."""
    remarks: list[str] = field(default_factory=list)
    without_story: list[AnnotatedStory] = field(default_factory=list)
    without_story_json: list[dict[str, object]] = field(default_factory=list)


@click.command()
@click.option("--repair", is_flag=True, help="Repair what can be repaired; nothing is deleted.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check settings, archive, cards and your reading state.

    The exit status is 1 if something is wrong.
    """
    cli: CliContext = ctx.obj
    report = DoctorReport()
    places = cli.places()
    config = cli.load_config()
    report.problems += cli.find_config_problems(config)
    if cli.demo:
        with cli.open_library() as library:
            _check_library(library, report, repair=repair)
    elif places.archive.exists() or _has_state(places.reading):
        _check_files(cli, config.config.shared_folder, report, repair=repair)
    else:
        report.remarks.append(NO_ISSUES_YET)
    if not cli.demo:
        _check_cards(places.cards, report, repair=repair)
    shown_places = _get_shown_places(cli)
    if as_json:
        print_json(
            {
                "ok": not report.problems,
                "faults": report.problems,
                "mended": report.repairs,
                "without_story": report.without_story_json,
                "remarks": report.remarks,
                "places": {name: str(path) for name, path in shown_places.items()},
            }
        )
    else:
        _print_report(report, shown_places)
    if report.problems:
        ctx.exit(1)


def find_archive_problems(path: Path) -> list[str]:
    """Return why the archive cannot be opened, or how it is damaged; empty if it is good."""
    try:
        with Archive(path, utc_now) as archive:
            return list(archive.find_problems())
    except ReaderError as error:
        return [str(error)]


def _get_shown_places(cli: CliContext) -> dict[str, Path]:
    """Return the paths to print. The databases of the demo are deleted at its end, so they are omitted."""
    places = cli.places()
    databases = {} if cli.demo else {"archive": places.archive, "reading": places.reading}
    cards = {"cards": places.cards} if places.cards.exists() and not cli.demo else {}
    return databases | cards | {"config": places.config}


def _check_files(cli: CliContext, shared: Path | None, report: DoctorReport, *, repair: bool) -> None:
    places = cli.places()
    if repair:
        _repair_state_file(places.reading, report)
        _repair_archive(cli, report)
    try:
        with Library.open(places, shared_folder=shared) as library:
            _check_library(library, report, repair=repair)
    except DatabaseError as error:
        problems = _find_state_problems(places.reading) + find_archive_problems(places.archive)
        report.problems += problems or [str(error)]
    _report_quarantined(places.archive, report)
    _report_quarantined(places.reading, report)


def _check_cards(path: Path, report: DoctorReport, *, repair: bool) -> None:
    """Check the cards of cited works, and replace their file if it is damaged."""
    if repair:
        with suppress(DatabaseError):  # the check below reports it
            moved = quarantine_if_not_a_file(path, utc_now())
            report.repairs += filter(None, (moved, replace_damaged_file(path, utc_now)))
    if problem := find_card_problem(path):
        report.problems.append(problem)
    with CardStore(path) as cards:
        if count := cards.count():
            report.remarks.append(f"Cards: {count:,}")
    _report_quarantined(path, report)


def _check_library(library: Library, report: DoctorReport, *, repair: bool) -> None:
    _check_state(library, report)
    _check_archive(library, report)
    if repair and (count := library.migrate_state()):
        what = (
            "1 mark or note was moved to its story"
            if count == 1
            else f"{count:,} marks and notes were moved to their stories"
        )
        report.repairs.append(f"{what}, whose text has changed.")
    lost = [state for state in library.state.get_story_states() if library.find_story(state.key) is None]
    report.without_story = get_annotated_stories(library, lost)
    report.without_story_json = [annotated_story_json(row) for row in report.without_story]
    report.remarks += _format_counts(library)


def _check_archive(library: Library, report: DoctorReport) -> None:
    """Add the problems of the open archive to the report."""
    report.problems += library.get_warnings(with_state=False)
    try:
        report.problems += library.archive.find_problems(_show_check_progress)
    finally:
        show_progress("")


def _show_check_progress(done: int, total: int) -> None:
    show_progress(f"Checking the archive: {done:,} of {total:,} issues")


def _check_state(library: Library, report: DoctorReport) -> None:
    """Add the problems of the open state, compared with its journal and its newest copy, to the report."""
    problems = library.state.find_problems()
    if not problems and (error := library.state.find_copy_error()):
        problems = (error,)
    report.problems += (*(warning for warning in library.state.warnings() if warning not in problems), *problems)


def _find_state_problems(path: Path) -> list[str]:
    """Return why the reading state cannot be opened; empty if it can."""
    try:
        ReadingState(path, utc_now).close()
    except DatabaseError as error:
        return [str(error)]
    return []


def _has_state(path: Path) -> bool:
    """Return True if there is a reading state, or a copy of a lost one."""
    return path.exists() or has_copies(path)


def _repair_archive(cli: CliContext, report: DoctorReport) -> None:
    """Repair the archive from its readable rows, and parse pages again whose stories may be damaged."""
    path = cli.places().archive
    if not path.exists():
        return
    try:
        for suffix in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + suffix), utc_now()):
                report.repairs.append(moved)
        result = repair(path, utc_now, _show_check_progress)
        if result is None:
            return
        report.repairs.append(result.message)
        count = cli.make_rebuild(lambda _: None).run()
        lost = tuple(dict.fromkeys((*result.lost_issues, *delete_empty_issues(path))))
    except ReaderError as error:
        report.problems.append(str(error))
        return
    finally:
        show_progress("")
    if count:
        what = plural(count, "issue was", "issues were")
        report.repairs.append(f"{what} parsed again from the stored pages.")
    if lost:
        more = f" and {len(lost) - _MAX_LOST_SHOWN:,} more" if len(lost) > _MAX_LOST_SHOWN else ""
        line = f"Issues with missing text: {', '.join(lost[:_MAX_LOST_SHOWN])}{more}."
        report.remarks.append(f"{line} Get them back: importai-tui sync --full, or import them again")


def _repair_state_file(path: Path, report: DoctorReport) -> None:
    """Repair or replace a damaged reading state, before anything else opens it.

    The first of these that works: rebuild the state from its journal, restore a copy, create a new state with all
    readable rows.
    """
    try:
        for suffix in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + suffix), utc_now()):
                report.repairs.append(moved)
        with ReadingState(path, utc_now) as state:  # restores the newest good copy if it cannot be opened
            if not state.find_damage():
                report.repairs += [state.warning] if state.warning else []
                return
            with suppress(DatabaseError):
                count = state.rebuild_from_journal()
                if not state.find_damage():
                    line = f"Restored {plural(count, 'value')} of the reading state from its journal."
                    report.repairs.append(line)
                    return
    except (BusyDatabase, LockError):
        return
    except ForeignDatabase:
        if not is_damaged(path):
            report.repairs.append(
                f"{path} belonged to another program. It was renamed to {quarantine(path, utc_now())}."
            )
            _repair_state_file(path, report)
            return
    except DatabaseError as error:
        if not isinstance(error, DamagedDatabase) and not is_damaged(path):
            return
    try:
        report.repairs.append(restore_newest_copy(path, utc_now, force=True))
    except DamagedDatabase:
        if message := recreate_state(path, utc_now, force=True):
            report.repairs.append(message)
    except DatabaseError:
        return


def _report_quarantined(path: Path, report: DoctorReport) -> None:
    found = sorted(path.parent.glob(f"{path.stem}-set-aside-*{path.suffix}"))
    report.remarks += (f"Set aside (delete it once everything works): {one}" for one in found)


def _format_counts(library: Library) -> list[str]:
    issues = len(library.get_issue_rows())
    synced = library.get_last_sync_time()
    lines = [f"Issues: {issues:,}"]
    lines.append(f"Last sync: {synced:%Y-%m-%d %H:%M} UTC" if synced else "Last sync: never")
    if not issues:
        lines.append(NO_ISSUES_YET)
    if missing := library.get_missing_numbers():
        lines.append(f"Missing issues: {len(missing):,}")
    return lines


def _print_report(report: DoctorReport, places: Mapping[str, Path]) -> None:
    lines = [f"Problem: {problem}" for problem in report.problems]
    lines += [f"Repaired: {line}" for line in report.repairs]
    lines += ["No problems found."] if not report.problems else []
    if report.without_story:
        count = len(report.without_story)
        what = plural(count, "story with marks or notes isn't", "stories with marks or notes aren't")
        lines.append(f"{what} in the archive. They are kept, and apply again once it is back:")
        lines += [f"  {_format_story(row)}" for row in report.without_story[:_MAX_STORIES_SHOWN]]
        if count > _MAX_STORIES_SHOWN:
            lines.append(f"  and {count - _MAX_STORIES_SHOWN:,} more (all of them: importai-tui doctor --json)")
    lines += report.remarks
    lines += [f"{_PLACE_LABELS[name]}: {path}" for name, path in places.items()]
    print_data("\n".join(lines))


def _format_story(row: AnnotatedStory) -> str:
    fields = ", ".join(dict.fromkeys(map(_name_field, row.state.fields)))
    return " · ".join(part for part in (row.state.name.issue, row.headline, fields) if part)


def _name_field(field: str) -> str:
    """Return what a field of the reading state is, without an id: "note", "highlight", "#robots"."""
    kind, _, name = field.partition(":")
    return f"#{name}" if kind == "tag" else kind
