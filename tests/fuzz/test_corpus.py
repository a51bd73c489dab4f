"""Every example of the corpus, seeds and findings alike, holds what its target demands."""

from __future__ import annotations

import random

import pytest

from tests.fuzz import corpus
from tests.fuzz.mutation import MAX_INPUT, mutate
from tests.fuzz.targets import TARGETS, assert_clean


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_holds(target: str) -> None:
    examples = corpus.examples(target)
    assert examples, "a target without examples is never tried"
    for name, data in examples.items():
        try:
            corpus.run(target, data)
        except Exception as error:
            error.add_note(f"tests/fuzz/corpus/{target}/{name}")
            raise


@pytest.mark.parametrize("target", TARGETS)
def test_a_little_damage_does_no_harm(target: str) -> None:
    rng = random.Random(f"a little/{target}")
    pool = list(corpus.examples(target).values())
    for _ in range(20):
        corpus.run(target, mutate(rng, rng.choice(pool), pool))


def test_damage_is_told_by_its_seed_and_bounded() -> None:
    pool = [b"* 1 FETCH (UID 1)\r\n", b"a" * MAX_INPUT]
    first, second = (
        [mutate(rng, rng.choice(pool), pool) for _ in range(200)]
        for rng in (random.Random("again"), random.Random("again"))
    )
    assert first == second
    assert len(set(first)) > 100
    assert max(map(len, first)) <= MAX_INPUT


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b", "a\x00", "\u202e", "\ue000", "two\nlines"])
def test_the_judge_of_clean_text_sees_dirt(text: str) -> None:
    with pytest.raises(AssertionError, match="came through"):
        assert_clean(text)


def test_an_endless_input_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(_: bytes) -> str:
        while True:
            pass

    monkeypatch.setitem(TARGETS, "framing", spin)
    monkeypatch.setattr(corpus, "SECONDS", 0.05)
    with pytest.raises(corpus.Hang):
        corpus.run("framing", b"")


def test_a_gluttonous_input_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = iter((0, corpus.GROWTH + 1))
    monkeypatch.setattr(corpus, "_peak", lambda: next(peaks))
    with pytest.raises(corpus.Glut):
        corpus.run("framing", b"")
