"""``python -m tests.benchmarks.html_recall [DIR …]``: what HTML readers show of what a browser does.

Headless Chromium says which words of each body are visible (``chromium_words``). A reader's *recall* is the
share of visible words that it shows, its *leak* the share of hidden words. Beside ours stand w3m, lynx and
inscriptis, where they are installed. Bodies are the ``*.html`` and the HTML parts of ``*.eml`` below the
folders named, or else the project's own corpus. Processor time is that of reading alone; of programs it
includes their start, which is what a mail reader pays that calls them.

Foreign corpora worth a run: the templates of MJML, mailchimp (email-blueprints), postmark, Cerberus,
foundation-emails and react-email, the test messages of MimeKit and of mikel/mail.
"""

from __future__ import annotations

import argparse
import importlib
import re
import resource
import shutil
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct, field

from imapcore.mime import charsets
from imapcore.mime.html import read_html
from imapcore.mime.links import Links
from imapcore.mime.parts import parse_parts
from imapcore.model import Block, BlockKind
from tests.benchmarks.chromium_words import Chromium, Shown, find_chromium
from tests.corpus.html import bodies

_WORD = re.compile(r"\w+")
_DROPPED = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

Truth = tuple[Counter[str], Counter[str]]
"""Visible and hidden words."""
Reader = Callable[[str], str]


class Score(Struct):
    """One reader over all bodies so far."""

    visible: int = 0
    shown: int = 0
    hidden: int = 0
    leaked: int = 0
    seconds: float = 0.0
    bad: int = 0
    """Bodies of which it shows less than nine tenths."""
    worst: list[tuple[float, str, str]] = field(default_factory=list)

    def add(self, name: str, truth: Truth, text: str) -> None:
        """Count a body."""
        visible, hidden = truth
        found = words(text)
        shown = sum((visible & found).values())
        total = sum(visible.values())
        self.visible += total
        self.shown += shown
        self.hidden += sum(hidden.values())
        self.leaked += sum(((found - visible) & hidden).values())
        if total and shown < total:
            missing = " ".join((visible - found).elements())
            self.worst.append((shown / total, name, missing[:160]))
            self.bad += shown < total * 0.9


def words(text: str) -> Counter[str]:
    """Words as a person would compare them: without case, width, and marks that cannot be seen."""
    text = unicodedata.normalize("NFKC", _DROPPED.sub("", text)).casefold()
    return Counter(_WORD.findall(text))


def read_ours(source: str) -> str:
    """Our blocks as text."""
    return "\n".join(map(_block_text, read_html(source, Links()).blocks))


def _block_text(block: Block) -> str:
    if block.kind is BlockKind.TABLE:
        return "\n".join("\t".join("".join(span.text for span in cell) for cell in row) for row in block.rows)
    return f"{block.marker} " + "".join(span.text for span in block.spans)


def _program(*command: str) -> Reader:
    def read(source: str) -> str:
        ended = subprocess.run(
            command, input=source.encode("utf-8", "replace"), capture_output=True, timeout=60, check=False
        )  # fmt: skip
        return ended.stdout.decode("utf-8", "replace")

    return read


def readers() -> dict[str, Reader]:
    """Ours, and what is installed beside it."""
    found: dict[str, Reader] = {"gimap-tui": read_ours}
    if shutil.which("w3m"):
        found["w3m"] = _program(
            "w3m", "-dump", "-T", "text/html", "-I", "utf-8", "-O", "utf-8", "-cols", "80"
        )
    if shutil.which("lynx"):
        found["lynx"] = _program(
            "lynx", "-dump", "-stdin", "-force_html", "-nolist", "-width=80", "-assume_charset=utf-8",
            "-display_charset=utf-8",
        )  # fmt: skip
    try:
        inscriptis = importlib.import_module("inscriptis")
    except ImportError:
        pass
    else:
        found["inscriptis"] = inscriptis.get_text
    return found


def find_bodies(folders: list[Path]) -> Iterator[tuple[str, str]]:
    """Names and sources of the HTML bodies below some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            if path.suffix in (".html", ".htm"):
                yield str(path.relative_to(folder)), charsets.decode(path.read_bytes())[0]
            elif path.suffix in (".eml", ".msg", ".txt", ".mbox", ""):
                for part in parse_parts(path.read_bytes()[:30_000_000]).walk():
                    if part.media_type == "text/html" and not part.is_attachment:
                        text = charsets.decode(part.content(), part.charset)[0]
                        yield f"{path.relative_to(folder)}#{part.section}", text


def main(arguments: list[str] | None = None) -> int:
    """Measure; 0 when it could be done."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.html_recall", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--worst", type=int, default=10, help="how many of our worst bodies are shown")
    parser.add_argument("--only", action="store_true", help="measure our reader alone")
    options = parser.parse_args(arguments)
    program = find_chromium()
    if program is None:
        print("no Chromium is installed: nothing says what is visible", file=sys.stderr)
        return 0
    own = [(body.name, body.source) for body in bodies()]
    found = list(find_bodies(options.folders)) if options.folders else own
    chosen = {"gimap-tui": read_ours} if options.only else readers()
    scores = {name: Score() for name in chosen}
    browser = Chromium(program)
    try:
        for name, source in found:
            truth = _truth(browser.words(source))
            for reader, read in chosen.items():
                before = _processor_time()
                text = read(source)
                scores[reader].seconds += _processor_time() - before
                scores[reader].add(name, truth, text)
    finally:
        browser.close()
    _report(len(found), scores, options.worst)
    return 0


def _truth(shown: Shown) -> Truth:
    return words(shown.visible), words(shown.hidden)


def _processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _report(count: int, scores: dict[str, Score], worst: int) -> None:
    print(f"{count} bodies, {next(iter(scores.values())).visible:,} visible words")
    print(f"{'reader':12} {'recall':>8} {'under 90 %':>11} {'leak':>7} {'processor':>10}")
    for name, score in scores.items():
        recall = score.shown / score.visible if score.visible else 1.0
        leak = score.leaked / score.hidden if score.hidden else 0.0
        print(f"{name:12} {recall:8.2%} {score.bad:11} {leak:7.1%} {score.seconds:8.2f} s")
    for share, name, missing in sorted(scores["gimap-tui"].worst)[:worst]:
        print(f"  {share:6.1%}  {name}: {missing}")


if __name__ == "__main__":
    sys.exit(main())
