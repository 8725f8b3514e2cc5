"""Plays the sources of pages: GitHub, Hugging Face, YouTube.

The shapes follow their public documentation, see the modules of `cards.sources`. Any name has a page; a name with
"missing" or "404" in it has none, and a name with "bare" has no README.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.http.server import Handler, Reply, Request

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}
_NOT_FOUND = Reply(b'{"message": "Not Found", "status": "404"}', 404, _JSON)
HF_FRONT_MATTER = "---\nlicense: apache-2.0\ntags:\n- otters\npipeline_tag: text-generation\n---\n"


def make_readme(name: str) -> str:
    """Return a README with what READMEs have: badges, HTML, a table, code, tasks, relative links."""
    return (
        f'<p align="center"><img src="assets/logo.svg" alt="logo" width="200"></p>\n\n# {name.rpartition("/")[2]}\n\n'
        f"[![CI](https://github.com/{name}/actions/workflows/ci.yml/badge.svg)](https://github.com/{name}/actions) "
        "[![Paper](https://img.shields.io/badge/paper-arXiv-red)](https://arxiv.org/abs/2502.19187)\n\n"
        f"**{name}** counts otters, see [the guide](docs/guide.md).\n\n"
        "## Installation\n\n```sh\npip install otters\n```\n\n- [x] count otters\n- [ ] count kelp\n\n"
        "| model | otters |\n|---|---|\n| small | 3 |\n| large | 300 |\n\n"
        "![Otters in the kelp](assets/kelp.png)\n\n<details><summary>Licence</summary>\n\nMIT\n\n</details>\n"
    )


def make_repository(name: str, **fields: Any) -> dict[str, Any]:
    """Return what GitHub's API says about a repository."""
    data: dict[str, Any] = {
        "id": 1,
        "name": name.rpartition("/")[2],
        "full_name": name,
        "private": False,
        "owner": {"login": name.partition("/")[0], "type": "Organization"},
        "html_url": f"https://github.com/{name}",
        "description": "Counts *otters* in [kelp]",
        "fork": False,
        "created_at": "2024-05-17T09:00:00Z",
        "updated_at": "2026-01-02T03:04:05Z",
        "pushed_at": "2026-02-03T04:05:06Z",
        "homepage": "https://otters.example/",
        "size": 120,
        "stargazers_count": 1234,
        "watchers_count": 1234,
        "language": "Python",
        "forks_count": 56,
        "archived": False,
        "disabled": False,
        "license": {
            "key": "mit",
            "name": "MIT License",
            "spdx_id": "MIT",
            "url": "https://api.github.com/licenses/mit",
        },
        "topics": ["otters", "kelp"],
        "default_branch": "main",
    }
    return data | fields


def make_model(id: str, **fields: Any) -> dict[str, Any]:
    """Return what Hugging Face's API says about a model."""
    data: dict[str, Any] = {
        "_id": "65f",
        "id": id,
        "modelId": id,
        "author": id.partition("/")[0],
        "sha": "0" * 40,
        "lastModified": "2026-02-03T04:05:06.000Z",
        "createdAt": "2024-05-17T09:00:00.000Z",
        "private": False,
        "gated": False,
        "disabled": False,
        "downloads": 56789,
        "likes": 1234,
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["transformers", "safetensors", "license:apache-2.0", "region:us"],
        "cardData": {"license": "apache-2.0", "language": ["en"], "base_model": "sea/otter-base"},
        "safetensors": {"parameters": {"BF16": 7241732096}, "total": 7241732096},
        "siblings": [{"rfilename": "README.md"}],
    }
    return data | fields


def make_dataset(id: str, **fields: Any) -> dict[str, Any]:
    """Return what Hugging Face's API says about a data set."""
    data: dict[str, Any] = {
        "_id": "65f",
        "id": id,
        "author": id.partition("/")[0],
        "lastModified": "2026-02-03T04:05:06.000Z",
        "createdAt": "2022-03-02T23:29:22.000Z",
        "private": False,
        "gated": "auto",
        "description": "Photos of otters.",
        "downloads": 1,
        "likes": 1,
        "tags": ["license:cc-by-4.0", "size_categories:1K<n<10K"],
        "cardData": {"pretty_name": "Otter Photos"},
    }
    return data | fields


