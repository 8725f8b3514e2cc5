"""Names of files that a mail program took for addresses and made links of: `profile.py`, `README.md`.

A country's ending is a file's ending too (.py is Paraguay, .md Moldova, .sh Saint Helena), so a link is junk only where
its words are the bare name and the name looks like a file's.
"""

from __future__ import annotations

import re

from importai_tui.links.addresses import parts_of

_NO_COUNTRY = re.compile(
    r"(?i)^[\w.-]+\.(?:json|jsonl|txt|ya?ml|toml|csv|tsv|ipynb|js|tsx?|jsx|cpp|hpp|tex|html?|xml|cfg|ini|lock|log|env"
    r"|parquet|safetensors|gguf|onnx|pdf|png|jpe?g|gif|svg|exe|dll|kt|hs|lua)$"
)
"""No top-level domain has these endings (https://data.iana.org/TLD/tlds-alpha-by-domain.txt)."""
_FILE = re.compile(r"(?i)^[\w-]+\.(?:py|md)$")
"""Two parts only: the sites of Paraguay stand beneath com.py and org.py, as good as all."""
_COMMON_FILE = re.compile(
    r"(?i)^(?:main|mod|run|train|setup|install|build|tests?|script|start|deploy|entrypoint|index|utils|config|models?"
    r"|data|eval|demo|init|bootstrap|[\w-]*_[\w-]*)\.(?:sh|rs|pl|so|cc|ps|mk|tf|zip|mov)$"
)


_LONGEST_HOST = 253
"""Characters that the name of a host may have (RFC 1035)."""


def is_junk(url: str | None, text: str) -> bool:
    """Whether a link is a file's name that something made an address of; the words are those underlined."""
    parts = parts_of(url) if url else None
    if parts is None or parts.path.strip("/") or parts.query or parts.port is not None:
        return False
    host = (parts.hostname or "").removeprefix("www.")
    if len(host) > _LONGEST_HOST:
        return False
    if _NO_COUNTRY.match(host):
        return True
    words = text.strip(" \n\t`'\"“”‘’.,;:()").casefold().removeprefix("http://").removeprefix("https://").rstrip("/")
    return words == host and bool(_FILE.match(host) or _COMMON_FILE.match(host))
