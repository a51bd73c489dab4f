"""A label that is deleted here and brought back by another client, whatever is asked in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imapcore.model import DeleteLabel, View
from imapcore.store.facts import Batch, Settled
from imapcore.sync.push.replay import Replay
from tests.sync.bench import ALL_MAIL, Bench, connected, exhaust

Ask = Callable[[Bench], None]


def _list_and_pass(bench: Bench) -> None:
    bench.list()
    bench.look()


def _pass_and_list(bench: Bench) -> None:
    bench.look()
    bench.list()


ASKED: dict[str, Ask] = {
    "nothing": lambda _: None,
    "a list": lambda bench: bench.list(),
    "a pass": lambda bench: bench.look(),
    "a list and a pass": _list_and_pass,
    "a pass and a list": _pass_and_list,
    "an audit": lambda bench: bench.audit(),
}


@pytest.mark.parametrize(
    ("before", "after", "is_on_the_same"),
    [
        ("nothing", "nothing", True),
        ("a list", "a pass", True),
        ("a pass", "a list", False),
        ("a list and a pass", "an audit", True),
        ("a pass and a list", "nothing", False),
    ],
)
def test_it_is_in_the_tree_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, before: str, after: str, is_on_the_same: bool
) -> None:
    one, two = (each.msgid for each in bench.sim.control.messages(ALL_MAIL)[:2])
    bench.sim.control.relabel(one, add=["Back"])
    bench.list()
    bench.look()
    assert "Back" in bench.labels(one)
    bench.store.journal.submit(DeleteLabel("Back"))
    confirm: Callable[..., Settled] = bench.store.journal.answers.confirm

    def confirm_late(batch: Batch, *arguments: object, **named: object) -> Settled:
        bench.sim.control.relabel(one if is_on_the_same else two, add=["Back"])
        ASKED[before](bench)
        return confirm(batch, *arguments, **named)

    monkeypatch.setattr(bench.store.journal.answers, "confirm", confirm_late)
    with connected(bench.sim, bench.store, bench.transcript) as actions:
        exhaust(Replay(bench.store, lambda *_: None, lambda: None, bench.sync.places).run(actions))
    ASKED[after](bench)
    bench.look()
    bench.list()
    bench.audit()
    names = {each.name for each in bench.reader.lists.mailboxes()}
    assert "Back" in names
    bearers = {each.msgid for each in bench.sim.control.messages("Back")}
    shown = {row.thrid for row in bench.reader.lists.window(View.of_label("Back")).rows}
    assert bearers == {one if is_on_the_same else two}
    assert "Back" in bench.labels(one if is_on_the_same else two)
    assert len(shown) == 1
