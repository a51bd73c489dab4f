"""Batch sizes and pauses."""

from __future__ import annotations

from imapcore.sync.pull.batch_size import LARGEST, LONGEST_PAUSE, SMALLEST, BatchSize


def test_a_quick_server_is_asked_for_more_and_a_slow_one_for_less() -> None:
    pace = BatchSize(first=100)
    pace.answered(100, 0.1)
    assert pace.size == 200
    for _ in range(10):
        pace.answered(pace.size, 0.1)
    assert pace.size == LARGEST
    pace.answered(pace.size, 3.0)
    assert pace.size == LARGEST // 2
    for _ in range(20):
        pace.answered(pace.size, 3.0)
    assert pace.size == SMALLEST


def test_the_last_small_batch_says_nothing_about_speed() -> None:
    pace = BatchSize(first=100)
    pace.answered(7, 0.01)
    assert pace.size == 100


def test_throttling_doubles_the_pause_and_clean_answers_end_it() -> None:
    pace = BatchSize(first=400)
    assert (pace.pause, pace.is_throttled) == (0.0, False)
    pace.answered(400, 0.1, is_throttled=True)
    assert (pace.pause, pace.size) == (1.0, 200)
    pace.answered(200, 0.1, is_throttled=True)
    assert pace.pause == 2.0
    for _ in range(10):
        pace.throttled()
    assert pace.pause == LONGEST_PAUSE
    answers = 0
    while pace.is_throttled:
        pace.answered(pace.size, 0.1)
        answers += 1
    assert answers < 30


def test_a_refused_batch_is_halved_down_to_single_messages() -> None:
    pace = BatchSize(first=8)
    for _ in range(6):
        pace.failed()
    assert pace.size == 1
