"""Snippets: the first words of a message's text, fetched without the rest of it.

What lives here: grouping messages so that one command serves many, and reading the answers. What may not:
choosing the messages. RFC 3501 §6.4.5 (BODY.PEEK[section]<0.n>).

A snippet costs some hundred octets where there is plain text, some thousand where there is only HTML, whose
first words stand behind a style sheet; so the newest messages get theirs by themselves, older ones when
they are seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from imapcore.mime.snippet import make_snippet
from imapcore.model import Role
from imapcore.store import Store
from imapcore.sync.convert.snippet_source import TextNote
from imapcore.sync.listener import Report
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

MOST_ASKED = 2
"""So often the words of a message are asked for before it is taken to have none."""

ROUNDS = 2
"""The first octets, then more of those few whose first ones hold no word."""

MOST_AT_ONCE = 100
"""Messages per step: at most some 600 kB when all of them are HTML."""


def fetch_snippets(remote: Remote, store: Store, report: Report, msgids: Iterable[int]) -> Iterator[float]:
    """Fetch and store the snippets of messages that have none yet, newest first, some at a time."""
    wanted = sorted(set(msgids), reverse=True)
    for start in range(0, len(wanted), MOST_AT_ONCE):
        part = wanted[start : start + MOST_AT_ONCE]
        snippets: dict[int, str] = {}
        for place, groups in _grouped(store, part).items():
            remote.ensure(place)
            snippets.update(read_snippets(remote, groups))
        if snippets:
            store.envelopes.set_snippets(snippets)
            report.texts_changed()
        yield 0.0


def _grouped(store: Store, msgids: Iterable[int]) -> dict[Role, dict[TextNote, dict[int, int]]]:
    """place → note → uid → msgid."""
    notes = store.envelopes.texts_wanted(msgids)
    places = store.uids.locations(notes)
    grouped: dict[Role, dict[TextNote, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for msgid, location in places.items():
        note = TextNote.parse(notes[msgid])
        if note is not None and location.uid is not None:
            grouped[location.place][note][location.uid] = msgid
    return grouped


def read_snippets(remote: Remote, groups: dict[TextNote, dict[int, int]]) -> dict[int, str]:
    """The snippets of one mailbox's messages; messages that answer nothing get an empty one, and are not
    asked again.
    """
    snippets = {msgid: "" for members in groups.values() for msgid in members.values()}
    notes: dict[int, TextNote] = {}
    msgids: dict[int, int] = {}
    for note, members in groups.items():
        notes.update(dict.fromkeys(members, note))
        msgids.update(members)
    wanted = {uid: note.octets for uid, note in notes.items()}
    for _ in range(ROUNDS):
        if not wanted:
            break
        found = _first_octets(remote, notes, wanted)
        longer: dict[int, int] = {}
        for uid, octets in found.items():
            note = notes[uid]
            words = make_snippet(octets, encoding=note.encoding, charset=note.charset, is_html=note.is_html)
            snippets[msgids[uid]] = words
            # A style sheet may be longer than what was asked for; once more, for those few, and much more.
            if not words and note.is_html and note.octets <= len(octets) < note.most_octets:
                longer[uid] = note.most_octets
        wanted = longer
    return snippets


def _first_octets(remote: Remote, notes: dict[int, TextNote], wanted: dict[int, int]) -> dict[int, bytes]:
    """The beginnings of parts by uid, of those that are answered; ``wanted`` says how many octets of each."""
    # One command per (section, octets), all sent before the first answer is read.
    commands: dict[tuple[str, int], set[int]] = defaultdict(set)
    for uid, octets in wanted.items():
        commands[(notes[uid].section, octets)].add(uid)
    found: dict[int, bytes] = {}
    left = set(wanted)
    for _ in range(MOST_ASKED):
        asked = [(UidSet(left & uids), *key) for key, uids in commands.items() if left & uids]
        for line in remote.fetch_parts(asked):
            if line.uid is None or line.uid not in wanted:
                continue
            section = f"{notes[line.uid].section}<0>"
            if section in line.sections:
                left.discard(line.uid)
            beginning = line.sections.get(section)
            if beginning:
                found[line.uid] = beginning
        if not left:
            break
    return found
