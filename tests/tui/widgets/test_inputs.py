"""Pasted text in input fields: cleaned, and cut with a notice if it is too long."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widgets import Input, TextArea

from importai_tui.library.library import Library
from importai_tui.state.values import MAX_TEXT_LENGTH
from tests.tui.sample_app import RunningReader, run_reader, store_issues

FIELDS = (":", "F", "W", "f", "/", "t", "#", "ctrl+o", "?")
"""Keys that open an input line."""


async def paste(reader: RunningReader, text: str) -> None:
    reader.app.post_message(Paste(text))
    await reader.pilot.pause()
    await reader.pilot.pause()


def input_value(reader: RunningReader) -> str:
    return reader.app.screen.query_one(Input).value


@pytest.mark.parametrize("key", FIELDS)
async def test_a_long_paste_is_cut_with_a_notice(library: Library, key: str) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.type(key)
        line = reader.app.screen.query_one(Input)
        line.focus()
        await paste(reader, "1" * 5000)
        assert line.max_length
        assert len(input_value(reader)) == line.max_length
        assert reader.last_notice == f"The pasted text was cut: only {line.max_length:,} characters fit here"


async def test_a_paste_that_fits_is_taken_whole(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.type("F")
        await paste(reader, "river\x1b[31m robot\nand\r\nmore")
        assert input_value(reader) == "river robot and more"
        assert reader.notices == []


async def test_a_paste_replaces_the_selection(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.type(":")
        await paste(reader, "x" * 500)
        reader.app.screen.query_one(Input).select_all()
        await paste(reader, "y" * 500)
        assert input_value(reader) == "y" * 500
        assert reader.notices == []


async def test_only_digits_are_pasted_as_a_link_number(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.type("#")
        await paste(reader, "[2]")
        assert input_value(reader) == "2"


async def test_a_paste_into_a_note_is_cut(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.type("e")
        await paste(reader, "line one\nline two\n" * 10_000)
        area = reader.app.screen.query_one(TextArea)
        assert len(area.text) == MAX_TEXT_LENGTH
        assert area.text.startswith("line one\nline two\n")
        assert f"{MAX_TEXT_LENGTH:,}" in reader.last_notice
