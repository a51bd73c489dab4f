"""The commands beyond RFC 3501 that imaplib knows, each with the RFC it comes from.

What lives here: extensions, and how a command's arguments are phrased. The commands every IMAP4rev1 server
has are in ``imap4``.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapcore.classic import quoting
from imapcore.classic.conversation import Conversation, Data, Reply
from imapcore.classic.idle import Idler
from imapcore.classic.quoting import Text

Pieces = list[quoting.Piece]


class Extensions(Conversation):
    """Signing in as others, namespaces, IDLE, SORT, THREAD, MOVE, access rights, quota, annotations."""

    # -- how arguments are phrased ----------------------------------------------------------------------

    def _collect(self, command: str, result: str, *args: Text | quoting.Piece) -> Reply:
        typ, data = self._simple_command(command, *args)
        return self._untagged_response(typ, data, result)

    def _mailbox(self, name: Text) -> quoting.Piece:
        return quoting.mailbox(name, self._encoding)

    def _pattern(self, pattern: Text) -> quoting.Piece:
        return quoting.list_mailbox(pattern, self._encoding)

    def _program(self, charset: str | None, criteria: Sequence[Text | None]) -> Pieces:
        return quoting.search_program(criteria, self._encoding, charset)

    def _charset(self, charset: Text | None) -> Pieces:
        """A charset's name, which need not be an atom (``NF_Z_62-010_(1973)``); nothing for None."""
        return [] if charset is None else [quoting.astring(charset)]

    # -- the session ------------------------------------------------------------------------------------

    def enable(self, capability: str) -> Reply:
        """Enable an extension (RFC 5161); after ``UTF8=ACCEPT`` text travels in UTF-8 (RFC 6855)."""
        if "ENABLE" not in self.capabilities:
            raise self.error("the server does not support ENABLE")
        typ, data = self._simple_command("ENABLE", capability)
        if typ == "OK" and "UTF8=ACCEPT" in capability.upper():
            self._mode_utf8()
        return typ, data

    def proxyauth(self, user: Text) -> Reply:
        """Act as another user; for administrators, where the server knows PROXYAUTH."""
        return self._simple_command("PROXYAUTH", quoting.astring(user, self._encoding, "utf-8"))

    def namespace(self) -> Reply:
        """The prefixes of personal, other users' and shared mailboxes (RFC 2342)."""
        return self._collect("NAMESPACE", "NAMESPACE")

    # -- the selected mailbox ---------------------------------------------------------------------------

    def unselect(self) -> Reply:
        """Leave the mailbox and remove nothing (RFC 3691)."""
        try:
            return self._simple_command("UNSELECT")
        finally:
            self.state = "AUTH"

    def move(self, message_set: Text, new_mailbox: Text) -> Reply:
        """Move messages to the end of another mailbox (RFC 6851)."""
        return self._simple_command("MOVE", message_set, self._mailbox(new_mailbox))

    def sort(self, sort_criteria: Text, charset: str | None, *search_criteria: Text) -> Reply:
        """Find messages, in an order: ``sort('(REVERSE DATE)', 'UTF-8', 'ALL')`` (RFC 5256)."""
        order = quoting.parenthesized(sort_criteria, self._encoding)
        program = self._program(charset, search_criteria)
        return self._collect("SORT", "SORT", order, *self._charset(charset), *program)

    def thread(self, threading_algorithm: str, charset: str | None, *search_criteria: Text) -> Reply:
        """Find messages, as conversations: ``thread('REFERENCES', 'UTF-8', 'ALL')`` (RFC 5256)."""
        program = self._program(charset, search_criteria)
        return self._collect("THREAD", "THREAD", threading_algorithm, *self._charset(charset), *program)

    def idle(self, duration: float | None = None) -> Idler:
        """Listen while nothing is asked (RFC 2177): ``with M.idle(29 * 60) as idler: …``.

        The object is a context manager and an iterator of ``(type, [data, …])``; ``duration`` is in seconds
        and ends the iteration. What was not read by iterating is there for ``response`` afterwards.
        """
        return Idler(self, duration)

    # -- access rights (RFC 4314), quota (RFC 9208), annotations (Cyrus) --------------------------------

    def getacl(self, mailbox: Text) -> Reply:
        """Who may do what with a mailbox."""
        return self._collect("GETACL", "ACL", self._mailbox(mailbox))

    def setacl(self, mailbox: Text, who: Text, what: Text) -> Reply:
        """Set what ``who`` may do with a mailbox."""
        return self._simple_command(
            "SETACL", self._mailbox(mailbox), quoting.astring(who, self._encoding), quoting.astring(what)
        )

    def deleteacl(self, mailbox: Text, who: Text) -> Reply:
        """Take away all rights ``who`` has on a mailbox."""
        return self._simple_command("DELETEACL", self._mailbox(mailbox), quoting.astring(who, self._encoding))

    def myrights(self, mailbox: Text) -> Reply:
        """What the signed-in user may do with a mailbox."""
        return self._collect("MYRIGHTS", "MYRIGHTS", self._mailbox(mailbox))

    def getquota(self, root: Text) -> Reply:
        """Use and limits of a quota root."""
        return self._collect("GETQUOTA", "QUOTA", quoting.astring(root, self._encoding))

    def getquotaroot(self, mailbox: Text) -> tuple[str, Data]:
        """The quota roots of a mailbox and their quotas: ``('OK', [[roots …], [quotas …]])``."""
        typ, data = self._simple_command("GETQUOTAROOT", self._mailbox(mailbox))
        typ, roots = self._untagged_response(typ, data, "QUOTAROOT")
        typ, quotas = self._untagged_response(typ, data, "QUOTA")
        return typ, [roots, quotas]

    def setquota(self, root: Text, limits: Text) -> Reply:
        """Set the limits of a quota root: ``setquota('', '(STORAGE 512)')``."""
        resources = quoting.parenthesized(limits, self._encoding)
        return self._collect("SETQUOTA", "QUOTA", quoting.astring(root, self._encoding), resources)

    def getannotation(self, mailbox: Text, entry: Text, attribute: Text) -> Reply:
        """Annotations of a mailbox, as Cyrus had them before METADATA."""
        return self._collect("GETANNOTATION", "ANNOTATION", self._mailbox(mailbox), entry, attribute)

    def setannotation(self, mailbox: Text, *args: Text) -> Reply:
        """Set annotations of a mailbox, as Cyrus had them before METADATA: entry, values, and so on."""
        return self._collect("SETANNOTATION", "ANNOTATION", self._mailbox(mailbox), *args)
