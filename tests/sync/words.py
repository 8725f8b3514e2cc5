"""Random nonsense text for the fake newsletter."""

from __future__ import annotations

from random import Random

SUBJECTS = (
    "Lighthouse keepers", "A choir of robots", "Sand & Gravel Labs", "The second-best chess club of Turku",
    "Beekeepers", "An anonymous baker", "Three retired surveyors", "The Ministry of Puddles", "A night-shift elevator",
    "Tidewater University", "Some cartographers", "A very small model", "The Guild of Locksmiths", "Two librarians",
    "Moss Research", "A ferry company", "Postal workers", "The Umbrella Institute", "A village in the Alps",
    "Glassblowers", "Weather stations", "A pair of tractors", "Harbour pilots", "The Bureau of Small Delays",
    "A museum of doors", "Orchard & Sons", "Tram drivers", "An orchestra of kettles", "The Society for Slow Maps",
    "Bridge builders", "A town's last printer", "Ice cream vendors", "The Clockmakers' Union", "A school of herons",
    "Mountain guides", "The Lamp Foundation", "A warehouse of spoons",
)  # fmt: skip
VERBS = (
    "counted", "measured", "catalogued", "mapped", "taught a machine to sort", "simulated", "predicted", "untangled",
    "rebuilt", "benchmarked", "weighed", "translated", "compressed", "photographed", "restored", "trained a model on",
    "wrote a dictionary of", "painted over", "reorganised", "drew charts of", "made peace with", "auctioned",
    "repaired", "doubled the number of", "automated the care of", "argued about", "proved a theorem on", "tuned",
    "built a robot for", "opened an archive of", "wrote rules for", "gave names to", "lost track of", "audited",
    "invented a test for", "set to music", "moved", "forecast the price of", "polished", "borrowed", "outgrew",
)  # fmt: skip
OBJECTS = (
    "the rivers of a small country", "four thousand umbrellas", "every staircase in town", "the shadows of chimneys",
    "old railway timetables", "the sound of wet gravel", "unanswered letters", "a hillside of goats",
    "the colour of fog", "left-handed scissors", "forgotten passwords", "the tides at noon", "paper aeroplanes",
    "a library of knots", "the corners of rooms", "second-hand compasses", "winter apples", "an empty theatre",
    "mismatched teacups", "the habits of pigeons", "a year of drizzle", "stone walls", "the weight of feathers",
    "borrowed ladders", "the edges of maps", "half-finished bridges", "bells without a tower", "municipal benches",
    "a drawer of keys", "the echo in a tunnel", "lost gloves", "garden gates", "the patience of snails",
    "sixty kinds of string", "the dust of archives", "fishing nets", "shop signs at dusk", "a queue of ferries",
    "the creak of floorboards", "pocket calendars", "market stalls", "the smell of rain", "crooked picture frames",
)  # fmt: skip

_TAGLINES = (
    "Slow water, patient numbers", "A ladder is a kind of argument", "Somebody had to hold the other end",
    "What is measured twice is at least measured", "The fog does not read the manual",
    "It works, and nobody likes how", "Every drawer has a bottom; this one has two", "The goats weren't consulted",
    "Rain, but with a confidence interval",
)  # fmt: skip
_SENTENCES = (
    "The work took {n} weeks and used nothing but {what}.",
    "They began with {what}, which turned out to be the easy part.",
    "Of {n} attempts, a third ended in {place}, and the rest don't appear in the tables at all.",
    "“We had expected {what}, and what we got was a bill for string,” says one of the people who carried it home.",
    "A machine the size of a shoebox now does in an afternoon what {who} used to do in {n} days.",
    "The system looks at {what}, guesses, is told that it's wrong, and guesses again - {n} times a minute.",
    "It helps that {who} had kept notes - on paper, in pencil, in a language with no word for deadline.",
    "The score on their own test rises from {n} to {m}; on anybody else's, it falls.",
    "In {place} the same method was tried with {what}, and the results were worse but better liked.",
    "The data is {n} gigabytes of {what}, collected by hand, then lost, then collected again.",
    "One wonders what {who} will make of it, and whether they were told.",
    "The authors are careful here: they claim only that {what} can be described, not that anyone should.",
    "There are {n} parameters in all, most of them devoted to {what}.",
    "When asked why, {who} pointed out of the window, where it was indeed raining.",
    "The smaller of the two models does almost as well, provided that nobody mentions {what}.",
    "It was trained for {n} hours on a computer in {place} that also heats the swimming pool.",
    "Half of the errors come from {what}; the other half come from the people who labelled them...",
    "This is a cheap result and a sturdy one, like a stool.",
)
_PLACES = (
    "a lighthouse", "the old harbour", "a field outside Turku", "the basement", "an unheated hall",
    "the back of a van", "a disused mill", "the north stairwell",
)  # fmt: skip
_MATTERS = (
    "counting is a way of looking", "small machines add up", "nobody checks the gravel",
    "the archive remembers what we did not mean", "slowness is a design decision", "maps change the walk",
)  # fmt: skip
SUBHEADS = ("What they did", "How it works", "The results", "One caveat", "Why they did it", "What comes next")


def make_headline(index: int) -> str:
    """Make a headline, a different one for each index, because the lengths of the lists are coprime."""
    return f"{SUBJECTS[index % len(SUBJECTS)]} {VERBS[index % len(VERBS)]} {OBJECTS[index % len(OBJECTS)]}"


def make_tale_title(index: int) -> str:
    """Make a title, a different one for each index up to the product of both lengths."""
    who, what = SUBJECTS[index % len(SUBJECTS)], OBJECTS[index % len(OBJECTS)]
    return f"{who.removeprefix('The ')} and {what}"


def pick_tagline(random: Random) -> str:
    """Pick a tagline without its ellipsis."""
    return random.choice(_TAGLINES)


def pick_matter(random: Random) -> str:
    """Pick a text for "Why this matters"."""
    return random.choice(_MATTERS)


def pick_place(random: Random) -> str:
    """Pick a place with its article."""
    return random.choice(_PLACES)


def make_prose(random: Random, sentences: int) -> str:
    """Make a paragraph of different sentences; some have straight quotes, hyphens, or dots for an ellipsis."""
    return " ".join(
        sentence.format(
            n=random.randint(2, 90),
            m=random.randint(91, 99),
            who=_lower_article(random.choice(SUBJECTS)),
            what=random.choice(OBJECTS),
            place=random.choice(_PLACES),
        )
        for sentence in random.sample(_SENTENCES, sentences)
    )


def _lower_article(who: str) -> str:
    """Return a name with a lower-case article, for use within a sentence."""
    article, _, rest = who.partition(" ")
    return f"{article.lower()} {rest}" if article in ("The", "A", "An", "Two", "Three", "Some") else who
