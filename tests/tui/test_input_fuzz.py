"""The app on whatever a terminal may send: it lives, no mail is touched, and Ctrl+Q leaves.

A round is one of: a reply of a real terminal, whole, cut anywhere with any pause, or one octet a read; many
replies in one read; random octets in one read; an unfinished sequence or paste; letters in a lump. Between
rounds the place changes: the list, the reader, the tree, a dialog with a field, the palette, the help.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest
from textual.events import Key

from tests.tui.pilot import Stage, running
from tests.tui.terminal_replies import ALL
from tui.settings.config import parse_config
from tui.terminal.driver import Decoder
from tui.terminal.input_events import LEAVING, InputEvents

PLACES = (("enter",), ("tab",), ("slash",), ("colon",), ("question_mark",), ("l",), ("g",), ("ctrl+f",), ())
UNFINISHED = (
    b"\x1b[",
    b"\x1b[?6",
    b"\x1b]52;c;aGVs",
    b"\x1bP1",
    b"\x1b_G",
    b"\x1b[200~e#!z",
    b"\x1bO",
    b"\xe2\x9b",
)
LETTERS = b"Dear all, please archive #!e these minutes [by] D tonight"
Read = tuple[bytes, float]
"""What one read gives, and the seconds since the one before."""


def reads(rng: random.Random) -> Iterator[Read]:
    """One round."""
    kind = rng.randrange(6)
    reply = rng.choice(ALL)
    if kind == 0:
        cut = rng.randrange(1, len(reply))
        pause = rng.choice((0.001, 0.05, 0.5, 3.0))
        yield from ((reply[:cut], 0.2), (reply[cut:], pause))
    elif kind == 1:
        yield from ((bytes([octet]), 0.002) for octet in reply)
    elif kind == 2:
        yield b"".join(rng.sample(ALL, rng.randrange(2, 20))), 0.2
    elif kind == 3:
        yield rng.randbytes(rng.randrange(32, 600)), 0.2
    elif kind == 4:
        yield from ((rng.choice(UNFINISHED), 0.2), (b"", 15.0))
    else:
        begin = rng.randrange(len(LETTERS) - 12)
        yield LETTERS[begin : begin + rng.randrange(12, 40)], 0.2


async def fuzz(stage: Stage, rng: random.Random, rounds: int, seconds: float) -> int:
    """Rounds until there were enough or the time is over; how many."""
    decoder, events, now = Decoder(), InputEvents(0.1), 0.0
    deadline = time.monotonic() + seconds
    done = 0
    while done < rounds and time.monotonic() < deadline:
        seen: list[bytes] = []
        for octets, pause in reads(rng):
            now += pause
            seen.append(octets)
            found = events.tick(now) + (events.feed(decoder.decode(octets), now) if octets else [])
            # Random octets hold a Ctrl+Q now and then; leaving is tried at the end.
            for message in found:
                if not (isinstance(message, Key) and message.key == LEAVING):
                    stage.app.post_message(message.set_sender(stage.app))
        now += 15.0
        for message in events.tick(now):
            stage.app.post_message(message.set_sender(stage.app))
        await stage.pilot.pause()
        assert stage.app.is_running, seen
        assert stage.mail.submitted == [], seen
        done += 1
        if done % 10 == 0:
            await stage.pilot.press("escape", "escape", *rng.choice(PLACES))
    return done


async def run(seed: int, rounds: int, seconds: float) -> int:
    """One app, fuzzed and left by Ctrl+Q."""
    # Opening a conversation would mark it as read, by a key of ours.
    config = parse_config("[behaviour]\nmark_read = false\n")
    async with running(size=(100, 30), config=config) as stage:
        done = await fuzz(stage, random.Random(seed), rounds, seconds)
        await stage.pilot.press("ctrl+q")
        assert not stage.app.is_running
        return done


async def test_whatever_a_terminal_sends_the_app_lives_and_the_mail_is_unchanged() -> None:
    assert await run(1, 120, 40.0) > 0


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_ten_minutes_of_whatever_a_terminal_sends(soak_seed: int, tell: Callable[[str], None]) -> None:
    end = time.monotonic() + 600
    rounds, runs = 0, 0
    while time.monotonic() < end:
        runs += 1
        rounds += await run(soak_seed * 1000 + runs, 2_000, end - time.monotonic())
    tell(f"{rounds:,} rounds in {runs} runs, seed {soak_seed}")
