"""Finds the words of a sentence that give a time in the future, and computes the last day that they allow.

Vague words have a fixed meaning: "early 2026" ends with April, "mid-2026" with June, "late 2026" with the year; the
start of a year is its January; spring, summer and autumn end with May, August and November, winter with the February
after the named year. "Before" a time means the day before it begins, but "before the end of" it means its end. Of a
range ("in 2-3 years", "between 2027 and 2030") the end counts; "a couple of" is two, and "a year or so" one. "This
decade" ends in a year with a 9, "the next decade" ten years after the issue. A month without a year is the next one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from importai_tui.forecasts.sentences import fold, has_any

FIRST_YEAR = 1900
"""The first year of a due date; the last one is that of `date`."""


class TimeKind(StrEnum):
    """The precision of words of time."""

    DATED = "dated"
    SPAN = "span"
    VAGUE = "vague"
    """Without a computable day: "in a few years"."""


class TimeWords(NamedTuple):
    """The words of a text that give a time.

    `is_ahead` is True for words that can only mean the future or a limit ("by 2026", "next year", "within two years"),
    False for those that also fit the past ("in 2026", "this year", "in two years"). `is_bare` is True for a year
    without a preposition, which may be the name of something ("NeurIPS 2026").
    """

    start: int
    end: int
    text: str
    kind: TimeKind
    is_ahead: bool
    is_bare: bool


def find_times(text: str, folded: str | None = None) -> list[TimeWords]:
    """Return the words that can give a time in the future, in the order of the text, without overlaps.

    A caller that already has the folded text may pass it.
    """
    return [
        TimeWords(
            match.start(),
            match.end(),
            text[match.start() : match.end()],
            form.kind,
            bool(_AHEAD.search(match[0])) and not match[0].startswith("for "),
            form.pattern == _YEAR and match.start("year") == match.start(),
        )
        for form, match in _find_forms(text, folded or fold(text))
    ]


def find_due_text(text: str) -> str:
    """Return the first words of a text that give a time in the future ("by the end of 2026"); empty if none do.

    Words with a day are preferred to vague ones.
    """
    times = sorted(find_times(text), key=lambda words: (words.is_bare, words.kind is TimeKind.VAGUE))
    return times[0].text if times else ""


def compute_due(due_text: str, said: date | None) -> date | None:
    """Return the last day that the words allow.

    None if they are vague ("in a few years"), or if they need the date of the issue and it is unknown.
    """
    for form, match in _find_forms(due_text, fold(due_text)):
        try:
            due = form.compute(match, said)
        except (OverflowError, ValueError):
            continue
        if due and due.year >= FIRST_YEAR:
            return due
    return None


class _Form(NamedTuple):
    """A form of words for a time.

    `compute` returns the day. Each match has one of the `parts`, if there are any; they lack the letter that may be a
    capital.
    """

    pattern: str
    kind: TimeKind
    compute: Callable[[re.Match[str], date | None], date | None]
    parts: tuple[str, ...] = ()


_MAX_LENGTH = 1_200
"""Characters of a text that are searched; real sentences are shorter."""


def _find_forms(text: str, folded: str) -> list[tuple[_Form, re.Match[str]]]:
    found = [
        (form, match)
        for parts, forms in _FORMS.items()
        if has_any(text, parts)
        for form in forms
        if not form.parts or has_any(text, form.parts)
        for match in _compile(form.pattern).finditer(folded, 0, _MAX_LENGTH)
        if _is_time(form, match, text)
    ]
    found.sort(key=lambda pair: (pair[1].start(), -pair[1].end()))
    kept: list[tuple[_Form, re.Match[str]]] = []
    for form, match in found:
        if not kept or match.start() >= kept[-1][1].end():
            kept.append((form, match))
    return kept


def _is_time(form: _Form, match: re.Match[str], text: str) -> bool:
    """Return False for "from 2026", "the year" or "decade" without "the end of", and the verbs "may" and "march"."""
    if text.endswith(("from ", "since ", "after "), 0, match.start()):
        return False
    if form.pattern == _FROM_NOW and match["from"] and match.start():
        verbs = (
            (" has ", " have ", "'ve ", "’ve ")
            if match["from"] == "before"
            else (" are ", "'re ", "’re ", " is ", "ly ")
        )
        return text.endswith(verbs, 0, match.start())
    if form.pattern == _DECADE and match["named"] in {"the decade", "the century"} and not match["part"]:
        return match["prep"] in {"in", "within", "during", "throughout"}
    if form.pattern == _NAMED:
        return bool(match["part"]) or match["named_year"].casefold() != "the year"
    if form.pattern != _MONTH:
        return True
    has_words = match["prep"] or match["part"] or match["which"] or match["year"] or match["named_year"]
    return text[match.start("month")].isupper() and bool(has_words)


# --- patterns -------------------------------------------------------------------------------------------------------

_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_COUNTS = {word: number for number, word in enumerate(_NUMBERS)}
_COUNTS |= {"a": 1, "an": 1, "couple": 2, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASON_MONTHS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTHS_OF_UNIT = {"year": 12, "month": 1, "decade": 120, "quarter": 3, "centur": 1200}

_AHEAD = re.compile(
    r"\b(?:by|before|until|till|no later than|within|give|come|as (?:early|soon) as|prior to|ahead of|next|coming"
    r"|upcoming|from now|from today|hence|away|down the|to come|ahead|later this|rest of|remainder of|between now"
    r"|fast.forward"
    r"|into the future|['’]s? time)\b"
)
_YEAR_NUMBER = (
    r"(?:19|20|21)\d\d(?![\d%’']|[,.]\d|[xk]\b|\s?(?:%|(?:percent|[gct]pus?|chips?|tokens?|examples?|samples?|images?"
    r"|videos?|questions?|tasks?|people|hours?|steps?|episodes?|games?|problems?|participants?|languages?|nodes?|cores?"
    r"|dimensions?|words?|lines?|pages?|papers?|models?|robots?|workers?|users?|times|different|distinct|unique|bce?"
    r"|miles?|km|dollars|euros|jobs|cars|companies|students|frames|layers|experts|agents|prompts|h\d00s?|a\d00s?)\b))"
)
_THE_YEAR = r"the(?=\s(?:19|20|21)\d\d\s\w)"
_PREP = (
    rf"(?:by\s{_THE_YEAR}|before\s{_THE_YEAR}|until\s{_THE_YEAR}|by|before|until|till|in|within|during|throughout|around"
    r"|circa|come|on|at|as\s(?:early|soon)\sas|no\slater\sthan|some\s?time|between\snow\sand|between|prior\sto"
    r"|ahead\sof|inside|through\sto|through)"
)
_HEDGE = (
    r"(?:(?:around|about|roughly|approximately|perhaps|maybe|probably|possibly|say|some\s?time|at\sleast|at|in"
    r"|the\syear)\s)"
)
_PART = (
    r"(?:(?:the\s)?(?:very\s)?(?:end|rest|remainder|close|start|beginning|middle|(?:first|second|third|fourth|last|1st|2nd|3rd|4th)"
    r"[\s-](?:half|quarter))|early|mid|late|later|[hq][1-4]|[1-4][hq])"
)
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_NAMED_YEAR = r"(?:(?:the\s)?year\safter\snext|next\syear['’]s|(?:next|this|the)\syear\b(?!['’]s|\s\d))"
_UNIT = r"(?:years?|months?|weeks?|decades?|quarters?|century|centuries)"
_NUMBER = rf"(?:\d{{1,4}}(?:\.\d)?|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_COUNT = (
    rf"{_NUMBER}(?:\scouple\sof|\scouple|\sof)?(?:\s?(?:-|–|—|/|\bto\b|\bor\b|\band\b)\s?{_NUMBER})?(?:\sand\sa\shalf)?"
)
_FEW = (
    r"(?:(?:a\s|the\s)?(?:very\s)?(?:few|several|handful\sof|single[\s-]digit|number\sof|many|some)"
    r"(?:\s(?:short|more))?)"
)
_ABOUT = (
    r"(?:(?:just|only|about|around|roughly|approximately|perhaps|maybe|probably|possibly|say|as\slittle\sas|less\sthan"
    r"|fewer\sthan|under|at\smost|up\sto|another|a\sfurther|a\smere|the\sspace\sof)\s)"
)
_NEXT = r"(?:(?:the\s|these\s)?(?:next|coming|following|upcoming)\s)"
_LEAD = (
    r"(?:fast[\s-]forward|over\sthe\scourse\sof|in\sthe\scourse\sof|during\sthe\scourse\sof|give\s(?:it|this|them)"
    r"|within|inside|in|over|during|for|throughout|across|through)(?:\sof)?\s"
)
_AWAY = r"(?:from\snow|from\stoday|hence|away(?:\sfrom\b)?|down\sthe\s(?:line|road|track|pike)|into\sthe\sfuture|out\b)"
_NOT_SPAN = r"(?!\sago|[\s-]old|\sof\s(?!now|today|this)|\s(?:earlier|prior|later)\b|\s?['’]\s?worth)"
_BEGIN = r"(?<![\w$€£#.-])"


@cache  # compiled at the first use: a text needs few of the patterns, and compiling all of them takes long
def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that begins at a word, and not within a number or an amount of money."""
    return re.compile(f"{_BEGIN}{pattern}")


