"""The commands `export` and `import-state`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from importai_tui.cli.books import EPUB, check_out, get_author, is_file, refuse_terminal
from importai_tui.cli.completion import complete_file, complete_folder
from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.context import CliContext, upgrade_archive
from importai_tui.cli.documents import STANDARD_INPUT, open_document
from importai_tui.cli.export_files import make_absolute, write_export
from importai_tui.cli.forecasts import FORECAST_FORMATS, format_forecasts, get_today
from importai_tui.cli.works import WORK_FORMATS, find_works, format_works
from importai_tui.clock import utc_now
from importai_tui.errors import ReaderError, UnreadableInputError
from importai_tui.output.annotated_stories import get_annotated_stories, get_noted_stories
from importai_tui.output.console import format_json, format_path, get_columns, print_bytes, print_status, to_utf8
from importai_tui.output.json import annotated_story_json, noted_story_json
from importai_tui.output.notes_markdown import notes_to_markdown
from importai_tui.output.notes_readwise import notes_to_readwise
from importai_tui.output.notes_ris import notes_to_ris
from importai_tui.wording import format_os_error, plural

if TYPE_CHECKING:
    from importai_tui.cli.export_folder import FolderReport
    from importai_tui.library.library import Library
    from importai_tui.state.jsonl import MergeResult

FORMATS = {
    "notes": ("markdown", "readwise", "ris", "json"),
    "works": WORK_FORMATS,
    "forecasts": FORECAST_FORMATS,
    "tales": ("text", "markdown", EPUB),
}
"""The formats of each kind of export that has several, the default first."""
_FORMATS_HELP = "; ".join(f"--{kind}: {', '.join(forms)}" for kind, forms in FORMATS.items())
_EMPTY_MESSAGES = {
    "notes": "No notes, highlights or tags yet.",
    "stories": "No stories with marks yet.",
    "forecasts": "No sentences that look like a forecast yet.",
    "tales": "No tales yet.",
}
_MAX_LINE_BYTES = 4 * 1024 * 1024
"""Limit for one line, so that a file without line ends does not fill memory. Lines of a state are less than half."""


@click.command()
@click.option("--state", is_flag=True, help="The whole reading state as JSON lines, for import-state (default).")
@click.option("--notes", is_flag=True, help="Notes, highlights and tags, by story.")
@click.option("--stories", is_flag=True, help="Stories with any mark or note, as JSON lines.")
@click.option("--works", is_flag=True, help="Cited works, for a bibliography.")
@click.option("--forecasts", is_flag=True, help="Sentences that look like a forecast, with your verdicts.")
@click.option("--tales", is_flag=True, help="All Tech Tales, oldest first.")
@click.option("--starred", is_flag=True, help="With --works: only starred works (your reading list).")
@click.option(
    "--format",
    "form",
    type=click.Choice(dict.fromkeys(form for forms in FORMATS.values() for form in forms)),
    metavar="FORMAT",
    help=f"Output format. {_FORMATS_HELP}",
)
@click.option(
    "--each",
    metavar="DIR",
    shell_complete=complete_folder,
    help="With --notes: write a Markdown file for each story into the folder DIR.",
)
@click.option("--out", metavar="FILE", shell_complete=complete_file, help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="With --out: overwrite any existing FILE.")
@click.pass_context
def export(ctx: click.Context, /, **_options: object) -> None:
    """Export notes, marks, works, forecasts or the tales.

    With --out and --each, an existing file is overwritten only if it is an unchanged export.
    """
    kind = _check_options(ctx)
    cli: CliContext = ctx.obj
    with cli.open_library() as library:
        if ctx.params["each"] is not None:
            report = _write_folder(ctx, library)
            for line in report.lines if report else [_describe_empty(ctx, library, kind)]:
                print_status(line)
            if report is None or report.failed:
                ctx.exit(1)
            return
        output = _EXPORTS[kind](ctx, library)
        if output.is_empty:
            print_status(_describe_empty(ctx, library, kind))
            # An empty file is not a document; the other formats have empty ones.
            if kind in ("notes", "forecasts", "tales") and not output.data:
                ctx.exit(1)
        if _writes_file(ctx):
            print_status(_write_to_file(ctx, library, output.data))
        else:
            print_bytes(output.data)


def export_from_reader(cli: CliContext, words: Sequence[str]) -> str:
    """Run `export` with these arguments, which name a file, and return a message for the user.

    Raises:
        ReaderError: the arguments are wrong, or the file cannot be written.
    """
    try:
        ctx = export.make_context("export", [*words], obj=cli)
        kind = _check_options(ctx)
        if not _writes_file(ctx) and ctx.params["each"] is None:
            raise ReaderError("Name a file, for example: export --notes --out notes.md")
    except click.ClickException as error:
        raise ReaderError(error.format_message()) from error
    except click.exceptions.Exit:  # --help
        raise ReaderError("See the help topic “export” for its options.") from None
    for name in ("out", "each"):
        if ctx.params[name]:
            ctx.params[name] = str(make_absolute(ctx.params[name]))
    with cli.open_library(for_app=True) as library:
        if ctx.params["each"] is not None:
            report = _write_folder(ctx, library)
            if report is None:
                return _describe_empty(ctx, library, kind)
            message = report.lines[0] if len(report.lines) == 1 else ". ".join((*report.lines, "")).rstrip()
            if report.failed:
                raise ReaderError(message)
            return message
        output = _EXPORTS[kind](ctx, library)
        if output.is_empty:
            return _describe_empty(ctx, library, kind)
        return _write_to_file(ctx, library, output.data)


@click.command("import-state")
@click.argument("file", metavar="FILE", shell_complete=complete_file)
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


def _describe_empty(ctx: click.Context, library: Library, kind: str) -> str:
    """Say that there is nothing of this kind."""
    if kind in ("tales", "forecasts") and library.is_empty():
        return NO_ISSUES_YET
    if kind == "works":
        return "No starred works yet." if ctx.params["starred"] else "No works yet."
    return _EMPTY_MESSAGES.get(kind, "Nothing to export yet.")


class _Export(NamedTuple):
    """The contents of the file to write."""

    data: bytes
    is_empty: bool
    """True if there is nothing to export; the file may still be "[]"."""


def _check_options(ctx: click.Context) -> str:
    """Return the kind of the export; raises `click.UsageError` for options that do not go together."""
    options = ctx.params
    kinds = [kind for kind in _EXPORTS if options[kind]]
    if len(kinds) > 1:
        raise click.UsageError(f"Choose one of {_join_options(_EXPORTS)}.", ctx)
    kind = kinds[0] if kinds else "state"
    if options["starred"] and kind != "works":
        raise click.UsageError("--starred works only with --works.", ctx)
    if (form := options["form"]) and form not in (forms := FORMATS.get(kind, ())):
        if not forms:
            raise click.UsageError(f"--format works only with {_join_options(FORMATS)}.", ctx)
        raise click.UsageError(f"--{kind} can't be written as {form}. Choose one of: {', '.join(forms)}.", ctx)
    if options["each"] is not None:
        _check_folder_options(ctx, kind)
    check_out(ctx)
    if form == EPUB:
        refuse_terminal(ctx)
    return kind


def _join_options(kinds: Iterable[str]) -> str:
    *others, last = (f"--{kind}" for kind in kinds)
    return f"{', '.join(others)} and {last}"


def _check_folder_options(ctx: click.Context, kind: str) -> None:
    options = ctx.params
    if kind != "notes":
        raise click.UsageError("--each works only with --notes.", ctx)
    if options["each"] in ("", STANDARD_INPUT):
        raise click.UsageError("--each needs the name of a folder.", ctx)
    if _writes_file(ctx) or options["form"] not in (None, "markdown"):
        raise click.UsageError("--each writes Markdown files into a folder; omit --out and --format.", ctx)


def _get_format(ctx: click.Context, kind: str) -> str:
    return ctx.params["form"] or FORMATS[kind][0]


def _writes_file(ctx: click.Context) -> bool:
    return is_file(ctx.params["out"])


def _export_state(_: click.Context, library: Library) -> _Export:
    return _make_export("".join(f"{line}\n" for line in library.state.export_lines()))


def _export_notes(ctx: click.Context, library: Library) -> _Export:
    match _get_format(ctx, "notes"):
        case "readwise":
            return _make_export(notes_to_readwise(get_noted_stories(library)))
        case "ris":
            return _make_export(notes_to_ris(get_noted_stories(library)))
        case "json":
            stories = [noted_story_json(library, story) for story in get_noted_stories(library)]
            return _make_export(format_json({"stories": stories}) + "\n", is_empty=not stories)
        case _:
            return _make_export(notes_to_markdown(library))


def _export_stories(_: click.Context, library: Library) -> _Export:
    stories = get_annotated_stories(library, library.state.get_story_states())
    return _make_export("".join(f"{format_json(annotated_story_json(story))}\n" for story in stories))


def _export_works(ctx: click.Context, library: Library) -> _Export:
    result, marks = find_works(ctx.obj, library, "is:starred" if ctx.params["starred"] else "")
    text = format_works(result, marks, _get_format(ctx, "works"))
    return _make_export(text, is_empty=not result.works)


def _export_forecasts(ctx: click.Context, library: Library) -> _Export:
    upgrade_archive(ctx.obj, library)
    found = library.get_forecasts(today := get_today())
    text = format_forecasts(library, found, today, _get_format(ctx, "forecasts"))
    return _make_export(text, is_empty=not found)


def _export_tales(ctx: click.Context, library: Library) -> _Export:
    from importai_tui.output.books import find_tales, list_to_markdown, list_to_text, make_book

    tales = find_tales(library)
    if not tales.keys:
        return _Export(b"", is_empty=True)
    match _get_format(ctx, "tales"):
        case "epub":
            return _Export(make_book(library, tales, utc_now(), get_author(ctx.obj)), is_empty=False)
        case "markdown":
            return _make_export(list_to_markdown(library, tales))
        case _:
            return _make_export(list_to_text(library, tales, None if _writes_file(ctx) else get_columns()))


def _make_export(text: str, *, is_empty: bool = False) -> _Export:
    return _Export(to_utf8(text), is_empty or not text)


_EXPORTS: dict[str, Callable[[click.Context, Library], _Export]] = {
    "state": _export_state,
    "notes": _export_notes,
    "stories": _export_stories,
    "works": _export_works,
    "forecasts": _export_forecasts,
    "tales": _export_tales,
}
"""The kinds of exports, by the name of their option."""


def _write_to_file(ctx: click.Context, library: Library, data: bytes) -> str:
    """Write the file and return a message for the user."""
    cli: CliContext = ctx.obj
    return f"Wrote {write_export(library, cli.places(), Path(ctx.params['out']), data, force=ctx.params['force'])}"


def _write_folder(ctx: click.Context, library: Library) -> FolderReport | None:
    """Write a file for each story with notes; None if there is none, and nothing in the folder to report."""
    # Imported here, because other exports do not need it.
    from importai_tui.cli.export_folder import write_note_files

    cli: CliContext = ctx.obj
    stories = get_noted_stories(library)
    return write_note_files(library, cli.places(), Path(ctx.params["each"]), stories) if stories else None


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
        raise UnreadableInputError(f"Can't read all of {name}: {format_os_error(error)}.") from error


def _format_merge_result(result: MergeResult) -> str:
    if not result.applied + result.ignored + result.invalid:
        return "Nothing to merge: the file contains no changes."
    skipped = f", {plural(result.invalid, 'line')} skipped" if result.invalid else ""
    return f"Merged {plural(result.applied, 'change')} ({result.ignored:,} already known{skipped})."
