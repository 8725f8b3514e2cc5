from __future__ import annotations

import pytest

from importai_tui.query.conditions import CitedWork
from importai_tui.query.pasted import parse_pasted_work


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("https://sea.example/Otter_(animal)", "https://sea.example/Otter_(animal)"),
        ("https://sea.example/Otter_(animal)).", "https://sea.example/Otter_(animal)"),
        ("(sea.example/otters);", None),
        ("https://sea.example/otters).,", "https://sea.example/otters"),
        ("10.1016/S0140-6736(20)", "doi:10.1016/s0140-6736(20)"),
        ("2502.19187),", "arxiv:2502.19187"),
    ],
)
def test_punctuation_after_a_pasted_work(text: str, work: str | None) -> None:
    assert parse_pasted_work(text) == (CitedWork(work) if work else None)