_VAGUE = (
    rf"(?:{_LEAD}{_ABOUT}?(?:{_NEXT}?{_FEW}\s(?:\w+\s)?{_UNIT}\b{_NOT_SPAN}|{_NEXT}(?:years|months|decades|quarters|weeks)\b"
    rf"|(?:the\s)?(?:years|months|decades)\s(?:to\scome|ahead))|{_ABOUT}?(?:{_FEW}\s)?(?:years|months|decades)\s{_AWAY}"
    rf"|the\s(?:next|coming)\s{_FEW}\s{_UNIT}(?=\s(?:are|is|will|may|might|could|look|promise)\b)"
    rf"|(?<=take\s)(?:{_FEW}\s)?(?:years|decades|centuries)\b)"
)
_SPAN = (
    rf"{_LEAD}{_ABOUT}?(?P<next>{_NEXT})?{_ABOUT}?(?P<half>half\s)?(?:(?P<count>{_COUNT})[\s-]|(?(next)|(?!)))(?P<unit>{_UNIT})\b"
    rf"(?P<more>\sor\s(?:so|two|three)|\sand\sa\shalf)?{_NOT_SPAN}(?P<time>['’]?s?['’]?\stime\b|\s{_AWAY})?"
)
_FROM_NOW = (
    rf"{_ABOUT}?(?:(?P<half>half\s)?(?P<count>{_COUNT})[\s-](?P<unit>{_UNIT})\b)(?P<more>\sor\s(?:so|two|three)|\sand\sa\shalf)?"
    rf"\s(?:{_AWAY}|(?P<from>from|before)\b)(?P<time>)"
)
_SUBJECT = (
    rf"the\s(?:next|coming)\s{_ABOUT}?(?P<half>half\s)?(?P<count>{_COUNT})\s(?P<unit>{_UNIT})\b(?P<more>)(?P<time>)"
    r"(?=\s(?:are|is|will|may|might|could|look|promise|should)\b|\W*$)"
)
_DAY = (
    rf"(?:(?P<prep>{_PREP})\s)?(?:the\s)?(?:(?P<iso>(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
    rf"|(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{'|'.join(_MONTH_NAMES)})[a-z]*\.?(?:,?\s(?P<year>{_YEAR_NUMBER}))?"
    rf"|(?P<month2>{'|'.join(_MONTH_NAMES)})[a-z]*\.?\s(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s?%|\d)(?:,?\s(?P<year2>{_YEAR_NUMBER}))?)"
)
_MONTH = (
    rf"(?:(?P<prep>{_PREP})\s)?{_HEDGE}?(?:(?P<part>{_PART})(?:\s(?:of|in))?[\s-])?(?P<which>(?:next|this|the\scoming)\s)?"
    r"(?P<month>(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|christmas|xmas)\b\.?)"
    rf"(?:[\s-]?/[\s-]?[a-z]+)?(?:,?\s(?:of\s|in\s)?(?:(?P<year>{_YEAR_NUMBER})|(?P<named_year>{_NAMED_YEAR})))?"
)
_YEAR = (
    rf"(?:(?P<prep>{_PREP})\s)?{_HEDGE}?{_HEDGE}?(?:(?P<part>{_PART}|(?:the\s)?{_SEASON})(?:\s(?:of|in))?[\s-]?(?:the\syear\s)?)?"
    rf"(?P<year>{_YEAR_NUMBER})(?:\s?(?:-|–|—|/|\bto\b|\bor\b|\band\b)\s?(?P<to>{_YEAR_NUMBER}|\d\d\b(?![\d%])))?"
)
_NAMED = (
    rf"(?:(?P<prep>{_PREP})\s)?{_HEDGE}?(?:(?P<part>{_PART}|(?:the\s)?{_SEASON})(?:\s(?:of|in))?\s)?"
    rf"(?P<named_year>{_NAMED_YEAR})"
)
_DECADE = (
    rf"(?:(?P<prep>{_PREP})\s)?{_HEDGE}?(?:(?P<part>{_PART})(?:\s(?:of|in))?[\s-])?"
    r"(?:(?:the\s)?(?:(?P<late>early|mid|late)[\s-])?(?P<decade>[12]\d\d0)['’]?s\b"
    r"|(?P<named>(?:the|this|next|the\s(?:next|current|coming))\s(?P<unit>decade|century)\b|mid-century))"
)
_OTHER = (
    rf"(?:(?P<prep>{_PREP})\s)?(?:(?P<time_next>(?:(?:about|around)\s)?this\stime\snext\syear)"
    rf"|(?:year['’]?s?[\s-]end|(?:the\s)?end\sof\s(?:the\s)?year|eoy)\s(?P<year_of_end>{_YEAR_NUMBER})"
    r"|(?P<decade_end>(?:the|this)\sdecade(?:\s(?:is|has|runs)|['’]s)\s(?:out|over|up))"
    r"|(?P<year_end>year['’]?s?[\s-]end|(?:the\s)?end\sof\syear|eoy|the\syear\sis\s(?:out|over|up))"
    rf"|(?:(?:the\s)?end\sof\s|later\s)?(?P<which>next|this)\s(?P<named>month|quarter|(?<!this\s)week|{_SEASON})"
    r"|(?:the\s)?end\sof\sthe\s(?P<named2>month|quarter|week)"
    rf"|(?(prep)(?P<season>(?:the\s)?{_SEASON})|(?!)))\b(?!['’]s|\s\w+\sschool)"
)


