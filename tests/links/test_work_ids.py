from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.links.classify import classify_link
from importai_tui.links.urls import get_host, normalise_url, strip_tracking
from importai_tui.links.work_ids import get_work_id

HASH = "3f5ee243547dee91fbd053c1c4a845aa"
WRAPPED = (
    base64.urlsafe_b64encode(json.dumps({"e": "https://arxiv.org/pdf/2502.19187v2"}).encode()).decode().rstrip("=")
)

WORKS = [
    (None, None),
    # arXiv: its pages, its mirrors, its DOI, other sites with arXiv ids.
    *(
        (url, "arxiv:2502.19187")
        for url in (
            "https://arxiv.org/abs/2502.19187",
            "http://www.arxiv.org/abs/2502.19187v1/",
            "https://arxiv.org/pdf/2502.19187v2.pdf#page=3",
            "https://arxiv.org/abs/2502.19187?context=cs.CL",
            "https://arxiv.org/html/2502.19187v1",
            "https://arxiv.org/format/2502.19187",
            "https://arxiv.org/ps/2502.19187",
            "https://arxiv.org/e-print/2502.19187",
            "https://arxiv.org/bibtex/2502.19187",
            "https://arxiv.org/abs/2502.19187).",
            "https://arxiv.org./abs/2502.19187",
            "https://arxiv.org//abs//2502.19187",
            "https://web.archive.org/web/20250301120000*/https://arxiv.org/abs/2502.19187",
            "https://arxiv.org/ftp/arxiv/papers/2502/2502.19187.pdf",
            "https://export.arxiv.org/abs/2502.19187",
            "https://browse.arxiv.org/pdf/2502.19187",
            "https://xxx.lanl.gov/abs/2502.19187",
            "https://ar5iv.labs.arxiv.org/html/2502.19187",
            "https://ar5iv.org/abs/2502.19187",
            "https://www.alphaxiv.org/overview/2502.19187v1",
            "https://huggingface.co/papers/2502.19187",
            "https://hf.co/papers/2502.19187",
            "https://scirate.com/arxiv/2502.19187",
            "https://doi.org/10.48550/arXiv.2502.19187",
            "https://dx.doi.org/10.48550/ARXIV.2502.19187v3",
            "https://web.archive.org/web/20250301120000/https://arxiv.org/abs/2502.19187",
            f"https://substack.com/redirect/2/{WRAPPED}?j=reader",
        )
    ),
    ("https://arxiv.org/abs/0704.0001", "arxiv:0704.0001"),
    ("https://arxiv.org/abs/1412.9999", "arxiv:1412.9999"),
    ("https://arxiv.org/abs/math.GT/0309136", "arxiv:math/0309136"),
    ("https://arxiv.org/pdf/math/0309136v1", "arxiv:math/0309136"),
    ("https://arxiv.org/abs/hep-th%2F9901001", "arxiv:hep-th/9901001"),
    ("https://doi.org/10.48550/arXiv.math/0309136", "arxiv:math/0309136"),
    # DOIs: lower case, decoded, without the suffixes of publishers.
    ("https://doi.org/10.1126/Science.ADU8578", "doi:10.1126/science.adu8578"),
    ("https://www.doi.org/10.1126%2Fscience.adu8578", "doi:10.1126/science.adu8578"),
    ("https://dx.doi.org/10.1126/science.adu8578.", "doi:10.1126/science.adu8578"),
    ("https://doi.org/10.1016/0004-3702(81)90024-2", "doi:10.1016/0004-3702(81)90024-2"),
    ("https://doi.org/10.1126/science.adu8578)", "doi:10.1126/science.adu8578"),
    ("https://www.science.org/doi/10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
    ("https://www.science.org/doi/full/10.1126/science.adu8578?af=R", "doi:10.1126/science.adu8578"),
    ("https://dl.acm.org/doi/pdf/10.1145/3442188.3445922", "doi:10.1145/3442188.3445922"),
    ("https://link.springer.com/article/10.1007/s11023-020-09548-1", "doi:10.1007/s11023-020-09548-1"),
    ("https://link.springer.com/content/pdf/10.1007/s11023-020-09548-1.pdf", "doi:10.1007/s11023-020-09548-1"),
    ("https://www.frontiersin.org/articles/10.3389/fnbot.2021.1/full", "doi:10.3389/fnbot.2021.1"),
    ("https://www.biorxiv.org/content/10.1101/2025.10.16.679418v1.full.pdf", "doi:10.1101/2025.10.16.679418"),
    ("https://www.biorxiv.org/content/10.1101/2025.10.16.679418v1.full.pdf+html", "doi:10.1101/2025.10.16.679418"),
    ("https://www.nature.com/articles/s41586-021-03819-2.pdf", "doi:10.1038/s41586-021-03819-2"),
    ("https://www.nature.com/articles/s41586-021-03819-2_reference.pdf", "doi:10.1038/s41586-021-03819-2"),
    ("https://www.nature.com/articles/s41586-021-03819-2.epdf?sharing=x", "doi:10.1038/s41586-021-03819-2"),
    ("https://doi.org/doi:10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
    ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0123456", "doi:10.1371/journal.pone.0123456"),
    # Code hosts.
    ("https://github.com/Physical-Intelligence/openpi/tree/main", "github:physical-intelligence/openpi"),
    ("https://www.github.com/physical-intelligence/OpenPI.git", "github:physical-intelligence/openpi"),
    ("https://github.com//a/b/", "github:a/b"),
    ("https://raw.githubusercontent.com/a/b/main/README.md", "github:a/b"),
    ("https://github.com/A/B/blob/main/Notes.pdf", "https://github.com/a/b/blob/main/Notes.pdf"),
    ("https://raw.githubusercontent.com/A/B/main/Notes.pdf", "https://github.com/a/b/blob/main/Notes.pdf"),
    ("https://github.com/features/copilot", "https://github.com/features/copilot"),
    ("https://gitlab.com/Group/sub/project/-/tree/main", "https://gitlab.com/group/sub/project"),
    ("https://codeberg.org/a/b/src/branch/main", "https://codeberg.org/a/b"),
    ("https://bitbucket.org/a/b.git", "https://bitbucket.org/a/b"),
    ("https://gist.github.com/a/0123456789abcdef#file-x", "https://gist.github.com/a/0123456789abcdef"),
    ("https://gist.githubusercontent.com/a/0123456789abcdef/raw/x.py", "https://gist.github.com/a/0123456789abcdef"),
    # Hugging Face.
    ("https://huggingface.co/datasets/rajpurkar/squad/viewer", "hf:rajpurkar/squad"),
    ("https://hf.co/SakanaAI/Tiny-Swallow", "hf:SakanaAI/Tiny-Swallow"),
    ("https://huggingface.co/SakanaAI/Tiny-Swallow/tree/main", "hf:SakanaAI/Tiny-Swallow"),
    ("https://hf.co/spaces/a/b/discussions", "https://huggingface.co/spaces/a/b"),
    ("https://huggingface.co/datasets/squad", "https://huggingface.co/datasets/squad"),
    ("https://huggingface.co/blog/a/b", "https://huggingface.co/blog/a/b"),
    # Papers on other sites.
    *(
        (f"https://openreview.net/{page}", "https://openreview.net/forum?id=rJXMpikCZ")
        for page in (
            "forum?id=rJXMpikCZ",
            "pdf?id=rJXMpikCZ",
            "forum?id=rJXMpikCZ&noteId=x",
            "attachment?name=p&id=rJXMpikCZ",
        )
    ),
    *(
        (url, "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4573321")
        for url in (
            "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4573321&utm_source=x",
            "https://papers.ssrn.com/sol3/Delivery.cfm?abstractid=4573321",
            "https://ssrn.com/abstract=4573321",
            "https://doi.org/10.2139/ssrn.4573321",
        )
    ),
    *(
        (url, "https://aclanthology.org/2020.acl-main.1")
        for url in (
            "https://aclanthology.org/2020.acl-main.1/",
            "https://aclanthology.org/2020.acl-main.1v2.pdf",
            "https://www.aclweb.org/anthology/2020.acl-main.1.pdf",
            "https://doi.org/10.18653/v1/2020.acl-main.1",
        )
    ),
    ("https://www.aclweb.org/anthology/papers/P/P18/P18-1001/", "https://aclanthology.org/P18-1001"),
    ("https://proceedings.mlr.press/v97/a19a/a19a.pdf", "https://proceedings.mlr.press/v97/a19a.html"),
    ("http://proceedings.mlr.press/v97/a19a.html", "https://proceedings.mlr.press/v97/a19a.html"),
    (
        "https://raw.githubusercontent.com/mlresearch/v97/main/assets/a19a/a19a.pdf",
        "https://proceedings.mlr.press/v97/a19a.html",
    ),
    *(
        (url, f"https://proceedings.neurips.cc/paper_files/paper/2022/hash/{HASH}-Abstract-Conference.html")
        for url in (
            f"https://papers.nips.cc/paper_files/paper/2022/hash/{HASH}-Abstract-Conference.html",
            f"https://proceedings.neurips.cc/paper/2022/file/{HASH}-Paper-Conference.pdf",
        )
    ),
    ("https://papers.nips.cc/paper/7181-attention.pdf", "https://papers.nips.cc/paper/7181-attention"),
    (
        "https://openaccess.thecvf.com/content/CVPR2023/papers/A_B_CVPR_2023_paper.pdf",
        "https://openaccess.thecvf.com/content/CVPR2023/html/A_B_CVPR_2023_paper.html",
    ),
    # Videos and statuses.
    *(
        (url, "https://youtube.com/watch?v=409Pjtq7jzY")
        for url in (
            "https://youtu.be/409Pjtq7jzY?si=x&t=20",
            "https://www.youtube.com/watch?feature=share&v=409Pjtq7jzY&t=20s",
            "https://m.youtube.com/watch?v=409Pjtq7jzY",
            "https://www.youtube.com/embed/409Pjtq7jzY",
            "https://www.youtube.com/shorts/409Pjtq7jzY",
        )
    ),
    *(
        (url, "https://x.com/otter/status/1892243493445050606")
        for url in (
            "https://twitter.com/Otter/status/1892243493445050606?s=20&t=abc",
            "https://mobile.twitter.com/otter/status/1892243493445050606",
            "https://x.com/otter/status/1892243493445050606/photo/1",
            "https://nitter.net/otter/status/1892243493445050606#m",
        )
    ),
    # Copies and redirects.
    ("https://web.archive.org/web/2020/http:/example.org/a", "https://example.org/a"),
    ("https://web.archive.org/web/20200101000000id_/example.org/a?id=7", "https://example.org/a?id=7"),
    (
        "https://web.archive.org/web/2020/https://web.archive.org/web/2019/https://example.org/a",
        "https://example.org/a",
    ),
    ("https://substack.com/redirect/2/?/abs", "https://substack.com/redirect/2"),
    ("https://open.substack.com/pub/otters/p/rivers?r=abc", "https://otters.substack.com/p/rivers"),
    ("https://otters.substack.com/p/rivers/comments?s=r", "https://otters.substack.com/p/rivers"),
    ("https://www.ft.com/content/35b?accessToken=zw&sharetype=gift&token=1", "https://ft.com/content/35b"),
    # Other URLs are normalised.
    ("https://www.example.org/a/?utm_source=x&id=7#top", "https://example.org/a?id=7"),
    ("https://example.org/a?b=c%20d&gclid=1&e=f", "https://example.org/a?b=c%20d&e=f"),
    ("http://EXAMPLE.org:80/", "https://example.org"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://bücher.example/ö", "https://xn--bcher-kva.example/%C3%B6"),
    ("https://www.www.example.org/a", "https://example.org/a"),
    ("https://ｗｗｗ.example.org/a", "https://example.org/a"),
    ("https://www./a", "https://www/a"),
    ("https://example.org.//a", "https://example.org//a"),
    ("https://example。/a", "https://example/a"),
    ("https://example.org/\ud800", "https://example.org/%EF%BF%BD"),
    ("mailto:otter@example.org", "mailto:otter@example.org"),
]


@pytest.mark.parametrize(("url", "work"), WORKS)
def test_all_urls_of_a_work_give_one_id(url: str | None, work: str | None) -> None:
    assert get_work_id(url) == work


@pytest.mark.parametrize("work", sorted({work for _, work in WORKS if work}))
def test_a_work_id_gives_itself(work: str) -> None:
    assert get_work_id(work) == work


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/list/cs.AI/recent",
        "https://arxiv.org/a/otter_a_1",
        "https://arxiv.org/abs/2513.00001",
        "https://arxiv.org/abs/2500.00001",
        "https://arxiv.org/abs/0703.0001",
        "https://arxiv.org/abs/1412.00001",
        "https://arxiv.org/abs/1501.0001",
        "https://arxiv.org/abs/math/0704001",
        "https://arxiv.org/abs/math/9107001",
        "https://arxiv.org.evil.example/abs/2502.19187",
        "https://evil.example/abs/2502.19187",
        "https://huggingface.co/a/2502.19187x/papers/2502.19187",
    ],
)
def test_a_false_arxiv_id_is_not_accepted(url: str) -> None:
    assert not (get_work_id(url) or "").startswith("arxiv:")


def test_the_host_follows_the_user_name() -> None:
    assert get_work_id("https://arxiv.org@evil.example/abs/2502.19187") == "https://evil.example/abs/2502.19187"


def test_openreview_ids_are_case_sensitive() -> None:
    assert get_work_id("https://openreview.net/forum?id=abC") != get_work_id("https://openreview.net/forum?id=abc")


def test_a_model_and_its_space_are_two_works() -> None:
    assert get_work_id("https://huggingface.co/a/b") != get_work_id("https://huggingface.co/spaces/a/b")


def test_gift_tokens_are_not_part_of_the_id() -> None:
    gift = "https://www.ft.com/content/35b?accessToken=zw"
    assert strip_tracking(gift) == gift
    assert get_work_id(gift) == get_work_id("https://www.ft.com/content/35b")


HOSTS = (
    "arxiv.org doi.org science.org openreview.net github.com raw.githubusercontent.com gist.github.com gitlab.com hf.co"
    " huggingface.co papers.ssrn.com aclanthology.org proceedings.mlr.press papers.nips.cc youtu.be youtube.com x.com"
    " web.archive.org open.substack.com a.substack.com substack.com nature.com ft.com bücher.example [::1]"
    " github.com. www.. 。"
)
PIECES = (
    "/abs /doi 10.1/x 10.1145/ſ %2F %0A %1B ? & = # . .. : id=x v=1 /web/ 2020/ https:// http:/ /a /B /pdf .pdf /blob"
    " /-/ /status/1 /p/ redirect/2/ 2502.19187 v2 ö ٢٥٠٢.١٩١٨٧ ) ( / utm_a=1 /datasets /spaces @ \u202e \ud800 //"
)
RANDOM_URLS = st.builds(
    lambda host, pieces: f"https://{host}/" + "".join(pieces),
    st.sampled_from(HOSTS.split()),
    st.lists(st.sampled_from(PIECES.split(" ")), max_size=8),
)


@given(st.one_of(st.text(max_size=60), st.text(max_size=60).map("https://{}".format), RANDOM_URLS))
def test_normalising_is_idempotent_and_never_raises(url: str) -> None:
    once = normalise_url(url)
    assert normalise_url(once) == once
    work = get_work_id(url)
    assert get_work_id(work) == work
    assert work is not None or not url
    classify_link(url, url)
    get_host(url)
    strip_tracking(url)


def test_a_lone_surrogate_gives_a_work_id() -> None:
    work = get_work_id("https://example.org/\ud800?\ud800")
    assert get_work_id(work) == work
