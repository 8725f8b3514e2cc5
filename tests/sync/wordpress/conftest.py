from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunProgram
from tests.sync.wordpress.blog import SITE_NUMBERS, Blog, User
from tests.sync.wordpress.site import WordPress, missing_packages


@pytest.fixture(scope="session")
def filled_blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    """The newsletter on a WordPress, shared by all tests of this process."""
    missing = missing_packages()
    if missing:
        pytest.skip(f"needs the Debian packages {', '.join(missing)}")
    with WordPress(tmp_path_factory.mktemp("wordpress")) as site:
        blog = Blog(site)
        blog.fill()
        yield blog


@pytest.fixture
def blog(filled_blog: Blog) -> Blog:
    """The newsletter in its first state, on a site without faults."""
    filled_blog.restore()
    return filled_blog


@pytest.fixture
def site(blog: Blog) -> WordPress:
    return blog.site


@pytest.fixture
def user(run: RunProgram, site: WordPress) -> User:
    """A user without issues."""
    return User(run, site)


@pytest.fixture
def complete_user(user: User, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> User:
    """A user with all issues from the REST posts. The first such home is copied for later tests."""
    home, first_home = tmp_path / "home", tmp_path_factory.getbasetemp() / "complete-home"
    if first_home.exists():
        shutil.copytree(first_home, home)
    else:
        assert user.sync(full=True).new == SITE_NUMBERS
        shutil.copytree(home, first_home)
    return user
