"""The command that checks what is kept on the disk, and mends it: `doctor`. It never deletes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importai_tui.cli.doctor_archive import archive_faults, examine_archive, repair_archive
from importai_tui.cli.doctor_findings import Findings
from importai_tui.cli.doctor_state import examine_state, has_state, repair_state_file, state_faults
from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.errors import DatabaseTrouble, ReaderError
from importai_tui.printing.console import emit, emit_json
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from importai_tui.library import Library
    from importai_tui.printing.kept import KeptRow

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
    from importai_tui.library import Library

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
    from importai_tui.printing.kept import kept_rows
    from importai_tui.printing.shapes import kept_shape

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
