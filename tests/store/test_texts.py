"""Which messages still lack their first words, and where those stand."""

from __future__ import annotations

from msgspec.structs import replace

from imapcore.store import Store
from tests.store.worlds import message


def test_what_lacks_a_snippet_is_found_by_message_and_by_conversation(store: Store) -> None:
    store.messages.apply(
        [
            replace(message(1, 1, snippet=None), text_section="1 - - plain"),
            replace(message(2, 1, snippet=None), text_section="1.1 - - plain"),
            message(3, 1, snippet=None),
            replace(message(4, 4, snippet="known"), text_section="1 - - plain"),
        ]
    )
    assert store.envelopes.texts_wanted([1, 3, 4, 99]) == {1: "1 - - plain"}
    assert store.envelopes.texts_of_threads([1, 4]) == (2, 1)
    store.envelopes.set_snippets({1: "Hello", 2: ""})
    assert store.envelopes.texts_of_threads([1, 4]) == ()
