"""Long texts in the rows of a list."""

from __future__ import annotations

from importai_tui.tui.widgets.tall_rows import find_excerpt


def test_a_long_text_is_cut_around_the_words() -> None:
    text = "otters " * 100 + "swim at night, " + "and rest by day " * 30
    assert find_excerpt(text, ["otters"], 100) == find_excerpt(text, [], 100) == " ".join(text.split())
    excerpt = find_excerpt(text, ["night"], 100)
    assert excerpt.startswith("…otters otters")
    assert excerpt.index("night") < 40
    assert len(find_excerpt("a " * 200 + "end", ["end"], 100)) >= 100
