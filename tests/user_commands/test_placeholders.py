"""Titles and URLs in the arguments of a program: where they are put, and where they would be run."""

from __future__ import annotations

import pytest

from importai_tui.errors import UserCommandError
from importai_tui.user_commands.placeholders import fill_in

ATTACK = "a'; $(reboot) `reboot` \"& {url} %s"
VALUES = {
    "title": ATTACK,
    "url": "https://example.org/;reboot",
    "ref": "402/3",
    "file": "/tmp/importai-tui-0a/402-3.md",
}
FILLED = {
    ("notify-send", "Import AI", "{title}"): ("notify-send", "Import AI", ATTACK),
    ("x", "--title={title}", "{url}", "{title}{ref}"): ("x", f"--title={ATTACK}", VALUES["url"], f"{ATTACK}402/3"),
    ("x", "100%s", "{titel}", "{ref} and {file}"): ("x", "100%s", "{titel}", f"402/3 and {VALUES['file']}"),
    ("sh", "-c", 'say "$1"', "sh", "{title}"): ("sh", "-c", 'say "$1"', "sh", ATTACK),
    ("sh", "-c", "wc {file} | less"): ("sh", "-c", f"wc {VALUES['file']} | less"),
    ("env", "LANG=C", "say", "{title}"): ("env", "LANG=C", "say", ATTACK),
}
REFUSED = (
    ("sh", "-c", "say {title}"),
    ("bash", "-c", "{url}"),
    ("python3", "-c", "print('{title}')"),
    ("xterm", "-e", "say {title}"),
    ("ssh", "host", "say", "{title}"),
    ("xargs", "say", "{url}"),
    ("{title}",),
    ("{ref}", "x"),
    ("awk", "-v", "t={title}", "1"),
)


def test_values_are_put_into_arguments() -> None:
    for command, expected in FILLED.items():
        assert fill_in(command, VALUES, "commands.x", {}) == expected


def test_no_interpreter_runs_a_value() -> None:
    for command in REFUSED:
        with pytest.raises(UserCommandError, match=r"commands\.x"):
            fill_in(command, VALUES, "commands.x", {})
        with pytest.raises(UserCommandError):  # the name of a program has no odd characters
            fill_in(command, {**VALUES, "title": "reboot", "url": "reboot"}, "commands.x", {})


def test_a_title_is_never_an_option() -> None:
    for title, expected in {
        "-rf": " -rf",
        "+!reboot": " +!reboot",
        "@/etc/passwd": " @/etc/passwd",
        "</etc/passwd": " </etc/passwd",
        "C-3": "C-3",
    }.items():
        filled = fill_in(("x", "{title}", "t={title}", "-t{title}"), {"title": title}, "s", {})
        assert filled == ("x", expected, f"t={expected}", f"-t{title}")


def test_a_value_is_one_clean_line() -> None:
    _, title, url = fill_in(
        ("x", "{title}", "{url}"),
        {"title": "\x1b]0;a\x07b\nc\ud800" + "x" * 10**5, "url": "https://e.org/" + "y" * 2000},
        "s",
        {},
    )
    assert title.startswith("b cxx")
    assert len(title.encode()) < 20_000
    assert len(url) == 2014
