"""Prepares a command of the user: its arguments, and the text that it gets."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from importai_tui.browser import find_unsafe_openers
from importai_tui.command_safety import runs_input
from importai_tui.errors import UserCommandError
from importai_tui.links.urls import browser_url
from importai_tui.model import Issue, Link, Story, shorten_title
from importai_tui.user_commands.placeholders import expand_home, fill_in

if TYPE_CHECKING:
    from importai_tui.config.schema import Config
    from importai_tui.config.user_commands import UserCommand
    from importai_tui.library.library import Library
    from importai_tui.output.annotated_stories import AnnotatedStory
    from importai_tui.works.query import WorkMarks
    from importai_tui.works.work import Work

_SUFFIXES = {"text": ".txt", "markdown": ".md", "json": ".json"}
_FILE = "{file}"


class PreparedCommand(NamedTuple):
    """A program that is ready to run."""

    name: str
    """The name of the command, for messages."""
    argv: tuple[str, ...]
    """The program and its arguments."""
    stdin_text: str | None
    """The text for its standard input. None for none: a program that has the terminal reads the keys."""
    file: Path | None = None
    """The temporary file that the arguments name, which does not exist yet. Running the command creates it in a private
    folder of its own, and deletes both afterwards."""
    file_text: str = ""
    """The content of that file."""


def prepare(
    command: UserCommand, library: Library, ref: str, link: Link | None = None, environ: Mapping[str, str] = os.environ
) -> PreparedCommand:
    """Return the program of a command with its arguments and its text.

    Args:
        command: the command.
        library: the archive and the reading state.
        ref: a story or an issue: "402/3", "402", "latest". A command whose input is a story needs a story; for one
            whose input is an issue, a story means its issue.
        link: a link of the story. `{url}` and `{title}` then are those of the link, else those of the story or issue:
            its title, and the web page of the issue.
        environ: PATH finds the program.

    Raises:
        NotFoundError: there is no such story or issue.
        UserCommandError: there is nothing to hand on, or the program would run a title or a URL as a command.
    """
    subject = _Subject(command, library, ref, link)
    _check_input(command, environ)
    text = subject.get_text()
    values = {"ref": subject.ref, "title": subject.title}
    if any("{url}" in argument for argument in command.run):
        values["url"] = subject.get_url()
    file = None
    if any(_FILE in argument for argument in command.run[1:]):
        file = _choose_file(subject.ref, command.format)
        values["file"] = str(file)
    argv = fill_in(expand_home(command.run), values, command.id, environ)
    if file is None:
        return PreparedCommand(command.name, argv, text)
    return PreparedCommand(command.name, argv, None, file, text or "")


def find_unsafe_settings(config: Config, environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that would run a title, a URL or a text as a program, so that it is refused.

    Whether it would can depend on the programs that are installed.
    """
    title, url = "A title", "https://example.org/"
    problems = find_unsafe_openers(config.opener, config.openers, environ)
    try:
        if config.after:
            fill_in(config.after, {"title": title, "url": url, "ref": "402", "count": "1"}, "sync.after", environ)
    except UserCommandError as error:
        problems.append(str(error))
    for command in config.commands:
        values = {"title": title, "url": url, "ref": "402/3", "file": str(_choose_file("402/3", command.format))}
        try:
            _check_input(command, environ)
            fill_in(command.run, values, command.id, environ)
        except UserCommandError as error:
            problems.append(str(error))
    return problems


def _check_input(command: UserCommand, environ: Mapping[str, str]) -> None:
    """Raise UserCommandError if the command would run its text as a program."""
    if command.input != "none" and runs_input(command.run, environ, _FILE):
        raise UserCommandError(
            f"Not run: {command.id} ({command.run[0]}) would run the text of the newsletter as a program. Give it a "
            f'script, or set input = "none"'
        )