# --- days -----------------------------------------------------------------------------------------------------------


def _compute_vague(match: re.Match[str], said: date | None) -> date | None:
    del match, said
    return None


def _compute_span(match: re.Match[str], said: date | None) -> date | None:
    if said is None:
        return None
    count = _read_count(match["count"] or "a")
    more = match["more"] or ""
    count = {"two": count * 2, "three": count * 3}.get(more.split()[-1] if more else "", count)
    if "half" in more or "half" in (match["count"] or ""):
        count += 0.5
    if match["half"]:
        count /= 2
    unit = match["unit"].casefold()
    if unit.startswith("week"):
        return said + timedelta(days=round(count * 7))
    months = next(months for name, months in _MONTHS_OF_UNIT.items() if unit.startswith(name))
    return _add_months(said, round(count * months))


def _compute_day(match: re.Match[str], said: date | None) -> date | None:
    is_before = _is_before(match)
    if match["iso"]:
        return _shift(date.fromisoformat(match["iso"]), is_before=is_before)
    month = _MONTH_NAMES.index((match["month"] or match["month2"]).casefold()) + 1
    day = int(match["day"] or match["day2"])
    year = match["year"] or match["year2"]
    if year:
        return _shift(_make_day(int(year), month, day), is_before=is_before)
    return _choose_year(lambda year: _shift(_make_day(year, month, day), is_before=is_before), said)


