"""Loads the forecasts that the ledger shows. A verdict moves none of them until the ledger is opened again."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date
from itertools import chain

from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecasts import Forecast, ForecastGroup
from importai_tui.library.library import Library
from importai_tui.tui.forecasts.forecast_list import ForecastRow


class ForecastLoader:
    """Holds all forecasts, each in the group and at the place that it had when the ledger was opened."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.forecasts: list[Forecast] = []
        """All of them, also those of others and dismissed ones, in the order of the list."""
        self._versions: tuple[int, int, date] | None = None
        self._places: dict[tuple[str, str], tuple[ForecastGroup, int]] = {}
        """The group and the place of each forecast when it was first seen."""

    def update(self, today: date) -> bool:
        """Load the forecasts; return False if nothing has changed. Raises DatabaseError."""
        versions = (self._library.state.get_version(), self._library.archive.get_data_version(), today)
        if versions == self._versions:
            return False
        loaded = self._library.get_forecasts(today, with_others=True, with_dismissed=True)
        for forecast in loaded:
            self._places.setdefault((forecast.key, forecast.id), (forecast.get_group(today), len(self._places)))
        self.forecasts = sorted(loaded, key=lambda forecast: self._places[forecast.key, forecast.id])
        self._versions = versions
        return True

    @property
    def is_loaded(self) -> bool:
        """True once the forecasts were loaded."""
        return self._versions is not None

    @property
    def speakers(self) -> Set[Speaker]:
        """The speakers of all loaded forecasts."""
        return {forecast.speaker for forecast in self.forecasts}

    def list_shown(self, *, with_others: bool, with_dismissed: bool) -> list[Forecast]:
        """Return the forecasts to show: dismissed ones and those of others only on request."""
        return [
            forecast
            for forecast in self.forecasts
            if (with_others or forecast.is_own)
            # One that was dismissed just now stays, so that the same key takes it back.
            and (with_dismissed or self._get_group(forecast) is not ForecastGroup.DISMISSED)
        ]

    def add_headings(self, forecasts: Iterable[Forecast], story_key: str = "") -> list[ForecastRow]:
        """Return the forecasts below the headings of their groups, those of a story first."""
        first: list[ForecastRow] = []
        groups: dict[ForecastGroup, list[ForecastRow]] = {}
        for forecast in forecasts:
            if forecast.key == story_key:
                first = first or [f"In “{forecast.headline}”"]
                first.append(forecast)
            else:
                group = self._get_group(forecast)
                groups.setdefault(group, [group.name.capitalize()]).append(forecast)
        return [*first, *chain.from_iterable(groups.values())]

    def _get_group(self, forecast: Forecast) -> ForecastGroup:
        return self._places[forecast.key, forecast.id][0]
