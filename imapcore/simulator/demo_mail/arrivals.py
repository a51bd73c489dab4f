"""New mail while one watches: an endless, plausible trickle.

Some of it answers conversations that are already there, most begins new ones. Deterministic from the
seed but for the dates, which are those of the moment it arrives.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from imapcore.simulator.account.source import Seed, StoredSeed, store
from imapcore.simulator.demo_mail.compose import Flow, Letter, compose
from imapcore.simulator.demo_mail.words import (
    FIRM_TABS,
    FIRMS,
    NOTICES,
    OWNER,
    PARAGRAPHS,
    PEOPLE,
    SUBJECTS,
    THINGS,
)

_REPLIES = (
    "Yes, that works for me. I have put it in the calendar.",
    "One more thought on this: could we start half an hour earlier?",
    "Sorry for the slow answer, the train had no signal. I agree with all of it.",
    "I asked around and nobody objects. Shall I go ahead?",
    "Found it! It was in the other folder all along.",
    "Attached you would find the new version, if I had not left it at home. Tonight.",
    "Good point about the second page. I changed it and left the rest as it was.",
    "No news yet, but they promised to call before four.",
)


def arrivals(seed: int, now: Callable[[], int], known: Sequence[Seed] = ()) -> Iterator[StoredSeed]:
    """Message after message, each dated ``now()`` when it is taken; ``known`` is what may be answered."""
    rng = random.Random(f"{seed}/arrivals")
    open_threads = [
        mail for mail in known if mail.category == "primary" and mail.references and mail.subject
    ][-40:]
    number = 0
    while True:
        number += 1
        date_ms = now()
        kind = rng.random()
        if open_threads and kind < 0.35:
            yield _answer(rng, rng.choice(open_threads), number, date_ms)
        elif kind < 0.7:
            yield _letter(rng, number, date_ms)
        else:
            yield _notice(rng, number, date_ms)


def _message_id(rng: random.Random, number: int, address: str) -> str:
    return f"<{rng.getrandbits(64):016x}.{number}@{address.partition('@')[2]}>"


def _answer(rng: random.Random, earlier: Seed, number: int, date_ms: int) -> StoredSeed:
    """Somebody of the conversation writes again; when the owner had the last word, who they wrote to does."""
    line = earlier.to if OWNER.email in earlier.sender else earlier.sender
    name, _, address = line.rpartition(", ")[2].rpartition("<")
    address = address.rstrip(">") or name
    name = name.strip(' "')
    if not address or address == OWNER.email:
        return _letter(rng, number, date_ms)
    subject = earlier.subject if earlier.subject.lower().startswith("re:") else f"Re: {earlier.subject}"
    letter = Letter(
        (name, address),
        ((OWNER.name, OWNER.email),),
        subject,
        date_ms,
        _message_id(rng, number, address),
        rng.choice(_REPLIES),
        in_reply_to=earlier.message_id,
        references=(*earlier.references[-11:], earlier.message_id),
        extra=(("Delivered-To", OWNER.email),),
    )
    labels = {label for label in earlier.labels if not label.startswith("\\")} | {"\\Inbox", "\\Important"}
    return store(compose(letter), date_ms, labels=labels, category="primary")


def _letter(rng: random.Random, number: int, date_ms: int) -> StoredSeed:
    name, address, language = rng.choice(PEOPLE)
    subject = rng.choice(SUBJECTS[language]).format(thing=rng.choice(THINGS[language]))
    supply = PARAGRAPHS[language]
    letter = Letter(
        (name, address),
        ((OWNER.name, OWNER.email),),
        subject[0].upper() + subject[1:],
        date_ms,
        _message_id(rng, number, address),
        "\n\n".join(rng.sample(supply, min(len(supply), rng.randint(1, 3)))),
        flow=rng.choice((Flow.FIXED, Flow.FLOWED, Flow.LONG)),
        extra=(("Delivered-To", OWNER.email),),
    )
    labels = {"\\Inbox", "\\Important"} if rng.random() < 0.5 else {"\\Inbox"}
    return store(compose(letter), date_ms, labels=labels, category="primary")


def _notice(rng: random.Random, number: int, date_ms: int) -> StoredSeed:
    firm = rng.randrange(len(FIRMS))
    name, address = FIRMS[firm]
    host = address.partition("@")[2]
    subject, text = NOTICES[firm]
    letter = Letter(
        (name, address),
        ((OWNER.name, OWNER.email),),
        subject,
        date_ms,
        _message_id(rng, number, address),
        text,
        f"<html><body><h2>{subject}</h2><p>{text}</p></body></html>\n",
        extra=(
            ("Delivered-To", OWNER.email),
            ("List-Unsubscribe", f"<https://{host}/unsubscribe/{number}>"),
        ),
    )
    return store(compose(letter), date_ms, labels={"\\Inbox"}, category=FIRM_TABS[firm])
