"""Values: what a frozen dataclass promises, and what is imported for them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, replace
from functools import cached_property

import pytest

from importai_tui.values import row, value


@value
class Place:
    issue: int
    position: int = 1
    names: tuple[str, ...] = ()


@value
class Other:
    issue: int
    position: int = 1
    names: tuple[str, ...] = ()


@value
class Nothing:
    pass


@value
class Counted:
    text: str

    @cached_property
    def words(self) -> int:
        return len(self.text.split())


def test_values_are_equal_by_their_kind_and_their_fields() -> None:
    assert Place(402) == Place(402, 1) != Place(402, 2)
    assert Place(402) != Other(402)
    assert Nothing() == Nothing()
    assert len({Place(402), Place(402, 1), Place(402, 2)}) == 2


def test_a_value_cannot_be_changed() -> None:
    place = Place(402)
    with pytest.raises(AttributeError, match="issue"):
        place.issue = 403  # type: ignore[misc]
    with pytest.raises(AttributeError, match="more"):
        place.more = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="issue"):
        del place.issue
    assert place == Place(402)


@pytest.mark.parametrize("arguments", [(), (1, 2, (), 4)])
def test_a_value_takes_its_fields_and_no_others(arguments: tuple[object, ...]) -> None:
    for _ in range(10):  # the first few of a class are made in another way than all others
        with pytest.raises(TypeError):
            Place(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Place(issue=1, place=2)  # type: ignore[call-arg]


def test_a_value_goes_to_another_process_and_back() -> None:
    for made in (Place(402, names=("a",)), Nothing(), Counted("two words")):
        assert pickle.loads(pickle.dumps(made)) == made == copy.deepcopy(made)


def test_what_dataclasses_offer_works_on_values() -> None:
    place = Place(402, names=("a",))
    assert replace(place, issue=403) == Place(403, 1, ("a",))
    assert asdict(place) == {"issue": 402, "position": 1, "names": ("a",)}


def test_a_value_tells_its_fields_and_matches_by_them() -> None:
    assert repr(Place(402)) == "Place(issue=402, position=1, names=())"
    match Place(402, 3):
        case Place(issue, position):
            assert (issue, position) == (402, 3)


def test_a_cached_property_is_no_field() -> None:
    counted = Counted("two words")
    assert (counted.words, counted) == (2, Counted("two words"))


@row
class Run:
    text: str
    bold: bool = False

    @property
    def length(self) -> int:
        return len(self.text)


def test_a_row_is_a_tuple_with_names() -> None:
    run = Run("rain", bold=True)
    assert (run.text, run.bold, run.length) == ("rain", True, 4)
    assert Run("rain") == Run("rain", bold=False) == ("rain", False)
    assert hash(run) == hash(("rain", True))
    assert repr(run) == "Run(text='rain', bold=True)"
    assert isinstance(run, tuple)
    assert replace(run, bold=False) == Run("rain")
    assert pickle.loads(pickle.dumps(run)) == run
    with pytest.raises(AttributeError):
        run.text = "sun"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        run.more = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        Run()  # type: ignore[call-arg]
    match run:
        case Run(text, bold):
            assert (text, bold) == ("rain", True)
