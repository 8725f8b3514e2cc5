"""The body of an answer, unpacked as it comes and never beyond its cap. It knows no network."""

from __future__ import annotations

import zlib

from importai_tui.errors import SyncTrouble, TooLarge
from importai_tui.web.waiting import Setback, Trouble

_PLAIN, _PACKED = {"", "identity"}, {"gzip", "x-gzip"}
"""Content codings that are taken; x-gzip is the same by its old name (RFC 9110, section 8.4.1.3)."""
_WITH_HEADER = 16 + zlib.MAX_WBITS
"""Tells zlib to expect the header and the checksum of gzip."""


class Body:
    """Takes the bytes of the wire and keeps what they unpack to, at most `largest` bytes and one.

    Raises SyncTrouble, at once, for a coding that was not asked for: it is refused before anything is unpacked.
    """

    def __init__(self, host: str, encoding: str, largest: int) -> None:
        self._host = host
        self._largest = largest
        self._kept = bytearray()
        self._packed = encoding.strip().lower() in _PACKED
        self._gzip = zlib.decompressobj(_WITH_HEADER)
        self._begun = False
        if not self._packed and encoding.strip().lower() not in _PLAIN:
            raise SyncTrouble(f"{host} packs its answer in a way that was not asked for: run the sync again later.")

    def __len__(self) -> int:
        return len(self._kept)

    def expect(self, length: str) -> None:
        """Raises TooLarge if the announced length is above the limit; compressed or not, it would not fit."""
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > self._largest):
            raise self._too_large()

    def add(self, data: bytes) -> None:
        """Take the next bytes of the wire. Raises SyncTrouble where they are too many or cannot be unpacked."""
        if not self._packed:
            self._keep(data)
            return
        self._begun = self._begun or bool(data)
        try:
            while data:
                if self._gzip.eof:  # several packed pieces behind one another are one answer: RFC 1952, section 2.2
                    self._gzip = zlib.decompressobj(_WITH_HEADER)
                self._keep(self._gzip.decompress(data, self._largest - len(self._kept) + 1))
                data = self._gzip.unconsumed_tail or self._gzip.unused_data
        except zlib.error as error:
            raise SyncTrouble(
                f"{self._host} sends an answer that cannot be unpacked: run the sync again later."
            ) from error

    def whole(self) -> bytes:
        """Everything. Raises Setback where the packed bytes end in the middle."""
        if self._begun and not self._gzip.eof:
            raise Setback(f"{self._host} did not give a whole answer", self._host, Trouble.BROKEN)
        return self.so_far()

    def so_far(self) -> bytes:
        """What has come until now."""
        return bytes(self._kept)

    def _keep(self, data: bytes) -> None:
        self._kept += data[: self._largest - len(self._kept) + 1]
        if len(self._kept) > self._largest:
            raise self._too_large()

    def _too_large(self) -> TooLarge:
        size = f"{self._largest / 1_000_000:g} MB"
        return TooLarge(
            f"{self._host} sends more than {size}, and no feed or page of posts is that large: check the address."
        )
