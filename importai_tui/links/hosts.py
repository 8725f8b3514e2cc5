"""What sites publish, as far as one kind is nearly all that they do."""

from __future__ import annotations

from importai_tui.issue import LinkKind

_KIND_OF_HOST = {
    LinkKind.PAPER: "openreview.net biorxiv.org medrxiv.org nature.com science.org pnas.org aclanthology.org aclweb.org"
    " ssrn.com papers.ssrn.com proceedings.mlr.press papers.nips.cc papers.neurips.cc proceedings.neurips.cc dl.acm.org"
    " ieeexplore.ieee.org link.springer.com sciencedirect.com cell.com semanticscholar.org osf.io nber.org"
    " journals.plos.org arxiv.org alphaxiv.org jmlr.org openaccess.thecvf.com mdpi.com bmj.com frontiersin.org"
    " tandfonline.com onlinelibrary.wiley.com journals.sagepub.com academic.oup.com jamanetwork.com thelancet.com"
    " iopscience.iop.org royalsocietypublishing.org distill.pub chemrxiv.org psyarxiv.com hal.science eprint.iacr.org",
    LinkKind.CODE: "github.com gitlab.com bitbucket.org codeberg.org gitee.com git.sr.ht gist.github.com"
    " gist.githubusercontent.com raw.githubusercontent.com colab.research.google.com pypi.org npmjs.com",
    LinkKind.DATASET: "kaggle.com zenodo.org figshare.com",
    LinkKind.VIDEO: "youtube.com youtu.be vimeo.com m.youtube.com youtube-nocookie.com twitch.tv",
    LinkKind.SOCIAL: "twitter.com x.com bsky.app mastodon.social linkedin.com reddit.com facebook.com threads.net"
    " news.ycombinator.com nitter.net xcancel.com instagram.com tiktok.com",
    LinkKind.NEWS: "nytimes.com wsj.com ft.com bloomberg.com reuters.com theverge.com wired.com bbc.co.uk bbc.com"
    " theguardian.com washingtonpost.com technologyreview.com economist.com cnbc.com axios.com politico.com politico.eu"
    " theinformation.com techcrunch.com arstechnica.com scmp.com semafor.com time.com theatlantic.com apnews.com"
    " cnn.com forbes.com vox.com newyorker.com theregister.com venturebeat.com spectrum.ieee.org npr.org fortune.com"
    " businessinsider.com yahoo.com vice.com theintercept.com quantamagazine.org newscientist.com sciencenews.org"
    " nikkei.com latimes.com engadget.com zdnet.com gizmodo.com qz.com defenseone.com breakingdefense.com 404media.co"
    " restofworld.org techradar.com tomshardware.com",
    LinkKind.POST: "lesswrong.com alignmentforum.org greaterwrong.com medium.com substack.com wordpress.com"
    " blogspot.com ghost.io openai.com anthropic.com",
}
_HOSTS = {host: kind for kind, hosts in _KIND_OF_HOST.items() for host in hosts.split()}


def kind_of_host(host: str) -> LinkKind | None:
    """What a host publishes, or the site that it belongs to; None where that is not known."""
    while host:
        if host in _HOSTS:
            return _HOSTS[host]
        host = host.partition(".")[2]
    return None
