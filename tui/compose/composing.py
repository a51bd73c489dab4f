"""What is done with the mail that is being written: begun, kept, sent, taken back, discarded.

One of these belongs to the main screen. Whatever waits for the disk is done beside the screen, in order; what
was typed is on the disk half a second later. The composer is open before the draft is there: what is typed
ahead stands in it already, and is kept when the quotation arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from imapcore.errors import GimapError, WrongState
from imapcore.events import BodyArrived, BodyFailed, Event, OutgoingChanged, SourceArrived
from imapcore.model import Address, Draft, DraftFile, Outgoing, OutgoingState
from tui.bridge.messages import Tone
from tui.compose.signature import signature_for, with_signature
from tui.compose.sitting import Sitting
from tui.style.text import plural

if TYPE_CHECKING:
    from pathlib import Path

    from textual.timer import Timer

    from tui.compose.composer import Written
    from tui.compose.host import ComposeHost

SAVE_SECONDS = 0.5
"""How long after a change the draft is written down."""
_TICK_SECONDS = 1.0
UNDER_WAY = (OutgoingState.HELD, OutgoingState.WAITING, OutgoingState.SENDING, OutgoingState.UNKNOWN)


class Beginning(Struct, frozen=True):
    """A draft that is to be begun."""

    title: str
    make: Callable[[], Draft]
    msgid: int | None = None
    """The message it needs, which may have to be fetched first."""
    needs_source: bool = False
    """Whether it needs the whole of it."""
    is_new: bool = True
    """Whether nobody has written on it yet: it gets a signature, and is nothing if nobody does."""
    problem: str = ""
    """Why it is here again, in the server's words."""


class _Made(Struct, frozen=True):
    draft: Draft
    identities: tuple[Address, ...]


