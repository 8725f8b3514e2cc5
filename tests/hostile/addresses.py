"""Unsafe, safe and random URLs, and a browser that records its arguments."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from hypothesis import strategies as st

from importai_tui.links.urls import MAX_URL_LENGTH

REFUSED_URLS = (
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "javascript&#58;alert(1)",
        "\x01javascript:x",
    ),
    *(
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "data:text/html,<script>",
        "vbscript:x",
        "vscode://x",
        "ftp://a.example/",
    ),
    *(
        "mailto:a@a.example",
        "view-source:https://a.example",
        "//a.example/",
        "a.example",
        "https:a.example",
        "https:///a",
    ),
    *("https://u:p@a.example/", "https://a.example@b.example/", "https://@a.example/", "https://a.example\\@b.example"),
    *("--version", "-https://a.example", "https://-oX=y/", "https://.../", "https://$(reboot)/", "https://a;reboot/"),
    *(
        "https://%s/",
        "https://a%00b/",
        "https://a'b/",
        "https://a*b/",
        "https://[v1.a:b]/",
        "https://[fe80::1%25eth0]/",
    ),
    *(
        "https://a.example/ --new",
        "https://a.example/\n--new",
        "https://a.example/\t",
        "https://a.example/\x1b]0;x\x07",
    ),
    *(
        "https://a.example/\x9b2J",
        "https://a.example/\u202egpj",
        "https://a.example/\u200b",
        "https://a.example/\ud800",
    ),
    *(
        'https://a.example/"x"',
        "https://a.example/`x`",
        "https://a.example/<x>",
        "https://a.example/a|b",
        "https://a/{x}",
    ),
    *(
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://[::1",
        "https://\u2100.example/",
        "https://a\u200d.b/",
    ),
    *("https://a.example/" + "a" * 10_000, "https://a.example/" + "\u00e9" * 1_000, "https://" + "a." * 5_000 + "b/"),
)
OPENED_URLS = {
    "https://a.example/%s?%d=%n#%x": "https://a.example/%s?%d=%n#%x",
    "https://a.example/?q=$(reboot);reboot&'x'!*": "https://a.example/?q=$(reboot);reboot&'x'!*",
    "HTTPS://A.Example:443/B": "https://a.example:443/B",
    "http://127.0.0.1:8000/": "http://127.0.0.1:8000/",
    "http://[::1]:80/x": "http://[::1]:80/x",
    "https://\u0430\u0440\u0440\u04cf\u0435.example/": "https://xn--80ak6aa92e.example/",
    "https://b\u00fccher.example/\u00e9": "https://xn--bcher-kva.example/%C3%A9",
    "https://xn--80ak6aa92e.example/": "https://xn--80ak6aa92e.example/",
    "https://\uff11\uff12\uff17.0.0.1/": "https://127.0.0.1/",
}
"""Safe URLs with the URL that the browser gets."""

_PLAIN_URL = re.compile(r"https?://(?:[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#][!#-;=?-\[\]_a-z~]*)?")
"""Written from RFC 3986 and not taken from the program, so that the test is independent."""


def find_url_problem(url: str) -> str | None:
    """Return what is wrong with a URL that a program got; None if nothing is."""
    if len(url) > MAX_URL_LENGTH:
        return f"{len(url)} characters"
    return None if _PLAIN_URL.fullmatch(url) else f"{url[:120]!r} is no plain address"


_SCHEMES = st.sampled_from(
    ["https://", "http://", "HTTPS://", "https:", "javascript:", "file://", "data:", "", "-", "//"]
)
_HOSTS = st.one_of(
    st.sampled_from(
        ["a.example", "A.Example", "[::1]", "127.0.0.1", "u:p@a.example", "xn--80ak6aa92e.com", "\u0430.com"]
    ),
    st.text(max_size=12),
)
_ENDS = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["%s", "$(x)", "`x`", ";", "|", "&", "'", '"', " ", "\n", "\x1b", "\u202e", "/", "?"])
    ).map("".join),
    st.integers(0, 3000).map(lambda count: "/" + "a" * count),
)
RANDOM_URLS = st.one_of(
    st.text(max_size=60), st.builds("{}{}{}{}".format, _SCHEMES, _HOSTS, st.sampled_from(["", "/", ":80", ":x"]), _ENDS)
)
"""Random URLs, most of them nearly valid."""

_BROWSER = """
import json, os, sys
with open({path!r}, "a") as seen:
    seen.write(json.dumps(sys.argv[1:]) + chr(10))
"""


class RecordingBrowser:
    """A program that opens nothing and records the arguments of every call."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "seen.jsonl"
        script = folder / "browser.py"
        script.write_text(_BROWSER.format(path=str(self._log)))
        self.command = f"'{sys.executable}' '{script}' --first"
        """For BROWSER, or for the setting `opener`."""

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of every call, without the one of `command`."""
        if not self._log.exists():
            return []
        calls = [json.loads(line) for line in self._log.read_text().splitlines()]
        assert all(call[:1] == ["--first"] for call in calls), calls
        return [call[1:] for call in calls]
