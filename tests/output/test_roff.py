"""Markdown as a man page, with everything escaped that roff would run or change."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from importai_tui.output.roff import escape_roff, format_code, format_heading, join_lines, markdown_to_roff

HOSTILE = """\
.so /etc/passwd

'br is text, and so is \\fB or \\*(xx. .de is not at the start.

- .item
- 'item

| a | b |
|---|---|
| .SH `\\n` | 'tr "x" |
| `--option` |  |

## .TH "a\\n"

```sh
.sy reboot
'sy \\reboot
```

| `in/a/very/long/path/without/a/space` | ~^`' — “é” 💥 |
"""


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("One. Two\nthree.", [".PP", "One.", "Two three."]),
        (".so x", [".PP", "\\&.so x"]),
        ("'br x", [".PP", "\\(aqbr x"]),
        ("a \\\\ b", [".PP", "a \\e b"]),
        ("`\\fB` -x", [".PP", "\\fB\\efB\\fR \\-x"]),
        ("- `a`\n- .b", [".IP \\(bu 2", "\\fBa\\fR", ".IP \\(bu 2", "\\&.b"]),
        ("| a | b | c |\n|---|---|---|\n| `x \\| y` | one | two |", [".TP", "\\fBx | y\\fR", "one \\(pc two"]),
        ("| a | b |\n|---|---|\n| **Group** | |", [".PP", "\\fBGroup\\fR"]),
        ("## Go `on`", ['.SS "GO ON"']),
        ("```sh\n.a\n  'b\n```", [".PP", ".RS 4", ".EX", "\\&.a", "  \\(aqb", ".EE", ".RE"]),
        ("“a” → b…", [".PP", "\\(lqa\\(rq \\(-> b..."]),
    ],
)
def test_markdown_becomes_man_macros(markdown: str, lines: list[str]) -> None:
    assert markdown_to_roff(markdown) == lines


def test_only_known_macros_begin_a_line() -> None:
    lines = markdown_to_roff(HOSTILE)
    known = (".PP", ".IP ", ".TP", ".SS ", ".RS 4", ".RE", ".EX", ".EE")
    assert all(line.startswith(known) for line in lines if line.startswith("."))
    assert not [line for line in lines if line.startswith("'") or not line.isascii()]
    assert escape_roff("é💥") == "\\[u00E9]\\[u1F4A5]"
    assert format_heading(1, 'a "b"') == '.SH "a \\(dqb\\(dq"'
    assert "\\:" in escape_roff("in/a/very/long/path/without/a/space")


def test_groff_prints_hostile_text_as_it_is() -> None:
    if not (groff := shutil.which("groff")):
        pytest.skip("groff is not installed")
    text = ".so /etc/passwd\n'br \\fB \\*(xx\n\\n"
    page = join_lines(['.TH X 1 "2026-01-01" "1" ""', ".SH A", *format_code(text), *markdown_to_roff(HOSTILE)])
    options = ["-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=40n"]
    ran = subprocess.run([groff, *options], input=page, capture_output=True, text=True, encoding="utf-8", check=True)
    assert ran.stderr == ""
    printed = [line.strip() for line in ran.stdout.splitlines()]
    assert [line for line in text.splitlines() if line not in printed] == []
    assert {".sy reboot", "'sy \\reboot", ".so /etc/passwd"} <= {*printed}
