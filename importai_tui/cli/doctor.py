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

from importai_tui.cli.context import Session
from importai_tui.cli.options import json_option
from importai_tui.errors import DatabaseTrouble, ReaderError
from importai_tui.output.console import emit, emit_json, progress
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from importai_tui.library.library import Library
    from importai_tui.output.markdown import KeptRow


@dataclass(slots=True)
class Findings:
    """Everything that a run of `doctor` found."""

    faults: list[str] = field(default_factory=list)
    """Sentences about what is still wrong."""
    mended: list[str] = field(default_factory=list)
    """Sentences about what was repaired."""
    remarks: list[str] = field(default_factory=list)
    without_story: list[KeptRow] = field(default_factory=list)
    shapes: list[dict[str, object]] = field(default_factory=list)


_NAMED = 10
"""Lost issues that are named."""


def repair_archive(session: Session, found: Findings) -> None:
    """Repair the archive from what it still holds, and read again the pages of issues whose stories are in doubt."""
    from importai_tui.archive.repair import drop_empty_issues, repair
    from importai_tui.clock import utc_now
    from importai_tui.files import SQLITE_SUFFIXES, quarantine_if_not_a_file

    path = session.places().archive
    if not path.exists():
        return
    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.mended.append(moved)
        done = repair(path, utc_now, _report)
        if done is None:
            return
        found.mended.append(done.sentence)
        again = session.rebuild(lambda _: None).run()
        lost = tuple(dict.fromkeys((*done.lost, *drop_empty_issues(path))))
    except ReaderError as trouble:
        found.faults.append(str(trouble))
        return
    finally:
        progress("")
    if again:
        what = plural(again, "issue was", "issues were")
        found.mended.append(f"{what} read again from the stored pages.")
    if lost:
        more = f" and {len(lost) - _NAMED:,} more" if len(lost) > _NAMED else ""
        line = f"Lost for now, whole or in part: {', '.join(lost[:_NAMED])}{more}."
        found.remarks.append(f"{line} To get them back: importai-tui sync --full, or import them again")


def examine_archive(library: Library, found: Findings) -> None:
    """Check the open archive."""
    found.faults += library.warnings(state=False)
    try:
        found.faults += library.archive.damage(_report)
    finally:
        progress("")


def archive_faults(path: Path) -> list[str]:
    """Say why the archive cannot be opened, or how it is damaged; empty where it is good."""
    from importai_tui.archive.archive import Archive
    from importai_tui.clock import utc_now

    try:
        with Archive(path, utc_now) as archive:
            return list(archive.damage())
    except ReaderError as trouble:
        return [str(trouble)]


def _report(done: int, total: int) -> None:
    progress(f"Checking the archive: {done:,} of {total:,} issues")


def has_state(path: Path) -> bool:
    """Tell whether there is a reading state, or a copy of one that is gone."""
    from importai_tui.state.schema import has_copies

    return path.exists() or has_copies(path)


def repair_state_file(path: Path, found: Findings) -> None:
    """Put a good file where a damaged one is, before anything else is done with it.

    First the open state is repaired from its journal; then a copy is restored; at last a new state is begun with all
    that can still be read.
    """
    from importai_tui.clock import utc_now
    from importai_tui.errors import LockTrouble
    from importai_tui.files import SQLITE_SUFFIXES, quarantine, quarantine_if_not_a_file
    from importai_tui.sqlite import BusyDatabase, DamagedDatabase, ForeignDatabase
    from importai_tui.state.integrity import is_damaged
    from importai_tui.state.reading_state import ReadingState
    from importai_tui.state.recovery import begin_anew, restore_newest_good

    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.mended.append(moved)
        with ReadingState(path, utc_now) as state:  # restores the newest good copy, where it cannot be opened
            if not state.damage():
                found.mended += [state.warning] if state.warning else []
                return
            with suppress(DatabaseTrouble):
                count = state.rebuild_from_journal()
                if not state.damage():
                    line = f"The reading state agrees with its journal again; {count:,} values were put right."
                    found.mended.append(line)
                    return
    except (BusyDatabase, LockTrouble):
        return
    except ForeignDatabase:
        if not is_damaged(path):
            found.mended.append(f"{path} belonged to another program. It is kept as {quarantine(path, utc_now())}.")
            repair_state_file(path, found)
            return
    except DatabaseTrouble as trouble:
        if not isinstance(trouble, DamagedDatabase) and not is_damaged(path):
            return
    try:
        found.mended.append(restore_newest_good(path, utc_now, force=True))
    except DamagedDatabase:
        if begun := begin_anew(path, utc_now, force=True):
            found.mended.append(begun)
    except DatabaseTrouble:
        return


def state_faults(path: Path) -> list[str]:
    """Say why the reading state cannot be opened; empty where it can."""
    from importai_tui.clock import utc_now
    from importai_tui.state.reading_state import ReadingState

    try:
        ReadingState(path, utc_now).close()
    except DatabaseTrouble as trouble:
        return [str(trouble)]
    return []


