"""The commands that follow what is cited: `links`, `open`.

The command that changes the reading state: `mark`.

The command that prints what there is in one piece: `show`.

The command that lists what there is: `list`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NOTHING_YET
from importai_tui.cli.context import Session, catch_up
from importai_tui.cli.options import json_option
from importai_tui.errors import NotFound
from importai_tui.output.console import columns, emit, emit_json, narrate
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.model import Link


@click.command("list")
@click.option("--unread", is_flag=True, help="Only issues with something unread.")
@json_option
@click.pass_obj
def list_(session: Session, unread: bool, as_json: bool) -> None:
    """List the issues, newest first: date, unread/stories, REF, title."""
    with session.library() as library:
        heads = library.issue_heads(unread_only=unread)
        if as_json:
            from importai_tui.output.json import issue_head_shape

            emit_json({"issues": [issue_head_shape(head) for head in heads]})
        elif heads:
            from importai_tui.output.tables import issue_table

            emit(issue_table(heads, columns()))
        if not heads:
            narrate(NOTHING_YET if library.is_empty() else "Everything is read.")


@click.command()
@click.argument("ref")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def show(session: Session, ref: str, form: str, as_json: bool) -> None:
    """Print an issue or a story."""
    with session.library() as library:
        issue_ref, position = library.resolve(ref)
        if as_json or form == "json":
            from importai_tui.output.json import issue_shape, story_shape

            emit_json(
                issue_shape(library, issue_ref) if position is None else story_shape(library, issue_ref, position)
            )
        elif form == "markdown":
            from importai_tui.output.markdown import issue_markdown, story_markdown

            emit(
                issue_markdown(library.issue(issue_ref))
                if position is None
                else story_markdown(library.story(issue_ref, position))
            )
        else:
            from importai_tui.output.text import issue_lines, story_lines

            if position is None:
                lines = issue_lines(library.issue(issue_ref), columns(), for_reading=False)
            else:
                date = library.issue_head(issue_ref).date
                story = library.story(issue_ref, position)
                lines = story_lines(story, issue_ref, date, columns(), for_reading=False)
            emit("\n".join(lines))


@click.command()
@click.argument("ref")
@json_option
@click.pass_obj
def links(session: Session, ref: str, as_json: bool) -> None:
    """Print the links of a story, or of an issue's stories numbered through."""
    with session.library() as library:
        catch_up(session, library)
        found_ref, found = _links(library, ref)
    if as_json:
        from importai_tui.output.json import link_shapes

        emit_json({"ref": found_ref, "links": link_shapes(found)})
    elif found:
        from importai_tui.output.tables import link_table

        emit(link_table(found))
    else:
        narrate(f"{found_ref} has no links.")


@click.command("open")
@click.argument("ref")
@click.argument("n", type=click.IntRange(min=1), required=False)
@click.pass_obj
def open_(session: Session, ref: str, n: int | None) -> None:
    """Open link N in the browser; without N the story's own page."""
    with session.library() as library:
        if n is not None:  # counted as `links` counts
            catch_up(session, library)
        link, title = (None, "") if n is None else _cited(library, ref, n)
        url = (link.url if link else None) or _page(library, ref)
        opened = session.opener()(url)
        if opened.opened and link and link.work:
            library.state.keep_opened(link.work, title)
    if opened.opened:
        narrate(opened.note)
    else:
        narrate("No browser here; this is the address:")
        emit(opened.url)


def _links(library: Library, ref: str) -> tuple[str, list[tuple[str, Link, str]]]:
    """The full reference, and the links in order, numbered through: each with its story's reference and its title."""
    from importai_tui.works.titles import titles

    issue_ref, position = library.resolve(ref)
    stories = library.issue(issue_ref).stories if position is None else [library.story(issue_ref, position)]
    every = [(story, link, called[link.n]) for story in stories for called in [titles(story)] for link in story.links]
    found_ref = issue_ref if position is None else f"{issue_ref}/{position}"
    return found_ref, [
        (f"{issue_ref}/{story.position}", replace(link, n=n), title) for n, (story, link, title) in enumerate(every, 1)
    ]


def _cited(library: Library, ref: str, n: int) -> tuple[Link, str]:
    """Link N, which has an address, and what it cites."""
    found_ref, found = _links(library, ref)
    if n > len(found):
        count = plural(len(found), "link")
        raise NotFound(f"{found_ref} has {count}, so there is no link {n}. See them: importai-tui links {found_ref}")
    _, link, title = found[n - 1]
    if link.url is None:
        raise NotFound(
            f'Link {n} of {found_ref}, "{link.text}", has no web address. See the others: '
            f"importai-tui links {found_ref}"
        )
    return link, title


def _page(library: Library, ref: str) -> str:
    issue_ref, _ = library.resolve(ref)
    url = library.issue_head(issue_ref).url
    if url is None:
        raise NotFound(f"The page of {issue_ref} is not known. Open one of its links: importai-tui links {ref}")
    return url


@click.command()
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@click.option("--read", is_flag=True, help="Mark as read.")
@click.option("--unread", is_flag=True, help="Mark as unread.")
@click.option("--star", is_flag=True, help="Give a star.")
@click.option("--unstar", is_flag=True, help="Take the star away.")
@click.pass_context
def mark(ctx: click.Context, refs: tuple[str, ...], read: bool, unread: bool, star: bool, unstar: bool) -> None:
    """Mark stories, or every story of an issue. All of one call is one step that can be undone in the reader."""
    if (read and unread) or (star and unstar):
        raise click.UsageError("A mark and its opposite cannot both be set.", ctx)
    if not (read or unread or star or unstar):
        raise click.UsageError("Say which mark: --read, --unread, --star or --unstar.", ctx)
    session: Session = ctx.obj
    keys: list[str] = []
    lost = False
    with session.library() as library:
        for ref in refs:
            try:
                issue_ref, position = library.resolve(ref)
            except NotFound as error:
                narrate(f"importai-tui: {error}")
                lost = True
                continue
            heads = library.story_heads(issue_ref)
            keys += [head.key for head in heads if position in (None, head.position)]
        if keys:
            change = library.mark(keys, read=_either(read, unread), starred=_either(star, unstar))
            narrate(f"{change.label}.")
    if lost:
        ctx.exit(1)


def _either(on: bool, off: bool) -> bool | None:
    return None if on == off else on
