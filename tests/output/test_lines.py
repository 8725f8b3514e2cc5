"""Lines with links keep them when they are wrapped."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from importai_tui.output.layout import wrap
from importai_tui.output.lines import Run, link_part, to_texts, wrap_runs

URL, OTHER = "https://example.org/a", "https://example.org/b"
RUNS = st.lists(st.builds(Run, st.text("ab 水\n", max_size=12), st.sampled_from([None, URL, OTHER])), max_size=6)


def test_a_wrapped_link_is_a_link_on_both_lines() -> None:
    assert wrap_runs([Run("See the "), Run("long paper [1]", URL), Run(".")], 12, "- ", "  ") == [
        "- See the",
        [Run("  "), Run("long paper", URL)],
        [Run("  "), Run("[1]", URL), Run(".")],
    ]


@example([Run("a", URL), Run("  b ", OTHER)], None, "> ")
@given(RUNS, st.none() | st.integers(8, 20), st.sampled_from(["", "- "]))
def test_wrapping_keeps_the_text_and_its_links(runs: list[Run], cells: int | None, indent: str) -> None:
    lines = wrap_runs(runs, cells, indent, "  ")
    assert to_texts(lines) == wrap("".join(run.text for run in runs).strip(), cells, indent, "  ")
    for url in (URL, OTHER):
        linked = "".join(run.text for line in lines if not isinstance(line, str) for run in line if run.url == url)
        assert "".join(linked.split()) == "".join("".join(run.text for run in runs if run.url == url).split())


def test_a_shortened_line_links_the_rest_of_the_title() -> None:
    assert link_part("2×  On Ot…", 4, 13, URL) == [Run("2×  "), Run("On Ot…", URL)]
