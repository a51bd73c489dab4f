"""Every body of the corpus: what a browser shows is there, what it hides is not."""

from __future__ import annotations

import pytest

from imapcore.mime.html import read_html
from imapcore.mime.links import Links
from tests.corpus.html import Body, bodies

CORPUS = list(bodies())


def shown_by(body: Body) -> str:
    found = []
    for block in read_html(body.source, Links()).blocks:
        found += [span.text for span in block.spans]
        found += [span.text + " " for row in block.rows for cell in row for span in cell]
        found.append("\n")
    return "".join(found)


def test_the_corpus_is_large_and_every_body_its_own() -> None:
    assert len(CORPUS) >= 300
    assert len({body.name for body in CORPUS}) == len(CORPUS)
    assert len({body.source for body in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("body", CORPUS, ids=lambda body: body.name)
def test_what_is_known_of_a_body(body: Body) -> None:
    text = shown_by(body)
    assert [word for word in body.shown if word not in text] == []
    assert [word for word in body.hidden if word in text] == []


@pytest.mark.parametrize(
    "body", [body for body in CORPUS if body.name.startswith("reply ")], ids=lambda body: body.name
)
def test_only_the_answer_of_a_reply_is_open(body: Body) -> None:
    blocks = read_html(body.source, Links()).blocks
    own = "".join(
        span.text for block in blocks if not block.quote and not block.is_signature for span in block.spans
    )
    assert own.strip() == "answerword indeed"