def make_video(id: str) -> dict[str, Any]:
    """Return what YouTube's oEmbed says about a video."""
    return {
        "title": f"Otters at night ({id})", "author_name": "The Otter Channel", "type": "video", "version": "1.0",
        "author_url": "https://www.youtube.com/@otters", "provider_name": "YouTube", "height": 113, "width": 200,
        "provider_url": "https://www.youtube.com/", "thumbnail_url": "https://i.ytimg.com/vi/x/hqdefault.jpg",
        "html": '<iframe src="https://www.youtube.com/embed/x"></iframe>',
    }  # fmt: skip


def _is_missing(name: str) -> bool:
    return "missing" in name or "404" in name


def _reply_json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status, _JSON)


def _reply_readme(name: str, front_matter: str = "") -> Reply:
    return Reply((front_matter + make_readme(name)).encode(), headers=_TEXT)


def play_github(request: Request) -> Reply:
    """Play https://api.github.com."""
    _, folder, *parts = request.path.split("/")
    name = "/".join(parts[:2])
    if folder == "repositories":  # where renamed repositories are
        return _reply_json(make_repository("sea/renamed"))
    if folder != "repos" or len(parts) < 2 or _is_missing(name):
        return _NOT_FOUND
    if "renamed" in name and not name.startswith("sea/"):
        return Reply(status=301, headers={"Location": "/github/repositories/1"})
    if parts[2:] == ["readme"]:
        return _NOT_FOUND if "bare" in name else _reply_readme(name)
    return _reply_json(make_repository(name))


def play_github_raw(request: Request) -> Reply:
    """Play https://raw.githubusercontent.com. A name with "rst" has a README under another name."""
    name = request.path.strip("/").removesuffix("/HEAD/README.md")
    is_there = not _is_missing(name) and "bare" not in name and "rst" not in name
    return _reply_readme(name) if is_there else Reply(b"404: Not Found", 404, _TEXT)


def play_hugging_face(request: Request) -> Reply:
    """Play https://huggingface.co. A name with "photos" has a data set and no model."""
    path = request.path.strip("/")
    if path.startswith("api/"):
        kind, _, id = path.removeprefix("api/").partition("/")
        if _is_missing(id) or (kind == "models" and "photos" in id):
            return _reply_json({"error": "Invalid username or password."}, 401)
        if kind == "spaces":
            return _reply_json({"id": id, "likes": 5, "sdk": "gradio", "cardData": {"title": "Otter demo"}})
        return _reply_json(make_dataset(id) if kind == "datasets" else make_model(id))
    name = path.removeprefix("datasets/").removeprefix("spaces/").removesuffix("/raw/main/README.md")
    if "bare" in name or _is_missing(name):
        return Reply(b"Entry not found", 404, _TEXT)
    return _reply_readme(name, HF_FRONT_MATTER)


def play_youtube(request: Request) -> Reply:
    """Play https://www.youtube.com, only its oEmbed."""
    video = request.query.get("url", "").rpartition("v=")[2]
    if request.path != "/oembed" or _is_missing(video):
        return Reply(b"Not Found", 404, _TEXT)
    if "private" in video:
        return Reply(b"Unauthorized", 401, _TEXT)
    return _reply_json(make_video(video))


PAGE_HANDLERS: Mapping[str, Handler] = {
    "github": play_github,
    "github-raw": play_github_raw,
    "hugging-face": play_hugging_face,
    "youtube": play_youtube,
}
"""As `fake_sources.HANDLERS`."""
PAGE_CONSTANTS: Mapping[str, tuple[str, str]] = {
    "github": ("github", "API"),
    "github-raw": ("github", "RAW"),
    "hugging-face": ("hugging_face", "API"),
    "youtube": ("youtube", "API"),
}
"""As `fake_sources.CONSTANTS`."""