def examine_state(library: Library, found: Findings) -> None:
    """Check the open state against its journal and its newest copy."""
    wrong = library.state.check()
    if not wrong and (trouble := library.state.copy_trouble()):
        wrong = (trouble,)
    found.faults += (*(warning for warning in library.state.warnings() if warning not in wrong), *wrong)


_SHOWN = 20
"""Stories without a place that are named, a screen of them; all of them are in the JSON and in `export --stories`."""


_PLACES = {"archive": "Archive", "reading": "Reading state", "config": "Settings"}


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended; nothing is deleted.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check the settings, the archive and what you did; 1 is the exit status if something is wrong."""
    session: Session = ctx.obj
    found = Findings()
    places = session.places()
    shared = _shared_folder(session, found)
    if session.demo:
        with session.library() as library:
            _examine(library, found, repair=repair)
    elif places.archive.exists() or has_state(places.reading):
        _examine_files(session, shared, found, repair=repair)
    else:
        found.remarks.append("There is no archive and no reading state yet. Bring in issues: importai-tui sync")
    named = _named_places(session)
    if as_json:
        emit_json(
            {
                "ok": not found.faults,
                "faults": found.faults,
                "mended": found.mended,
                "without_story": found.shapes,
                "remarks": found.remarks,
                "places": {name: str(path) for name, path in named.items()},
            }
        )
    else:
        _tell(found, named)
    if found.faults:
        ctx.exit(1)


def _named_places(session: Session) -> dict[str, Path]:
    """What stays; what the demo reads, and what is done in it, is thrown away at its end."""
    places = session.places()
    kept = {} if session.demo else {"archive": places.archive, "reading": places.reading}
    return kept | {"config": places.config}


def _shared_folder(session: Session, found: Findings) -> Path | None:
    from importai_tui.config import read_config

    try:
        return read_config(session.places().config).shared_folder
    except ReaderError as error:
        found.faults.append(str(error))
        return None


def _examine_files(session: Session, shared: Path | None, found: Findings, *, repair: bool) -> None:
    from importai_tui.library.library import Library

    places = session.places()
    if repair:
        repair_state_file(places.reading, found)
        repair_archive(session, found)
    try:
        with Library.open(places, shared=shared) as library:
            _examine(library, found, repair=repair)
    except DatabaseTrouble as trouble:
        faults = state_faults(places.reading) + archive_faults(places.archive)
        found.faults += faults or [str(trouble)]
    for aside in (*_aside(places.archive), *_aside(places.reading)):
        found.remarks.append(f"Set aside, and no longer needed where all is well: {aside}")


def _examine(library: Library, found: Findings, *, repair: bool) -> None:
    from importai_tui.output.json import kept_shape
    from importai_tui.output.markdown import kept_rows

    examine_state(library, found)
    examine_archive(library, found)
    if repair and (count := library.follow_texts()):
        what = (
            "1 mark or note has followed its story"
            if count == 1
            else f"{count:,} marks and notes have followed their story"
        )
        found.mended.append(f"{what} to where the text is now.")
    lost = [kept for kept in library.state.kept_stories() if library.place_in_archive(kept.key) is None]
    guide = _guide_keys() if lost else frozenset()
    found.without_story = kept_rows(library, [kept for kept in lost if kept.key not in guide])
    found.shapes = [kept_shape(library, row) for row in found.without_story]
    found.remarks += _figures(library)


def _guide_keys() -> frozenset[str]:
    """The stories of the guide are in no archive that lasts."""
    from importai_tui.guide import open_demo

    with open_demo() as guide:
        return frozenset(story.key for head in guide.issue_heads() for story in guide.story_heads(head.ref))


def _figures(library: Library) -> list[str]:
    issues = len(library.issue_heads())
    synced = library.synced_at()
    lines = [f"Issues in the archive: {issues:,}"]
    lines.append(f"Last sync: {synced:%Y-%m-%d %H:%M} UTC" if synced else "Last sync: never")
    if missing := library.missing_numbers():
        lines.append(f"Numbers that the archive lacks: {len(missing):,}")
    return lines


def _aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.stem}-set-aside-*{path.suffix}"))


def _tell(found: Findings, places: Mapping[str, Path]) -> None:
    lines = [f"Wrong: {fault}" for fault in found.faults]
    lines += [f"Mended: {line}" for line in found.mended]
    lines += ["All is well."] if not found.faults else []
    if found.without_story:
        count = len(found.without_story)
        what = plural(count, "story with state is", "stories with state are")
        lines.append(f"{what} not in the archive. What is kept of it applies again when it is back:")
        lines += [f"  {_named(row)}" for row in found.without_story[:_SHOWN]]
        lines += [f"  and {count - _SHOWN:,} more; all of them: importai-tui doctor --json"] if count > _SHOWN else []
    lines += found.remarks
    lines += [f"{_PLACES[name]}: {path}" for name, path in places.items()]
    emit("\n".join(lines))


def _named(row: KeptRow) -> str:
    kept = row.kept
    return " · ".join(part for part in (kept.name.issue, row.headline, ", ".join(kept.fields)) if part)