class _Subject:
    """The story, issue or link that a command runs on, and its text."""

    def __init__(self, command: UserCommand, library: Library, ref: str, link: Link | None) -> None:
        self._command = command
        self._library = library
        self._link = link
        self._issue_ref, position = library.resolve(ref)
        if command.input == "issue":
            position = None
        if position is None and command.input == "story":
            raise UserCommandError(
                f"{command.name} takes a story, and {ref} is an issue. Add the number of a story: {self._issue_ref}/1"
            )
        self._story = None if position is None else library.get_story(self._issue_ref, position)
        self.ref = self._issue_ref if position is None else f"{self._issue_ref}/{position}"

    @cached_property
    def _issue(self) -> Issue:
        return self._library.get_issue(self._issue_ref)

    @property
    def _stories(self) -> Sequence[Story]:
        return self._issue.stories if self._story is None else [self._story]

    @property
    def title(self) -> str:
        """The title of the link, the story or the issue."""
        if self._link:
            return self._find_link_title(self._link)
        return (
            self._story.headline if self._story else shorten_title(self._library.get_issue_row(self._issue_ref).title)
        )

    def get_url(self) -> str:
        """Return the URL of the link or of the issue's web page, as a browser gets it."""
        if self._link:
            if url := browser_url(self._link.url):
                return url
            problem = "has an unsafe URL" if self._link.url else "has no URL"
            raise UserCommandError(f"Not run: this link {problem} ({self.title})")
        if url := browser_url(self._library.get_issue_row(self._issue_ref).url):
            return url
        raise UserCommandError(f"Not run: no web page is known for issue {self._issue_ref}")

    def get_text(self) -> str | None:
        """Return the input of the command; None if it gets none."""
        match self._command.input:
            case "none":
                return None
            case "url":
                return self._format_url()
            case "highlights":
                return self._format_highlights()
            case "works":
                return self._format_works()
            case _:
                return self._format_story() if self._story else self._format_issue()

    def _find_link_title(self, link: Link) -> str:
        # Imported here, because the module takes long to load.
        from importai_tui.works.titles import get_link_titles

        titles = get_link_titles(self._story) if self._story else {}
        return titles.get(link.n) or link.text

    def _format_url(self) -> str:
        url = self.get_url()
        match self._command.format:
            case "json":
                return _to_json({"ref": self.ref, "title": self.title, "url": url})
            case "markdown":
                from importai_tui.output.markdown import escape_markdown_line, format_link

                return f"- {format_link(escape_markdown_line(self.title), url)}\n"
            case _:
                return f"{url}\n"

    def _format_story(self) -> str:
        assert self._story
        match self._command.format:
            case "json":
                from importai_tui.output.json import story_json

                return _to_json(story_json(self._library, self._issue_ref, self._story.position))
            case "markdown":
                from importai_tui.output.markdown import story_to_markdown

                return f"{story_to_markdown(self._story)}\n"
            case _:
                return _format_prose(self._story)

    def _format_issue(self) -> str:
        match self._command.format:
            case "json":
                from importai_tui.output.json import issue_json

                return _to_json(issue_json(self._library, self._issue_ref))
            case "markdown":
                from importai_tui.output.markdown import issue_to_markdown

                return f"{issue_to_markdown(self._issue)}\n"
            case _:
                issue = self._issue
                return "\n\n".join([f"{issue.title}\n", *map(_format_prose, issue.stories)])

    def _format_highlights(self) -> str:
        from importai_tui.output.annotated_stories import get_annotated_story

        issue, rows = self._library.get_issue_row(self._issue_ref), self._library.get_story_rows(self._issue_ref)
        candidates = (
            (story, get_annotated_story(self._library, issue, rows[story.position - 1])) for story in self._stories
        )
        marked = [(story, annotated) for story, annotated in candidates if annotated.note or annotated.highlights]
        if not marked:
            raise UserCommandError(f"Not run: {self.ref} has no highlights and no note")
        match self._command.format:
            case "json":
                from importai_tui.output.json import noted_story_json

                return _to_json({"stories": [noted_story_json(self._library, annotated) for _, annotated in marked]})
            case "markdown":
                from importai_tui.output.notes_markdown import format_story_notes

                return "\n".join(format_story_notes(annotated, story) for story, annotated in marked)
            case _:
                return "\n\n".join(_format_plain_notes(annotated) for _, annotated in marked)

    def _format_works(self) -> str:
        works = self._get_works()
        if not works:
            raise UserCommandError(f"Not run: {self.ref} cites no works")
        match self._command.format:
            case "json":
                from importai_tui.output.json import work_json

                marks = self._get_work_marks(works)
                return _to_json({"works": [work_json(work, marks) for work in works]})
            case "markdown":
                from importai_tui.output.markdown import format_markdown_list

                return format_markdown_list(works)
            case _:
                return "".join(f"{_format_work(work)}\n" for work in works)

    def _get_works(self) -> list[Work]:
        """Return the cited works in the order of their links, each once."""
        from importai_tui.archive.relations import CitedWorks

        with CitedWorks(self._library.archive.path) as cited:
            found = [work for story in self._stories for _, work in sorted(cited.get_by_link(story.key).items())]
        return list({work.id: work for work in found}.values())

    def _get_work_marks(self, works: Sequence[Work]) -> WorkMarks:
        from importai_tui.state.reading_state import get_work_key
        from importai_tui.works.query import WorkMarks

        state = self._library.state
        starred, opened = state.get_starred_works(), state.get_opened_works()
        ids = {work.id: get_work_key(work.id) for work in works}
        return WorkMarks(
            {id for id, key in ids.items() if key in starred}, {id for id, key in ids.items() if key in opened}
        )


def _format_plain_notes(story: AnnotatedStory) -> str:
    """Return the headline, the note, and each highlight with its comment."""
    parts = [story.headline, story.note.value if story.note else None]
    for highlight, _ in story.highlights:
        parts += [highlight.quote, highlight.remark]
    return "\n\n".join(filter(None, parts)) + "\n"


def _format_work(work: Work) -> str:
    """Return "Title, Ada Heron et al., 2025, https://…", without what is not known."""
    from importai_tui.works.work import format_work_facts, get_metadata

    metadata = get_metadata(work)
    return ", ".join(filter(None, (metadata.title, *format_work_facts(work), metadata.url)))


def _format_prose(story: Story) -> str:
    """Return headline, tagline and body without URLs and numbers of links, which a voice would read aloud."""
    return "\n\n".join(filter(None, (story.headline, story.tagline, story.text))) + "\n"


def _choose_file(ref: str, form: str) -> Path:
    """Return the path of a new file in a folder of its own, which has a name that nobody can guess."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", ref).strip("-")[:60] or "story"
    return Path(tempfile.gettempdir()) / f"importai-tui-{secrets.token_hex(8)}" / f"{name}{_SUFFIXES[form]}"


def _to_json(document: Any) -> str:
    from importai_tui.output.console import format_json

    return format_json(document, indent=2) + "\n"
