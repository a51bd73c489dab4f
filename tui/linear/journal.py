"""Activity: what was done, what is still to be sent, what Gmail refused and why; the transcript."""

from __future__ import annotations

from imapcore.errors import InvalidArgument
from imapcore.model import Activity, OpState
from tui.linear.talk import Talk
from tui.linear.verbs import Verb
from tui.style.text import plural, when_in_full

_LINES = 15
_TRANSCRIPT = 30
_STATES = {
    OpState.PENDING: "to be sent",
    OpState.SENT: "sent",
    OpState.CONFIRMED: "done",
    OpState.REJECTED: "refused",
    OpState.SUPERSEDED: "taken back before it was sent",
}


def activity(talk: Talk, words: list[str]) -> None:
    """The newest changes, by the numbers that retry, discard, cancel and details take."""
    ops = talk.mail.activity(_LINES)
    if not ops:
        talk.say("Nothing was done here yet; what you do stands here, and can be taken back.")
        return
    for op in ops:
        undone = ", undone" if op.is_undone else ""
        answer = f"; Gmail says: {op.answer}" if op.answer else ""
        when = when_in_full(op.at, talk.desk.zone)
        talk.say(f"{op.op_id}. {op.summary}; {_STATES[op.state]}{undone}; {when}{answer}")
    for word, summary in (("undo", talk.mail.next_undo()), ("redo", talk.mail.next_redo())):
        if summary:
            talk.say(f"{word} would be of: {summary}.")


def _chosen(talk: Talk, words: list[str], states: tuple[OpState, ...], what: str) -> Activity:
    number = int(words[0]) if len(words) == 1 and words[0].isdecimal() and len(words[0]) < 12 else 0
    op = next((each for each in talk.mail.activity() if each.op_id == number), None)
    if op is None:
        raise InvalidArgument("Type activity for the numbers", title="Say which change, by its number there")
    if op.state not in states:
        raise InvalidArgument(f"It is {_STATES[op.state]}", title=what)
    return op


def details(talk: Talk, words: list[str]) -> None:
    """The IMAP commands a change stands for."""
    op = _chosen(talk, words, tuple(OpState), "")
    talk.say(f"{op.summary}: {plural(op.messages, 'message')}, {op.done} confirmed.", *op.commands)


def retry(talk: Talk, words: list[str]) -> None:
    """Send again what was refused."""
    op = _chosen(talk, words, (OpState.REJECTED,), "Only what was refused can be sent again")
    receipt = talk.mail.retry(op.op_id)
    talk.say(f"Once more: {receipt.summary}." if receipt else "There is nothing left of it to send.")


def discard(talk: Talk, words: list[str]) -> None:
    """Forget what was refused."""
    op = _chosen(talk, words, (OpState.REJECTED,), "Only what was refused can be forgotten")
    talk.mail.discard(op.op_id)
    talk.say(f"Forgotten: {op.summary}.")


def cancel(talk: Talk, words: list[str]) -> None:
    """Take back what was not sent yet."""
    unsent = (OpState.PENDING, OpState.SENT)
    op = _chosen(talk, words, unsent, "Only what is not sent yet can be taken back so; undo does the rest")
    talk.mail.cancel(op.op_id)
    talk.say(f"Not sent: {op.summary}.")


def take_back(talk: Talk, words: list[str]) -> None:
    """Take back a change and all since; asks first."""
    op = _chosen(talk, words, tuple(OpState), "")
    count = sum(
        1
        for each in talk.mail.activity()
        if each.op_id >= op.op_id and not each.is_undone and each.undoes is None
    )
    if not talk.confirm(f"Take back “{op.summary}” and all since, {plural(count, 'change')}?"):
        return
    for _ in range(count):
        receipt = talk.mail.undo()
        if receipt is None:
            break
        talk.say(f"{receipt.summary}.")


def transcript(talk: Talk, words: list[str]) -> None:
    """The last lines between us and the server, without secrets."""
    lines = talk.mail.transcript(_TRANSCRIPT)
    talk.say(*(lines or ("No line was spoken yet.",)))


VERBS = (
    Verb(
        "activity",
        "what was done, is pending or was refused",
        activity,
        short=("a",),
        commands=("go-activity",),
    ),
    Verb("details", "the IMAP commands of a change", details, "12"),
    Verb("retry", "send again what was refused", retry, "12", commands=("activity-retry",)),
    Verb("discard", "forget what was refused", discard, "12", commands=("activity-discard",)),
    Verb("cancel", "take back what was not sent yet", cancel, "12", commands=("activity-cancel",)),
    Verb(
        "take-back", "a change and all since; asks first", take_back, "12", commands=("activity-take-back",)
    ),
    Verb("transcript", "the last lines between us and the server", transcript),
)
