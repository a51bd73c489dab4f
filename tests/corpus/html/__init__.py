"""HTML bodies of the project's own making, made when asked for: small recipes instead of thousands of lines.

hiding    what is hidden and what is not: columns of no letter size, boxes, colours, style sheets, preheaders
threads   replies of six programs in up to 37 languages
letters   newsletters, data tables, every script, and the small things that carry meaning

Each body knows some words that a browser shows and some that it hides; the benchmark asks a browser for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.html import hiding, letters, threads
from tests.corpus.html.body import Body

__all__ = ["Body", "bodies"]


def bodies() -> Iterator[Body]:
    """Every body of the corpus."""
    yield from hiding.bodies()
    yield from threads.bodies()
    yield from letters.bodies()
