from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import SyncTrouble
from importai_tui.web.body import Body
from importai_tui.web.waiting import Setback

LARGEST = 100_000


def unpacked(encoding: str, *pieces: bytes, largest: int = LARGEST) -> bytes:
    body = Body("news.example", encoding, largest)
    for piece in pieces:
        body.add(piece)
    return body.whole()


@given(st.binary(max_size=3000), st.integers(1, 400), st.sampled_from(["", "identity", "gzip", "X-GZip"]))
def test_a_body_in_any_pieces_is_what_was_sent(sent: bytes, size: int, encoding: str) -> None:
    packed = gzip.compress(sent) if "gzip" in encoding.lower() else sent
    assert unpacked(encoding, *(packed[n : n + size] for n in range(0, len(packed), size))) == sent


def test_several_packed_pieces_are_one_answer() -> None:
    assert unpacked("gzip", gzip.compress(b"otters ") + gzip.compress(b"and eels")) == b"otters and eels"


def test_nothing_at_all_is_an_empty_answer_even_where_it_was_to_be_packed() -> None:
    assert unpacked("gzip") == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress"])
def test_a_packing_that_was_not_asked_for_is_refused_before_anything_is_unpacked(encoding: str) -> None:
    with pytest.raises(SyncTrouble, match="not asked for"):
        Body("news.example", encoding, LARGEST)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_of_the_largest_size_is_taken_and_one_byte_more_is_not(encoding: str) -> None:
    pack = gzip.compress if encoding else bytes
    assert len(unpacked(encoding, pack(b"x" * LARGEST))) == LARGEST
    with pytest.raises(SyncTrouble, match=r"more than 0\.1 MB"):
        unpacked(encoding, pack(b"x" * (LARGEST + 1)))


def test_a_bomb_is_unpacked_no_further_than_the_cap() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    body = Body("news.example", "gzip", LARGEST)
    tracemalloc.start()
    try:
        with pytest.raises(SyncTrouble, match="more than"):
            body.add(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) == LARGEST + 1
    assert peak < 1_000_000


def test_a_bomb_of_many_pieces_is_no_way_round_the_cap() -> None:
    with pytest.raises(SyncTrouble, match="more than"):
        unpacked("gzip", gzip.compress(b"\0" * 60_000) * 1000)


@pytest.mark.parametrize("length", [str(LARGEST + 1), "9" * 5000])
def test_an_announced_length_beyond_the_cap_is_refused_at_once(length: str) -> None:
    with pytest.raises(SyncTrouble, match="more than"):
        Body("news.example", "", LARGEST).expect(length)


@pytest.mark.parametrize("length", ["", "0", str(LARGEST), "many", "-1", "²"])
def test_any_other_announced_length_is_left_to_the_body(length: str) -> None:
    Body("news.example", "", LARGEST).expect(length)


@pytest.mark.parametrize("cut", [1, 15, -1])
def test_packed_bytes_that_end_in_the_middle_are_half_an_answer(cut: int) -> None:
    with pytest.raises(Setback, match="whole answer"):
        unpacked("gzip", gzip.compress(b"otters" * 100)[:cut])


@pytest.mark.parametrize("packed", [b"otters and more of them", gzip.compress(b"otters", mtime=0) + b"rubbish"])
def test_bytes_that_are_not_packed_as_they_say_are_refused(packed: bytes) -> None:
    with pytest.raises(SyncTrouble, match="cannot be unpacked"):
        unpacked("gzip", packed)


@given(st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_told_as_trouble(packed: bytes) -> None:
    with suppress(SyncTrouble):
        assert len(unpacked("gzip", b"\x1f\x8b\x08\x00" + packed)) <= LARGEST
