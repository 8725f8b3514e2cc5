"""The commands that take the reading state out and merge it in: `export`, `import-state`.

Writes an export to a file. It replaces only an unchanged older export, which it knows by a stored digest.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from importai_tui.cli.context import Session
from importai_tui.cli.documents import STANDARD_INPUT, open_document
from importai_tui.cli.works import FORMS, chosen, written
from importai_tui.errors import ReaderError, UnreadableInput
from importai_tui.files import atomic_write
from importai_tui.output.console import emit_utf8, narrate, path_text, utf8
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.paths import Places
    from importai_tui.state.jsonl import Merged

_SETTING = "exports"
"""The name under which the reading state stores the digests."""
_MAX_DIGESTS = 200
"""Digests that are stored, the latest first. They stand for the contents, so a file may be renamed."""
_MAX_COMPARED_BYTES = 100_000_000
"""A larger file counts as changed; no export is as large."""


def write_export(library: Library, path: Path, data: bytes, *, force: bool = False) -> str:
    """Write the bytes to the file, atomic and durable. Return its name for users, of a link with its target.

    Args:
        library: stores the digest of the export.
        path: the file; a link is followed. An existing file must be empty or an unchanged export.
        data: the whole contents.
        force: replace any existing file.

    Raises:
        ReaderError: the file cannot be written, or is not an unchanged export.
    """
    _store_digest(library, data)
    shown = path_text(path)
    try:
        target = Path(os.path.realpath(path))
        if path.is_symlink():
            shown += f" (a link to {path_text(target)})"
        status = _status(path)
        if status is not None:
            _require_regular_file(status, shown)
            if not (force or _is_unchanged_export(library, path, status.st_size)):
                raise ReaderError(
                    f"{shown} is there and is no unchanged export of importai-tui, so it is left alone. "
                    "Choose another name, or replace it with --force."
                )
        with atomic_write(target) as file:
            file.write(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReaderError(f"{shown} cannot be written: {reason}. Choose another place.") from error
    except ValueError as error:  # a NUL character
        raise ReaderError(f"{shown} is no name that a file can have. Choose another one.") from error
    return shown


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _require_regular_file(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReaderError(f"{shown} is a folder. Name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReaderError(f"{shown} is no ordinary file. To write to a pipe, leave out --out.")


def _is_unchanged_export(library: Library, path: Path, size: int) -> bool:
    return not size or (size <= _MAX_COMPARED_BYTES and _digest(path.read_bytes()) in _stored_digests(library))


def _store_digest(library: Library, data: bytes) -> None:
    digests = dict.fromkeys([_digest(data), *_stored_digests(library)])
    # An export to another disk also works when the reading state cannot be written.
    with suppress(ReaderError):
        library.state.remember(_SETTING, " ".join([*digests][:_MAX_DIGESTS]))


def _stored_digests(library: Library) -> list[str]:
    return (library.state.recall(_SETTING) or "").split()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


_LONGEST_LINE = 4 * 1024 * 1024
"""Bytes read as one line, so that a file without line ends does not fill memory; no line of a state has half of it."""


class _Export(NamedTuple):
    """The text that goes out."""

    text: str
    is_empty: bool
    """It tells of nothing, though a form may have signs for that: an empty list."""


@click.command()
@click.option("--state", is_flag=True, help="The whole reading state, as lines of JSON for import-state (the default).")
@click.option("--notes", is_flag=True, help="Notes, highlights and tags as Markdown, one section a story.")
@click.option("--stories", is_flag=True, help="The stories that carry state, one JSON object a line.")
@click.option("--works", is_flag=True, help="The cited works, for a bibliography.")
@click.option("--starred", is_flag=True, help="With --works: those with a star alone, the reading list.")
@click.option("--format", "form", type=click.Choice(FORMS), help="With --works: in which form; bibtex unless told.")
@click.option("--out", metavar="FILE", help="Write to FILE, whole or not at all.")
@click.option("--force", is_flag=True, help="With --out: replace FILE also where it is no unchanged export.")
@click.pass_context
def export(
    ctx: click.Context,
    state: bool,
    notes: bool,
    stories: bool,
    works: bool,
    starred: bool,
    form: str | None,
    out: str | None,
    force: bool,
) -> None:
    """Take out what you did: to another machine, into your notes, for a script, or for a bibliography."""
    if state + notes + stories + works > 1:
        raise click.UsageError("Choose one of --state, --notes, --stories and --works.", ctx)
    if (starred or form) and not works:
        raise click.UsageError("--starred and --format go with --works.", ctx)
    to_file = out not in (None, "-")
    if force and not to_file:
        raise click.UsageError("--force goes with --out.", ctx)
    session: Session = ctx.obj
    with session.library() as library:
        if works:
            taken = _works(session, library, form or "bibtex", starred=starred)
        else:
            taken = _notes(library) if notes else _stories(library) if stories else _state(library)
        if taken.is_empty:
            narrate("There is nothing to take out yet.")
        if out is not None and to_file:
            _write(session.places(), library, Path(out), taken.text, force=force)
        else:
            emit_utf8(taken.text)


@click.command("import-state")
@click.argument("file", metavar="FILE")
@click.pass_context
def import_state(ctx: click.Context, file: str) -> None:
    """Merge a reading state that `export --state` has written in; "-" is standard input.

    Of each story's mark, note or tag the newest wins, so a file may be merged twice, and files in any order.
    """
    session: Session = ctx.obj
    with session.library() as library, _opened(file) as opened:
        merged = library.state.merge(_lines(opened, "Standard input" if file == STANDARD_INPUT else path_text(file)))
        library.follow_texts()
    for fault in merged.faults:
        narrate(f"Passed over: {fault}")
    if merged.bad > len(merged.faults):
        narrate(f"Passed over: {merged.bad - len(merged.faults):,} more lines.")
    if merged.ahead:
        lines = plural(merged.ahead, "line is", "lines are")
        narrate(f"{lines} dated far in the future, and counted as older than all others. Check the clocks.")
    narrate(_told(merged))
    if merged.bad and not merged.applied + merged.ignored:
        ctx.exit(1)


def _write(places: Places, library: Library, out: Path, text: str, *, force: bool) -> None:

    if _is_in_home(places, out):
        raise ReaderError(f"{path_text(out)} belongs to importai-tui itself. Choose another place.")
    narrate(f"Written: {write_export(library, out, utf8(text), force=force)}")


def _is_in_home(places: Places, out: Path) -> bool:
    """Tell whether the program keeps this file for itself: no export replaces it, not even with --force."""
    from importai_tui.state.schema import backups_of

    try:
        target = Path(os.path.realpath(out))
    except ValueError:  # no name that a file can have
        return False
    if target == Path(os.path.realpath(places.config)) or target.parent == backups_of(places.reading).resolve():
        return True
    own = (places.archive, places.reading)
    return any(target.parent == path.parent.resolve() and target.name.startswith(path.stem) for path in own)


def _state(library: Library) -> _Export:
    text = "".join(f"{line}\n" for line in library.state.lines())
    return _Export(text, not text)


def _notes(library: Library) -> _Export:
    from importai_tui.output.markdown import notes_markdown

    text = notes_markdown(library)
    return _Export(text, not text)


def _stories(library: Library) -> _Export:
    from importai_tui.output.json import kept_shape
    from importai_tui.output.markdown import kept_rows

    shapes = [kept_shape(library, row) for row in kept_rows(library, library.state.kept_stories())]
    text = "".join(f"{json.dumps(shape, ensure_ascii=False)}\n" for shape in shapes)
    return _Export(text, not shapes)


def _works(session: Session, library: Library, form: str, *, starred: bool) -> _Export:
    found, marks, _ = chosen(session, library, "is:starred" if starred else "")
    return _Export(written(found, marks, form), not found)


def _opened(file: str) -> BinaryIO:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer
    try:
        return open_document(file)
    except UnreadableInput as error:
        raise UnreadableInput(f"{file} {error}. Name a file of `importai-tui export`.") from error


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    try:
        while line := file.readline(_LONGEST_LINE):
            try:
                yield line.decode().removesuffix("\n")
            except UnicodeDecodeError:  # better no line than one with another text
                yield "\N{REPLACEMENT CHARACTER}"
    except OSError as error:
        raise UnreadableInput(f"{name} cannot be read to its end: {(error.strerror or str(error)).lower()}.") from error


def _told(merged: Merged) -> str:
    if not merged.applied + merged.ignored + merged.bad:
        return "The file holds no state; nothing was merged."
    parts = [plural(merged.applied, "change merged", "changes merged"), f"{merged.ignored:,} known already"]
    if merged.bad:
        parts.append(plural(merged.bad, "line passed over", "lines passed over"))
    return ", ".join(parts) + "."