def _compute_month(match: re.Match[str], said: date | None) -> date | None:
    name = match["month"].casefold()
    month = 12 if name.startswith(("chr", "xmas")) else _MONTH_NAMES.index(name[:3]) + 1
    part = _read_part(match["part"])

    def compute(year: int) -> date:
        if _is_before(match) and part != "end":
            return date(year, month, 1) - timedelta(days=1)
        last_day = {"early": 10, "start": 10, "mid": 20, "first half": 15}.get(part, 31)
        return _make_day(year, month, 25 if name.startswith(("chr", "xmas")) else last_day)

    if match["year"]:
        return compute(int(match["year"]))
    if match["named_year"] and said:
        return compute(_read_named_year(match["named_year"], said))
    if (match["which"] or "").casefold().startswith("next") and said:
        return compute(said.year if month > said.month else said.year + 1)
    return _choose_year(compute, said)


def _compute_year(match: re.Match[str], said: date | None) -> date | None:
    del said
    year, to = int(match["year"]), match["to"]
    if to and not _is_before(match):
        year = max(year, int(to) if len(to) == 4 else year // 100 * 100 + int(to))
    return _compute_in_year(year, match["part"], is_before=_is_before(match))


def _compute_named_year(match: re.Match[str], said: date | None) -> date | None:
    if said is None:
        return None
    return _compute_in_year(_read_named_year(match["named_year"], said), match["part"], is_before=_is_before(match))


def _compute_decade(match: re.Match[str], said: date | None) -> date | None:
    part, is_before = _read_part(match["part"] or match["late"]), _is_before(match)
    if match["decade"]:
        first = int(match["decade"])
        length = 100 if first % 100 == 0 and first < 2000 else 10
    elif said is None:
        return None
    elif match["named"].casefold() == "mid-century":
        return date(said.year // 100 * 100 + 50, 12, 31)
    else:
        length = 10 if match["unit"].casefold() == "decade" else 100
        first = said.year // length * length
        if "next" in match["named"].casefold() or "coming" in match["named"].casefold():
            if not part:
                return _add_months(said, length * 12)
            first += length
    if is_before and part != "end":
        return date(first - 1, 12, 31)
    years = {"early": 3, "start": 1, "mid": 6, "first half": 5}.get(part, 10)
    return date(first + years * length // 10 - 1, 12, 31)


def _compute_other(match: re.Match[str], said: date | None) -> date | None:
    if match["year_of_end"]:
        return date(int(match["year_of_end"]), 12, 31)
    if said is None:
        return None
    if match["time_next"]:
        return _add_months(said, 12)
    if match["year_end"]:
        return date(said.year, 12, 31)
    if match["decade_end"]:
        return date(said.year // 10 * 10 + 9, 12, 31)
    if match["season"]:
        season = match["season"].casefold().removeprefix("the ")
        return _choose_year(lambda year: _compute_in_year(year, season, is_before=_is_before(match)), said)
    steps = 1 if (match["which"] or "").casefold() == "next" else 0
    match (match["named"] or match["named2"]).casefold():
        case "week":
            return said + timedelta(days=6 - said.weekday() + 7 * steps)
        case "month":
            return _end_month(_add_months(said.replace(day=1), steps))
        case "quarter":
            return _end_month(_add_months(date(said.year, (said.month - 1) // 3 * 3 + 3, 1), 3 * steps))
        case season:
            if season == "winter" and said.month <= 2:  # it began in the year before
                steps -= 1
            return _compute_in_year(said.year + steps, season, is_before=_is_before(match))


def _compute_in_year(year: int, words: str | None, *, is_before: bool) -> date:
    part = _read_part(words)
    begins, ends = {
        "early": (1, 4),
        "start": (1, 1),
        "mid": (7, 6),
        "late": (9, 12),
        "first half": (1, 6),
        "second half": (7, 12),
        "first quarter": (1, 3),
        "second quarter": (4, 6),
        "third quarter": (7, 9),
        "fourth quarter": (10, 12),
    }.get(part, (1, 12))
    if season := _SEASON_MONTHS.get(part):
        begins, ends = season, season + 2
    if is_before and part != "end":
        return date(year, begins, 1) - timedelta(days=1)
    return _end_month(date(year + (ends - 1) // 12, (ends - 1) % 12 + 1, 1))


def _read_part(words: str | None) -> str:
    """Return one name for the words of a part: "early" … "end", "second half", "third quarter", a season, or empty."""
    words = re.sub(r"^(?:the\s)?(?:very\s)?", "", (words or "").casefold().replace("-", " "))
    if short := re.fullmatch(r"([hq])([1-4])|([1-4])([hq])", words):
        number, letter = int(short[2] or short[3]), short[1] or short[4]
        return f"{('first', 'second', 'third', 'fourth')[number - 1]} {'half' if letter == 'h' else 'quarter'}"
    for ordinal, word in (("1st", "first"), ("2nd", "second"), ("3rd", "third"), ("4th", "fourth")):
        words = words.replace(ordinal, word)
    names = {
        "beginning": "start",
        "middle": "mid",
        "close": "end",
        "rest": "end",
        "remainder": "end",
        "later": "end",
        "last half": "second half",
    }
    return names.get(words, words.replace("last quarter", "fourth quarter"))


def _read_count(words: str) -> float:
    """Return the greatest number that the words name."""
    numbers = [_COUNTS.get(word) or float(word) for word in re.findall(_NUMBER + r"\b", words.casefold())]
    return max(numbers, default=1)


def _read_named_year(words: str, said: date) -> int:
    words = words.casefold()
    return said.year + (2 if "after" in words else 1 if words.startswith("next") else 0)


def _is_before(match: re.Match[str]) -> bool:
    return (match["prep"] or "").casefold() in {"before", "before the", "prior to", "ahead of"}


def _choose_year(compute: Callable[[int], date], said: date | None) -> date | None:
    """Return the first such day that is not before `said`."""
    if said is None:
        return None
    this_year = compute(said.year)
    return this_year if this_year >= said else compute(said.year + 1)


def _make_day(year: int, month: int, day: int) -> date:
    """Return the day, the last of the month if it has fewer."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def _end_month(day: date) -> date:
    return _make_day(day.year, day.month, 31)


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return _make_day(day.year + years, month + 1, day.day)


def _shift(day: date, *, is_before: bool) -> date:
    return day - timedelta(days=1) if is_before else day


_UNITS = ("year", "Year", "onth", "ecade", "eek", "uarter", "entur")
_SEASONS = ("ummer", "pring", "inter", "utumn", "fall")
_FORMS = {
    _UNITS: (
        _Form(_VAGUE, TimeKind.VAGUE, _compute_vague, ("ears", "onths", "ecades", "eeks", "uarters", "enturies")),
        _Form(_SPAN, TimeKind.SPAN, _compute_span),
        _Form(
            _FROM_NOW,
            TimeKind.SPAN,
            _compute_span,
            (
                *("hence", " away", "down the", "into the", " out", "ear from", "ear before", "ecade from"),
                *("s from", "ecade before", "ears before", "onths before", "eeks before", "ecades before"),
            ),
        ),
        _Form(_SUBJECT, TimeKind.SPAN, _compute_span, ("he next", "he coming")),
        _Form(_NAMED, TimeKind.DATED, _compute_named_year, ("ext year", "his year", "he year", "fter next")),
    ),
    (*(name.capitalize() for name in _MONTH_NAMES), "Christmas", "Xmas", "-0", "-1"): (
        _Form(_DAY, TimeKind.DATED, _compute_day),
        _Form(_MONTH, TimeKind.DATED, _compute_month),
    ),
    ("20", "21", "19"): (_Form(_YEAR, TimeKind.DATED, _compute_year),),
    ("ecade", "entury", "0s", "0's", "0’s"): (_Form(_DECADE, TimeKind.DATED, _compute_decade),),
    (*_UNITS, *_SEASONS, "EOY", "eoy"): (
        _Form(
            _OTHER,
            TimeKind.DATED,
            _compute_other,
            (
                *("me next year", "ear is", "ear end", "ear-end", "ear's end", "ear’s end", "ears end", "f year"),
                *("f the year", "EOY", "eoy", "ecade is", "ecade has", "ecade runs", "ecade's", "ecade’s", *_SEASONS),
                *("ext month", "his month", "he month", "ext quarter", "his quarter", "he quarter"),
                *("ext week", "his week", "he week"),
            ),
        ),
    ),
}
"""The forms of words. Each text with one of the forms has one of the parts in its key."""
