from __future__ import annotations

import pytest

from importai_tui.query.conditions import Phrase, SortOrder
from importai_tui.query.fields import FIELDS, Field
from importai_tui.query.parser import TEXT_FIELDS, parse_query

fields = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)


@fields
def test_the_example_of_a_field_gives_its_condition(field: Field) -> None:
    query = parse_query(f"{field.name}:{field.example}")
    expected = field.parse(field.example)
    assert expected, f"the example of {field.name} in importai_tui/query/fields.py is invalid"
    found = query.clauses[0].any_of[0] if query.clauses else query.sort
    assert found == expected
    assert not query.remarks


@fields
def test_every_form_in_the_syntax_of_a_field_is_valid(field: Field) -> None:
    forms = field.syntax.split()
    assert forms, f"the syntax of {field.name} in importai_tui/query/fields.py is empty"
    for form in forms:
        name, _, values = form.partition(":")
        assert name == field.name
        wrong = [value for value in values.split("|") if field.parse(value) is None]
        assert not wrong, f"the syntax of {field.name} in importai_tui/query/fields.py has invalid values"


@fields
def test_the_fixed_values_of_a_field_are_valid(field: Field) -> None:
    assert not [value for value in field.values if field.parse(value) is None]
    assert all(field.values.values())


@fields
def test_an_invalid_value_shows_the_hint_of_the_field(field: Field) -> None:
    (remark,) = parse_query(f"{field.name}:").remarks
    assert remark.endswith(f"(searching it as text). {field.hint}")
    assert f"{field.name}:" in field.hint or field.hint.startswith("Use a date ")


def test_only_sort_gives_an_order() -> None:
    assert [name for name, field in FIELDS.items() if isinstance(field.parse(field.example), SortOrder)] == ["sort"]


def test_text_fields_are_those_with_words() -> None:
    # `replace_word` corrects the spelling of these values.
    assert {name for name, field in FIELDS.items() if isinstance(field.parse(field.example), Phrase)} == TEXT_FIELDS
