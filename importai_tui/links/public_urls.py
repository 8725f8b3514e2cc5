"""Strips parameters that sign a URL or give access to its page, for texts that others read.

A module of its own, because only exports need it: its patterns take time to compile at the start.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus, urlunsplit

from importai_tui.links.urls import split_url, strip_tracking

_ACCESS_PARAMETER = re.compile(
    r"(?i)x-(?:amz|goog|oss|ms)-.*|response-content-.*|(?:.*[-_.]|aws)?(?:signature|sig|token|jwt|expires|credential|hmac"
    r"|session|session-?id|secret|password|api-?key|access-?key|access-?key-?id|key-?pair-?id|google-?access-?id)"
    r"|auth|auth-?key|gift|gift-?id|unlocked_article_code|share|share-?type|smid|igsh|_g(?:a|ac|cl|l)(?:_.*)?"
)
"""Query parameters of any site that sign a URL, give access to its page, or track the reader.

Names in camel case are matched with hyphens: `sharingToken` as `sharing-token`.
"""
_AZURE_PARAMETERS = frozenset(
    ["sv", "ss", "srt", "sp", "se", "st", "spr", "sr", "sip", "si", "skoid", "sktid", "skt", "ske", "sks", "skv"]
)
"""The other parameters of a URL that Azure signs with `sig`."""
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNED_VALUE = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[\w.~=-]{64,}", re.ASCII)
"""A value that nobody could type: a signature or a token under any name."""
_REPOSITORY_PATH = re.compile(r"/-/|/(?:blob|tree|raw|src)/")
"""The path of a file in a repository, where `ref` is a branch; elsewhere it is the site that the reader comes from."""


def strip_access(url: str) -> str:
    """Return the URL without parameters that track, sign or give access, for a text that others read.

    It may lead to a page that asks for a login, so do not open it.
    """
    url = strip_tracking(url)
    parts = split_url(url)
    if parts is None or not parts.query:
        return url
    pairs = parts.query.split("&")
    names = _AZURE_PARAMETERS if any(pair.startswith("sig=") for pair in pairs) else frozenset()
    if not _REPOSITORY_PATH.search(parts.path):
        names |= {"ref"}
    query = "&".join(pair for pair in pairs if not _is_access_parameter(pair, names))
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def _is_access_parameter(pair: str, names: frozenset[str]) -> bool:
    encoded_name, _, value = pair.partition("=")
    name = unquote_plus(encoded_name)
    is_access = name in names or _ACCESS_PARAMETER.fullmatch(_CAMEL_CASE.sub("-", name))
    return bool(is_access or _SIGNED_VALUE.fullmatch(unquote_plus(value)))
