"""The commands `export` and `import-state`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from importai_tui.cli.context import CliContext
from importai_tui.cli.documents import STANDARD_INPUT, open_document
from importai_tui.cli.export_files import write_export
from importai_tui.cli.works import WORK_FORMATS, find_works, format_works
from importai_tui.errors import ReaderError, UnreadableInputError
from importai_tui.output.annotated_stories import get_annotated_stories
from importai_tui.output.console import format_path, print_status, print_utf8, to_utf8
from importai_tui.output.json import annotated_story_json
from importai_tui.output.markdown import notes_to_markdown
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.state.jsonl import MergeResult

_NOTHING_TO_EXPORT = "Nothing to export yet."
_NO_NOTES = "No notes yet."
_MAX_LINE_BYTES = 4 * 1024 * 1024
"""Limit for one line, so that a file without line ends does not fill memory. Lines of a state are less than half."""


@click.command()
@click.option("--state", is_flag=True, help="The whole reading state as JSON lines, for import-state (default).")
@click.option("--notes", is_flag=True, help="Notes, highlights and tags as Markdown, by story.")
@click.option("--stories", is_flag=True, help="Stories with any mark or note, as JSON lines.")
@click.option("--works", is_flag=True, help="Cited works, for a bibliography.")
@click.option("--starred", is_flag=True, help="With --works: only starred works (your reading list).")
@click.option("--format", "form", type=click.Choice(WORK_FORMATS), help="With --works: output format (default bibtex).")
@click.option("--out", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="With --out: overwrite any existing FILE.")
@click.pass_context
def export(ctx: click.Context, /, **_options: object) -> None:
    """Export your marks, notes and reading list.

    With --out, an existing file is overwritten only if it is an unchanged export.
    """
    _check_options(ctx)
    cli: CliContext = ctx.obj
    with cli.open_library() as library:
        output = _make_output(ctx, library)
        if output.is_empty:
            print_status(_describe_empty(ctx))
            if ctx.params["notes"]:  # an empty file is not a document; the other formats have empty ones
                ctx.exit(1)
        if _writes_file(ctx):
            print_status(_write_to_file(ctx, library, output.text))
        else:
            print_utf8(output.text)


def export_from_reader(cli: CliContext, words: Sequence[str]) -> str:
    """Run `export` with these arguments, which name a file, and return a message for the user.

    Raises:
        ReaderError: the arguments are wrong, or the file cannot be written.
    """
    try:
        ctx = export.make_context("export", [*words], obj=cli)
        _check_options(ctx)
        if not _writes_file(ctx):
            raise ReaderError("Name a file, for example: export --notes --out notes.md")
    except click.ClickException as error:
        raise ReaderError(error.format_message()) from error
    except click.exceptions.Exit:  # --help
        raise ReaderError("See the help topic “export” for its options.") from None
    # The whole path, because a user of the reader does not know the working directory.
    ctx.params["out"] = str(Path(ctx.params["out"]).expanduser().absolute())
    with cli.open_library(for_app=True) as library:
        output = _make_output(ctx, library)
        return _describe_empty(ctx) if output.is_empty else _write_to_file(ctx, library, output.text)


@click.command("import-state")
@click.argument("file", metavar="FILE")
@click.pass_context
def import_state(ctx: click.Context, file: str) -> None:
    """Merge in a reading state written by `export --state`.

    FILE can also be "-" for standard input. For each mark, note or tag the newest wins, so files can be merged
    repeatedly and in any order.
    """
    cli: CliContext = ctx.obj
    with cli.open_library() as library, _open_input(file) as opened:
        name = "Standard input" if file == STANDARD_INPUT else format_path(file)
        result = library.state.merge(_read_lines(opened, name))
        library.migrate_state()
    for error in result.errors:
        print_status(error.replace("Line", "Skipped line", 1))
    if result.invalid > len(result.errors):
        print_status(f"Skipped {plural(result.invalid - len(result.errors), 'more line')}.")
    if result.future:
        lines = plural(result.future, "line is", "lines are")
        print_status(f"{lines} dated far in the future, so all other changes win. Check the clocks.")
    print_status(_format_merge_result(result))
    if result.invalid and not result.applied + result.ignored:
        ctx.exit(1)


class _Export(NamedTuple):
    """The text to write."""

    text: str
    is_empty: bool
    """True if there is nothing to export; the text may still be "[]"."""


def _check_options(ctx: click.Context) -> None:
    options = ctx.params
    if options["state"] + options["notes"] + options["stories"] + options["works"] > 1:
        raise click.UsageError("Choose one of --state, --notes, --stories and --works.", ctx)
    if (options["starred"] or options["form"]) and not options["works"]:
        raise click.UsageError("--starred and --format work only with --works.", ctx)
    if options["force"] and not _writes_file(ctx):
        raise click.UsageError("--force needs --out.", ctx)


def _describe_empty(ctx: click.Context) -> str:
    return _NO_NOTES if ctx.params["notes"] else _NOTHING_TO_EXPORT


def _writes_file(ctx: click.Context) -> bool:
    return ctx.params["out"] not in (None, "-")


def _make_output(ctx: click.Context, library: Library) -> _Export:
    options = ctx.params
    if options["works"]:
        return _export_works(ctx.obj, library, options["form"] or "bibtex", starred=options["starred"])
    if options["notes"]:
        return _export_notes(library)
    return _export_stories(library) if options["stories"] else _export_state(library)


def _export_state(library: Library) -> _Export:
    text = "".join(f"{line}\n" for line in library.state.export_lines())
    return _Export(text, not text)


def _export_notes(library: Library) -> _Export:
    text = notes_to_markdown(library)
    return _Export(text, not text)


def _export_stories(library: Library) -> _Export:
    stories = get_annotated_stories(library, library.state.get_story_states())
    lines = (json.dumps(annotated_story_json(library, story), ensure_ascii=False) for story in stories)
    return _Export("".join(f"{line}\n" for line in lines), not stories)


def _export_works(cli: CliContext, library: Library, form: str, *, starred: bool) -> _Export:
    result, marks = find_works(cli, library, "is:starred" if starred else "")
    return _Export(format_works(result, marks, form), not result.works)


def _write_to_file(ctx: click.Context, library: Library, text: str) -> str:
    """Write the file and return a message for the user."""
    cli: CliContext = ctx.obj
    out, force = Path(ctx.params["out"]), ctx.params["force"]
    return f"Wrote {write_export(library, cli.places(), out, to_utf8(text), force=force)}"


def _open_input(file: str) -> BinaryIO:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer
    try:
        return open_document(file)
    except UnreadableInputError as error:
        raise UnreadableInputError(f"{file}: {error}. Give a file written by: importai-tui export --state") from error


def _read_lines(file: BinaryIO, name: str) -> Iterator[str]:
    try:
        while line := file.readline(_MAX_LINE_BYTES):
            try:
                yield line.decode().removesuffix("\n")
            except UnicodeDecodeError:  # the caller reports it as an invalid line
                yield "\N{REPLACEMENT CHARACTER}"
    except OSError as error:
        raise UnreadableInputError(f"Can't read all of {name}: {(error.strerror or str(error)).lower()}.") from error


def _format_merge_result(result: MergeResult) -> str:
    if not result.applied + result.ignored + result.invalid:
        return "Nothing to merge: the file contains no changes."
    skipped = f", {plural(result.invalid, 'line')} skipped" if result.invalid else ""
    return f"Merged {plural(result.applied, 'change')} ({result.ignored:,} already known{skipped})."