class Composing:
    """The mail that is being written; lives on the screen's thread."""

    def __init__(self, host: ComposeHost) -> None:
        self._host = host
        self._beginning: Beginning | None = None
        self._sitting: Sitting | None = None
        self._first: Written | None = None
        """What stood there when it was begun."""
        self._timer: Timer | None = None
        self._armed: Written | None = None
        """What was warned about: sent when asked once more."""
        self._is_handing_over = False
        self._asked: set[str] = set()
        """What of the message was asked for."""
        self._sent: Outgoing | None = None
        """The last one that was sent, as long as undo means it."""
        self._discarded: Draft | None = None
        self._discard_timer: Timer | None = None
        self._is_too_late = False
        self._changes = 0
        """Changes of mail since then, which undo takes back first."""
        self._countdown = ""

    @property
    def sitting(self) -> Sitting | None:
        """The draft that is being written, once it is there."""
        return self._sitting

    # -- beginning -------------------------------------------------------------------------------------

    def begin(self, beginning: Beginning, *, with_conversation: bool = False) -> None:
        """Open the composer at once; the draft follows."""
        if self._host.is_composing:
            self.leave()
        composer, account = self._host.composer, self._host.desk.mail.account
        self._beginning, self._sitting, self._armed = beginning, None, None
        self._asked.clear()
        self._is_handing_over = False
        composer.set_locked(False)
        composer.show(Draft(sender=Address("", account.email)))
        composer.title(beginning.title)
        self._host.open_composer(with_conversation=with_conversation)
        if beginning.msgid is not None:
            composer.go(composer.text)
        self._make()

    def _make(self) -> None:
        beginning, writing = self._beginning, self._host.desk.mail.writing
        if beginning is None:
            return

        def work() -> _Made | GimapError:
            try:
                return _Made(beginning.make(), writing.identities())
            except GimapError as error:
                return error

        def done(made: _Made | GimapError) -> None:
            if self._beginning is not beginning or self._sitting is not None:
                return
            if isinstance(made, _Made):
                self._arrived(beginning, made)
            else:
                self._failed(beginning, made)

        self._host.aside.do(work, done, is_long=True)

    def _failed(self, beginning: Beginning, error: GimapError) -> None:
        msgid, mail = beginning.msgid, self._host.desk.mail
        step = "source" if beginning.needs_source and "body" in self._asked else "body"
        if not isinstance(error, WrongState) or msgid is None or step in self._asked:
            self._give_up(error.sentence())
            return
        self._asked.add(step)
        self._host.composer.title(beginning.title, "getting the message")
        if step == "source":
            mail.open_source(msgid)
        else:
            mail.open_body(msgid)

    def _give_up(self, sentence: str) -> None:
        """It cannot be begun; what was typed meanwhile becomes a mail of its own."""
        composer = self._host.composer
        composer.say(sentence)
        self._host.flash(sentence, Tone.PROBLEM)
        if composer.written.text.strip():
            self._sitting = Sitting(self._host.desk.mail.writing, Draft(sender=composer.written.sender))
            self.changed()
        else:
            self._beginning = None
            self._host.close_composer()

    def _arrived(self, beginning: Beginning, made: _Made) -> None:
        host, settings = self._host, self._host.desk.config.writing
        composer, typed = host.composer, host.composer.written
        draft, is_above = made.draft, settings.quote == "above"
        text, cursor = draft.text, len(typed.text)
        if beginning.is_new:
            signature = signature_for(settings.signature, draft.sender.email)
            is_above = is_above or draft.forwards is not None or not text.strip()
            text = with_signature(text, signature, is_above=is_above)
            draft = replace(draft, is_markdown=settings.markdown)
        if is_above or not beginning.is_new:
            text = typed.text + text
        else:
            # One writes between what is quoted and the signature.
            at = text.rfind("\n\n-- \n")
            at = len(text) if at < 0 else at
            text, cursor = text[:at] + typed.text + text[at:], at + len(typed.text)
        self._sitting = Sitting(host.desk.mail.writing, draft)
        composer.show(replace(draft, text=text), made.identities, cursor=cursor)
        self._first = composer.written
        if any((typed.to, typed.cc, typed.bcc, typed.subject)):
            composer.put(
                replace(
                    self._first,
                    to=typed.to or self._first.to,
                    cc=typed.cc or self._first.cc,
                    bcc=typed.bcc or self._first.bcc,
                    subject=typed.subject or self._first.subject,
                )
            )
        if typed.text:
            self._first = replace(self._first, text="")
            self.changed()
        composer.say(beginning.problem, is_refusal=bool(beginning.problem))
        composer.title(self._title_of(beginning, draft))
        if beginning.msgid is None and not typed.to and not composer.is_suggesting:
            composer.begin()
        if beginning.problem:
            # Nobody asked for it now: letters that were meant for something else do nothing there.
            composer.go(composer.sender)
        if beginning.is_new and settings.editor == "external":
            host.app.call_later(self.edit)

    @staticmethod
    def _title_of(beginning: Beginning, draft: Draft) -> str:
        count = len(draft.recipients)
        return f"{beginning.title}: {plural(count, 'recipient')}" if count > 1 else beginning.title

    # -- keeping ---------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something was typed: it is written down soon."""
        if self._timer is None:
            self._timer = self._host.set_timer(SAVE_SECONDS, self._save)

    def _snapshot(self) -> Draft:
        assert self._sitting is not None
        return self._host.composer.into(self._sitting.draft)

    def _save(self) -> None:
        self._stop_timer()
        sitting = self._sitting
        if sitting is None or self._is_handing_over:
            # The draft is not there yet, or goes as a whole: nothing is written beside it.
            return
        draft, beginning = self._snapshot(), self._beginning

        def saved(_: Draft) -> None:
            if beginning is not None and self._sitting is sitting:
                self._host.composer.title(self._title_of(beginning, draft), "kept")

        self._host.aside.do(lambda: sitting.save(draft), saved, is_long=True, complain=self._not_kept)

    def _not_kept(self, sentence: str) -> None:
        self._host.composer.say(f"Not on the disk: {sentence}", is_refusal=True)
        self.changed()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def _is_untouched(self) -> bool:
        return self._host.composer.written == self._first

    def leave(self) -> None:
        """Close the composer and keep what was written; nothing, if nothing was."""
        sitting, beginning, host = self._sitting, self._beginning, self._host
        self._stop_timer()
        if self._is_handing_over:
            return
        if sitting is None or beginning is None:
            self._over()
            return
        draft, writing, is_new = self._snapshot(), host.desk.mail.writing, beginning.is_new
        is_nothing = (self._is_untouched and is_new and draft.files == self._first_files) or (
            draft.is_empty and not sitting.draft.files
        )
        self._over()
        if is_nothing:
            host.aside.do(
                lambda: writing.discard(sitting.discard(draft)), lambda _: host.look_again(), is_long=True
            )
            host.flash("Nothing was written, so nothing is kept", Tone.HINT)
            return
        key = host.desk.keymap.key_of("drafts-here")

        def kept(saved: Draft) -> None:
            host.flash(f"The draft is kept {host.desk.glyphs.dot} {key} goes on with it")
            host.look_again()

        def work() -> Draft:
            saved = sitting.save(draft)
            writing.leave(saved)
            return saved

        host.aside.do(work, kept, is_long=True)

    @property
    def _first_files(self) -> tuple[DraftFile, ...]:
        return () if self._sitting is None else self._sitting.begun_files

    def _over(self) -> None:
        self._stop_timer()
        self._sitting = self._beginning = None
        self._first = self._armed = None
        self._is_handing_over = False
        if self._host.is_composing:
            self._host.close_composer()

    def flush(self) -> None:
        """The run ends: write down what is open, here and now; do what undo kept back."""
        writing = self._host.desk.mail.writing
        if (
            self._sitting is not None
            and not self._is_handing_over
            and (self._timer is not None or not self._is_untouched)
        ):
            self._stop_timer()
            writing.leave(self._sitting.save(self._snapshot()))
        if self._discarded is not None:
            writing.discard(self._discarded)
            self._discarded = None

    # -- sending ---------------------------------------------------------------------------------------

    def send(self, *, archives: bool = False) -> None:
        """Send it; what may have been forgotten is said once before."""
        sitting, host = self._sitting, self._host
        composer = host.composer
        if sitting is None:
            host.flash("The message that is answered is still on its way", Tone.HINT)
            return
        if self._is_handing_over:
            return
        if composer.problems:
            host.flash(composer.problems[0], Tone.PROBLEM)
            return
        self._stop_timer()
        self._is_handing_over = True
        composer.set_locked(True)
        draft, written = self._snapshot(), composer.written

        def warned(warnings: tuple[str, ...]) -> None:
            if warnings and self._armed != written:
                self._armed = written
                self._hand_back()
                key = host.desk.keymap.key_of("compose-send-archive" if archives else "compose-send")
                host.flash(f"{'. '.join(warnings)} {host.desk.glyphs.dot} {key} sends it as it is", Tone.HINT)
                return
            seconds = host.desk.config.writing.undo_seconds
            host.aside.do(
                lambda: sitting.send(draft, held_seconds=seconds, archives=archives),
                self._gone,
                is_long=True,
                complain=self._not_sent,
            )

        host.aside.do(
            lambda: sitting.warnings(draft) if draft.recipients else (),
            warned,
            is_long=True,
            complain=self._not_sent,
        )

    def _hand_back(self) -> None:
        self._is_handing_over = False
        self._host.composer.set_locked(False)
        self.changed()

    def _not_sent(self, sentence: str) -> None:
        self._hand_back()
        self._host.composer.say(sentence)
        self._host.flash(sentence, Tone.PROBLEM)

    def _gone(self, outgoing: Outgoing) -> None:
        self._over()
        self._commit_discard()
        self._sent, self._changes, self._is_too_late = outgoing, 0, False
        self._host.look_again()
        if outgoing.state is OutgoingState.HELD:
            self._countdown = ""
            self._count_down()
        else:
            self._host.flash("Sending")

    def _count_down(self) -> None:
        """Say how long it can still be undone, unless something else is being said."""
        host, sent = self._host, self._sent
        if sent is None or sent.state is not OutgoingState.HELD:
            return
        left = max(0, -((host.desk.now() - sent.send_at) // 1000))
        shown = host.shown_flash
        if left and (not self._countdown or shown in ("", self._countdown)):
            key = host.desk.keymap.key_of("undo")
            self._countdown = f"Sent in {left} s {host.desk.glyphs.dot} {key} undo"
            host.flash(self._countdown)
        if left:
            host.set_timer(_TICK_SECONDS, self._count_down)

    # -- undo ------------------------------------------------------------------------------------------

    def mail_changed(self) -> None:
        """Something was done to mail since: undo means that first."""
        self._changes += 1

    @property
    def can_undo(self) -> bool:
        """Whether sending or discarding may be taken back."""
        return self._sent is not None or self._discarded is not None

    def undo(self) -> bool:
        """Take sending or discarding back, if that is what was done last; whether it was."""
        if self._sent is None and self._discarded is None and not self._is_too_late:
            return False
        if self._changes:
            self._changes -= 1
            return False
        host, writing = self._host, self._host.desk.mail.writing
        if self._discarded is not None:
            draft, self._discarded = self._discarded, None
            self._stop_discard()
            self.resume(draft)
            host.flash("Undone: the draft is here again")
            return True
        sent, self._sent = self._sent, None
        if sent is not None:
            host.aside.do(lambda: writing.take_back(sent.outgoing_id), self._taken_back, is_long=True)
            return True
        if self._is_too_late:
            self._is_too_late = False
            following = host.desk.mail.next_undo()
            key = host.desk.keymap.key_of("undo")
            more = f"; {key} once more undoes: {following}" if following else ""
            host.flash(f"That mail is sent; nothing takes it back{more}", Tone.HINT)
            return True
        return False

    def _taken_back(self, draft: Draft | None) -> None:
        if draft is None:
            self._host.flash("It is on its way already: nothing takes it back", Tone.HINT)
            return
        self.resume(draft)
        self._host.flash("Undone: nothing was sent")
        self._host.look_again()

    def take_back(self, outgoing_id: int) -> None:
        """Go on with what waits in the outbox."""
        if self._sent is not None and self._sent.outgoing_id == outgoing_id:
            self._sent = None
        writing = self._host.desk.mail.writing
        self._host.aside.do(lambda: writing.take_back(outgoing_id), self._taken_back, is_long=True)

    def resume(self, draft: Draft, problem: str = "") -> None:
        """Go on with a draft of ours."""
        self.begin(
            Beginning("Draft", lambda: draft, is_new=False, problem=problem),
            with_conversation=draft.thrid is not None,
        )

    # -- discarding ------------------------------------------------------------------------------------

    def discard(self) -> None:
        """Discard what is being written; for some seconds it can be undone."""
        sitting = self._sitting
        if sitting is None:
            self._over()
            return
        if self._is_handing_over:
            return
        draft, is_untouched = self._snapshot(), self._is_untouched
        self._over()
        draft = sitting.discard(draft)
        if is_untouched and not draft.draft_id:
            self._host.flash("Discarded; nothing had been written")
            return
        self.discard_draft(draft)

    def discard_draft(self, draft: Draft) -> None:
        """Discard a draft; it is deleted when undo does not mean it any more."""
        self._commit_discard()
        self._discarded, self._changes, self._sent = draft, 0, None
        seconds = max(10, self._host.desk.config.writing.undo_seconds)
        self._discard_timer = self._host.set_timer(seconds, self._commit_discard)
        key = self._host.desk.keymap.key_of("undo")
        self._host.flash(f"Draft discarded {self._host.desk.glyphs.dot} {key} undo")
        self._host.look_again()

    def _stop_discard(self) -> None:
        if self._discard_timer is not None:
            self._discard_timer.stop()
            self._discard_timer = None

    def _commit_discard(self) -> None:
        self._stop_discard()
        draft, self._discarded = self._discarded, None
        if draft is not None:
            writing = self._host.desk.mail.writing
            self._host.aside.do(
                lambda: writing.discard(draft), lambda _: self._host.look_again(), is_long=True
            )

    def drafts(self) -> tuple[Draft, ...]:
        """Drafts kept here, without the one that is open or being discarded."""
        open_one = 0 if self._sitting is None else self._sitting.draft.draft_id
        gone = 0 if self._discarded is None else self._discarded.draft_id
        return tuple(
            draft for draft in self._host.desk.mail.writing.drafts() if draft.draft_id not in (open_one, gone)
        )

    def waiting(self) -> tuple[Outgoing, ...]:
        """What is on its way, or was refused and is a draft still."""
        writing = self._host.desk.mail.writing
        kept = {draft.draft_id for draft in writing.drafts()}
        return tuple(
            out
            for out in writing.outbox()
            if out.state in UNDER_WAY or (out.state is OutgoingState.REFUSED and out.draft.draft_id in kept)
        )

    def counts(self) -> tuple[int, int, bool]:
        """What waits, drafts kept here, whether something was refused; reads the store."""
        waiting = self.waiting()
        refused = {out.draft.draft_id for out in waiting if out.state is OutgoingState.REFUSED}
        drafts = [draft for draft in self.drafts() if draft.draft_id not in refused]
        return len(waiting), len(drafts), bool(refused)

    # -- files, Markdown, the other editor -------------------------------------------------------------

    def attach(self, path: Path) -> None:
        """Put a file with it."""
        sitting, draft = self._sitting, self._snapshot() if self._sitting is not None else None
        if sitting is not None and draft is not None:
            self._host.aside.do(
                lambda: sitting.attach(draft, path),
                self._files_changed,
                is_long=True,
                complain=self._complain,
            )

    def detach(self, file: DraftFile) -> None:
        """Take a file off it."""
        sitting, draft = self._sitting, self._snapshot() if self._sitting is not None else None
        if sitting is not None and draft is not None:
            self._host.aside.do(lambda: sitting.detach(draft, file), self._files_changed, is_long=True)

    def _files_changed(self, saved: Draft) -> None:
        if self._sitting is not None and self._sitting.draft.draft_id == saved.draft_id:
            self._host.composer.show_files(saved.files)

    def _complain(self, sentence: str) -> None:
        self._host.flash(sentence, Tone.PROBLEM)

    def edit(self) -> None:
        """Write on in the user's own editor."""
        if self._sitting is None or self._is_handing_over:
            return
        from tui.compose.external_editor import edit_outside

        composer = self._host.composer
        self._save()
        written, problem = edit_outside(self._host.app, composer.written)
        if written is not None:
            composer.put(written)
        if problem:
            self._host.flash(problem, Tone.PROBLEM)

    # -- what the engine says --------------------------------------------------------------------------

    def engine_spoke(self, event: Event) -> None:
        """A message that was waited for; what became of a mail."""
        match event:
            case BodyArrived(msgid) | SourceArrived(msgid) if self._waits_for(msgid):
                self._make()
            case BodyFailed(msgid, title, detail, _) if self._waits_for(msgid):
                self._give_up(f"{title}. {detail}".strip())
            case OutgoingChanged(number, state) if number:
                self._outgoing_changed(number, state)
            case _:
                pass

    def _waits_for(self, msgid: int) -> bool:
        beginning = self._beginning
        is_meant = beginning is not None and beginning.msgid == msgid
        return is_meant and bool(self._asked) and self._sitting is None

    def _outgoing_changed(self, number: int, state: OutgoingState | None) -> None:
        is_last = self._sent is not None and self._sent.outgoing_id == number
        if is_last and state is not OutgoingState.HELD:
            if state is OutgoingState.SENT:
                self._sent, self._is_too_late = None, True
            elif state is not None and self._sent is not None:
                self._sent = replace(self._sent, state=state)
        if state is OutgoingState.SENT:
            self._host.flash("Sent")
        elif state in (OutgoingState.REFUSED, OutgoingState.UNKNOWN, OutgoingState.WAITING):
            found = next(
                (out for out in self._host.desk.mail.writing.outbox() if out.outgoing_id == number), None
            )
            if found is not None:
                self._tell(found)
        self._host.look_again()

    def _tell(self, out: Outgoing) -> None:
        host = self._host
        said = ". ".join(part.rstrip(".") for part in (out.title, out.detail, out.hint) if part)
        if out.state is OutgoingState.REFUSED:
            if self._sent is not None and self._sent.outgoing_id == out.outgoing_id:
                self._sent = None
            host.flash(f"Not sent: {out.title}", Tone.PROBLEM)
            if host.is_composing or len(host.app.screen_stack) > 1:
                host.app.notify(said, title=f"Not sent: {out.draft.subject}", severity="error", markup=False)
            else:
                self.resume(out.draft, f"Not sent. {said}")
        elif out.state is OutgoingState.UNKNOWN:
            host.flash("The connection broke while it was sent; Gmail is asked whether it has it", Tone.HINT)
        elif out.title:
            host.flash(f"It waits in the outbox: {out.title}", Tone.HINT)
