"""Cards of GitHub repositories: their description, their facts and their README.

Documentation: https://docs.github.com/en/rest/repos/repos#get-a-repository, and "Get a repository README" there. The
README comes from raw.githubusercontent.com if it has its usual name, because only the API counts requests (60 an hour).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from importai_tui.cards.body import drop_front_matter
from importai_tui.cards.sources.answers import dig, dig_list, dig_number, dig_text, is_found, parse_json_body
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import BusyError, UnreadableInputError, UnusableResponseError
from importai_tui.model import LinkKind
from importai_tui.wording import plural
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://api.github.com"
RAW = "https://raw.githubusercontent.com"

MAX_README = 500_000
"""Bytes of a README that are downloaded."""
_WORK = re.compile(r"github:([\w-]+/[\w.-]+)", re.ASCII)
_FULL_NAME = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)
_MAX_TOPICS = 6
_NO_LICENSES = frozenset({"", "NOASSERTION", "Other"})
_RST_DIRECTIVE = re.compile(r"(?m)^\.\. (?:\|[^|\n]{1,80}\| )?[\w-]+::[^\n]*\n?(?:[ \t]+:[\w-]+:[^\n]*\n?)*")
_RST_LINK = re.compile(r"`([^`<>]{1,300}?)\s*<(https?://[^<>\s`]{1,2000})>`__?")
_MARKDOWN_SIGN = re.compile(r"([\\`*_{}\[\]<>()#+.!|&~-])")


class RepositoryAnswers(NamedTuple):
    """The responses about a repository; the README is empty if there is none."""

    repository: bytes
    readme: bytes


class GitHub(SingleSource):
    """Repositories on GitHub."""

    name = "GitHub"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a repository, and for any of its files and pages."""
        return _WORK.fullmatch(target.work) is not None

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the repository; None if it does not exist."""
        work = _WORK.fullmatch(target.work)
        assert work
        response = await client.get(f"{API}/repos/{work[1]}", accept="application/vnd.github+json")
        if not is_found(response):
            return None
        name = await client.parse(parse_name, response.body)
        answers = RepositoryAnswers(response.body, await _get_readme(name, client))
        return await client.parse(parse_repository, answers)


async def _get_readme(name: str, client: SourceClient) -> bytes:
    """Return the README of a repository; empty if there is none."""
    with suppress(UnusableResponseError, BusyError):  # the API has it too
        url = f"{RAW}/{name}/HEAD/README.md"
        response = await client.get(url, accept="text/plain", max_bytes=MAX_README, truncate=True)
        if response.status == 200:
            return response.body
    url = f"{API}/repos/{name}/readme"  # under any name and in any folder
    accept = "application/vnd.github.raw+json"
    response = await client.get(url, accept=accept, max_bytes=MAX_README, truncate=True)
    return response.body if response.status == 200 else b""


def parse_name(data: bytes) -> str:
    """Return the present name of a repository, which differs from the one that was asked for if it was renamed."""
    name = dig_text(parse_json_body(data), "full_name")
    if not _FULL_NAME.fullmatch(name):
        raise UnreadableInputError("is JSON without a repository")
    return name


def parse_repository(answers: RepositoryAnswers) -> CardDraft:
    """Return the repository."""
    data = parse_json_body(answers.repository)
    name = dig_text(data, "full_name")
    url = f"https://github.com/{name}"
    readme = _convert_rst(answers.readme.decode("utf-8-sig", "replace"))
    about = (escape_markdown(dig_text(data, "description")), escape_markdown(dig_text(data, "homepage")))
    return CardDraft(
        title=name,
        published=dig_text(data, "created_at")[:10] or None,
        license=_get_license(data),
        url=url,
        facts=tuple(_get_facts(data)),
        body="\n\n".join(filter(None, (*about, drop_front_matter(readme)))),
        body_format=BodyFormat.MARKDOWN,
        base_url=f"{url}/blob/HEAD/README.md",
        kind=LinkKind.CODE,
    )


def escape_markdown(text: str) -> str:
    """Return a text as Markdown that shows it unchanged, on one line."""
    return _MARKDOWN_SIGN.sub(r"\\\1", " ".join(text.split()))


def _convert_rst(readme: str) -> str:
    """Return reStructuredText as Markdown: without directives, with links. The rest is much the same in both."""
    if not _RST_DIRECTIVE.search(readme) and not _RST_LINK.search(readme):
        return readme
    return _RST_LINK.sub(r"[\1](\2)", _RST_DIRECTIVE.sub("", readme)).replace("::\n", ":\n")


def _get_license(data: Any) -> str | None:
    names = (dig_text(data, "license", "spdx_id"), dig_text(data, "license", "name"))
    return next((name for name in names if name not in _NO_LICENSES), None)


def _get_facts(data: Any) -> Iterator[str]:
    if (stars := dig_number(data, "stargazers_count")) is not None:
        yield plural(stars, "star")
    if language := dig_text(data, "language"):
        yield language
    if dig(data, "archived") is True:
        yield "archived"
    if dig(data, "fork") is True:
        parent = dig_text(data, "parent", "full_name")
        yield f"fork of {parent}" if parent else "fork"
    if day := dig_text(data, "pushed_at")[:10]:  # the last push to any branch, which may be older than its commits
        yield f"last push {day}"
    topics = [topic for topic in dig_list(data, "topics") if isinstance(topic, str)]
    if topics:
        yield f"topics: {', '.join(topics[:_MAX_TOPICS])}"
