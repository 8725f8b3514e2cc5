from __future__ import annotations

import pytest

from importai_tui.cards.page_titles import MISSING, NEEDS_BROWSER, NEEDS_LOGIN, choose_title, find_substitute


@pytest.mark.parametrize(
    ("titles", "sentence"),
    [
        ("Log in | Sign in to Sea | Please log in | Login | Sign-in required | Subscribe to read", NEEDS_LOGIN),
        (
            "Just a moment... | One moment, please... | Are you a robot? | Access Denied | Attention Required! Sea"
            " | Access to this page has been denied. | Making sure you're not a bot! | Please wait... | Captcha"
            " | Vercel Security Checkpoint | Verify you are human | Checking your browser before accessing sea.example"
            " | Before you continue to Sea | JavaScript is disabled | DDoS-Guard | 403 Forbidden | Human verification",
            NEEDS_BROWSER,
        ),
        (
            "404 | 404 Not Found | Error 404 (Not Found)!!1 | 404: This page could not be found | Page not found"
            " | Not Found | Oops! That page can’t be found. | Page Not Found - Sea"
            " | The page you requested could not be found | sea.example domain is for sale | Account suspended"
            " | 502 Bad Gateway | This content is no longer available | This post does not exist",
            MISSING,
        ),
    ],
)
def test_pages_that_stand_in(titles: str, sentence: str) -> None:
    found = {title: find_substitute(title) for title in titles.split(" | ")}
    assert found == dict.fromkeys(found, sentence)


@pytest.mark.parametrize(
    "title",
    [
        *("404 Media on otters", "Just a momentum", "Sign in and the otters", "How to log in", "Captchas in the wild"),
        *("Login flows of otters", "Not found in translation", "One moment in time", "500 models, compared", "Otters"),
        *("Human verification of models", "The page that ate the web", "Please wait for the otters", ""),
    ],
)
def test_titles_that_only_look_so(title: str) -> None:
    assert find_substitute(title) is None


@pytest.mark.parametrize(
    ("title", "chosen"),
    [
        ("Otters | The Sea", "Otters"),
        ("Otters - Sea", "Otters"),
        ("Otters — sleep - sea.example", "Otters — sleep"),
        ("Otters | The Sea Blog", "Otters"),
        ("The Sea - otters: they sleep", "otters: they sleep"),
        ("Otters - a study", "Otters - a study"),
        ("Kelp - Sea otters", "Kelp - Sea otters"),
        *((title, "") for title in ("The Sea", "sea.example", "Home", "Home | The Sea", "Untitled document", "…", "")),
    ],
)
def test_choose_title(title: str, chosen: str) -> None:
    assert choose_title([title], "The Sea", "sea.example", is_front_page=False) == chosen


def test_the_host_is_the_name_of_a_site_too() -> None:
    titles = ["Bloomberg", "Bloomberg - Are you a robot?"]
    assert choose_title(titles, "", "www.bloomberg.com", is_front_page=False) == "Are you a robot?"


def test_a_front_page_has_the_name_of_its_site() -> None:
    assert choose_title(["Home", "The Sea"], "The Sea", "", is_front_page=True) == "The Sea"
