from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import SyncError
from importai_tui.http.retry import RetryableError
from importai_tui.http.transport import CappedBody

MAX_BYTES = 100_000


def unpacked(encoding: str, *pieces: bytes, largest: int = MAX_BYTES) -> bytes:
    body = CappedBody("news.example", encoding, largest)
    for piece in pieces:
        body.write(piece)
    return body.finish()


@given(st.binary(max_size=3000), st.integers(1, 400), st.sampled_from(["", "identity", "gzip", "X-GZip"]))
def test_body_in_any_chunks_is_decoded(sent: bytes, size: int, encoding: str) -> None:
    packed = gzip.compress(sent) if "gzip" in encoding.lower() else sent
    assert unpacked(encoding, *(packed[n : n + size] for n in range(0, len(packed), size))) == sent


def test_gzip_members_are_joined() -> None:
    assert unpacked("gzip", gzip.compress(b"otters ") + gzip.compress(b"and eels")) == b"otters and eels"


def test_empty_gzip_body_is_empty() -> None:
    assert unpacked("gzip") == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress"])
def test_other_content_coding_is_refused_before_decoding(encoding: str) -> None:
    with pytest.raises(SyncError, match="unsupported compression"):
        CappedBody("news.example", encoding, MAX_BYTES)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_body_one_byte_beyond_the_limit_is_refused(encoding: str) -> None:
    pack = gzip.compress if encoding else bytes
    assert len(unpacked(encoding, pack(b"x" * MAX_BYTES))) == MAX_BYTES
    with pytest.raises(SyncError, match=r"more than 0\.1 MB"):
        unpacked(encoding, pack(b"x" * (MAX_BYTES + 1)))


def test_zip_bomb_is_decoded_up_to_the_limit_only() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    body = CappedBody("news.example", "gzip", MAX_BYTES)
    tracemalloc.start()
    try:
        with pytest.raises(SyncError, match="more than"):
            body.write(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) == MAX_BYTES + 1
    assert peak < 1_000_000


def test_zip_bomb_of_many_members_is_refused() -> None:
    with pytest.raises(SyncError, match="more than"):
        unpacked("gzip", gzip.compress(b"\0" * 60_000) * 1000)


@pytest.mark.parametrize("length", [str(MAX_BYTES + 1), "9" * 5000])
def test_content_length_beyond_the_limit_is_refused(length: str) -> None:
    with pytest.raises(SyncError, match="more than"):
        CappedBody("news.example", "", MAX_BYTES).check_length(length)


@pytest.mark.parametrize("length", ["", "0", str(MAX_BYTES), "many", "-1", "²"])
def test_other_content_length_is_ignored(length: str) -> None:
    CappedBody("news.example", "", MAX_BYTES).check_length(length)


@pytest.mark.parametrize("cut", [1, 15, -1])
def test_truncated_gzip_body_is_retryable(cut: int) -> None:
    with pytest.raises(RetryableError, match="incomplete response"):
        unpacked("gzip", gzip.compress(b"otters" * 100)[:cut])


@pytest.mark.parametrize("packed", [b"otters and more of them", gzip.compress(b"otters", mtime=0) + b"rubbish"])
def test_invalid_gzip_is_refused(packed: bytes) -> None:
    with pytest.raises(SyncError, match="can't be decompressed"):
        unpacked("gzip", packed)


@given(st.binary(max_size=200))
def test_random_bytes_are_decoded_or_refused(packed: bytes) -> None:
    with suppress(SyncError):
        assert len(unpacked("gzip", b"\x1f\x8b\x08\x00" + packed)) <= MAX_BYTES
