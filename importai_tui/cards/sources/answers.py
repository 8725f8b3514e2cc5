"""Functions that sources share: the statuses of a response, and reading JSON whose fields may have any type."""

from __future__ import annotations

import re
from typing import Any

from importai_tui.errors import TRY_AGAIN, UnreadableInputError, UnusableResponseError
from importai_tui.http.responses import BodyFormat, Response, detect_body_format, format_host, format_status
from importai_tui.json_text import parse_json

OPEN_INSTEAD = "Open it in your browser instead."
"""The next step where a card cannot be fetched."""
_REFUSED = frozenset({401, 403})


def is_found(response: Response) -> bool:
    """Return False if the source does not have the work, or does not know its id.

    Raises:
        UnusableResponseError: the source refuses the request.
    """
    if response.status in _REFUSED:
        host = format_host(response.url)
        raise UnusableResponseError(f"{host} refuses to answer (status {format_status(response)}). {TRY_AGAIN} later.")
    return response.status == 200


def parse_json_body(data: bytes) -> Any:
    """Parse the body of a response as JSON.

    Raises:
        UnreadableInputError: it is not JSON.
    """
    try:
        return parse_json(data.decode("utf-8-sig", "replace"))
    except ValueError as error:
        is_page = detect_body_format(data) is BodyFormat.HTML
        raise UnreadableInputError(
            "is a web page instead of data" if is_page else "is incomplete or damaged JSON"
        ) from error


def dig(value: Any, *path: str | int) -> Any:
    """Return the value at a path of names and positions; None if it is not there."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def dig_text(value: Any, *path: str | int) -> str:
    """Return the text at a path, stripped; empty if there is none."""
    found = dig(value, *path)
    return found.strip() if isinstance(found, str) else ""


def dig_number(value: Any, *path: str | int) -> int | None:
    """Return the integer at a path; None if there is none."""
    found = dig(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def dig_list(value: Any, *path: str | int) -> list[Any]:
    """Return the list at a path; empty if there is none."""
    found = dig(value, *path)
    return found if isinstance(found, list) else []


_CREATIVE_COMMONS = re.compile(
    r"(?i)\Ahttps?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]{2,12})/(\d\.\d)(?:/|$)"
)
_PUBLIC_DOMAIN = {"zero": "CC0", "mark": "Public Domain Mark"}


def format_license_url(url: str) -> str | None:
    """Return the short name of a Creative Commons licence: "CC BY 4.0"; None for the URL of any other text."""
    match = _CREATIVE_COMMONS.match(url)
    if match is None:
        return None
    folder, name, version = match.groups()
    if folder.lower() == "publicdomain":
        known = _PUBLIC_DOMAIN.get(name.lower())
        return f"{known} {version}" if known else None
    return f"CC {name.upper()} {version}"
