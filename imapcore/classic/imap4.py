"""``IMAP4``: one method per command, lower and UPPER case, each answering ``(type, [data, …])``.

What lives here: the commands of RFC 3501 §6, and for each what it sends and which untagged responses it
collects. What does not: the other commands (``extensions``), the state of the conversation
(``conversation``), quoting (``quoting``), bytes and sockets (``link``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from imapcore.classic import quoting
from imapcore.classic.authenticator import Authenticator, Mechanism, cram_md5
from imapcore.classic.conversation import Data, Reply
from imapcore.classic.dates import Time2Internaldate, TimeTuple
from imapcore.classic.extensions import Extensions
from imapcore.classic.quoting import Text, to_bytes

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_PARTIAL = re.compile(r"\(?(RFC822|BODY)(\.HEADER|\.TEXT)?(\.PEEK)?(\[.*\])?\)?", re.IGNORECASE)
_UID_SEARCHES = ("SEARCH", "SORT", "THREAD")


class IMAP4(Extensions):
    """A connection to an IMAP4rev1 server.

    ``host`` defaults to this machine, ``port`` to 143; ``timeout`` is in seconds, for connecting and for
    every wait after it (None: the default of the socket module). The constructor connects, reads the
    greeting and asks for the capabilities; as a context manager the object logs out at the end.

    A method answers ``(type, data)``: ``'OK'`` or ``'NO'`` and a list of bytes, of ``(header, literal)``
    tuples where the server sent literals, or ``[None]``. It raises ``IMAP4.error`` when the command is not
    allowed now or the server answers BAD, ``IMAP4.abort`` when the connection is lost, ``IMAP4.readonly``
    when a mailbox can no longer be written, and ValueError for CR, LF or NUL in an argument.
    """

    def __getattr__(self, name: str) -> Any:
        """Find a command's method under its name in capitals."""
        if name.isupper() and not name.startswith("_"):
            method = getattr(type(self), name.lower(), None)
            if callable(method):
                return getattr(self, name.lower())
        raise AttributeError(f"IMAP4 has no command {name!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.state == "LOGOUT":
            return
        try:
            self.logout()
        except OSError:
            # The connection is gone: what the end of the block wanted has happened.
            self.shutdown()

    # -- any state ------------------------------------------------------------------------------------

    def capability(self) -> Reply:
        """Ask what the server can do: ``('OK', [b'IMAP4rev1 IDLE …'])``."""
        return self._collect("CAPABILITY", "CAPABILITY")

    def noop(self) -> Reply:
        """Do nothing, and hear what happened in the mailbox meanwhile."""
        if self.debug >= 3:
            self._dump_ur(self.untagged_responses)
        return self._simple_command("NOOP")

    def logout(self) -> Reply:
        """Say goodbye and close the connection: ``('BYE', [b'…'])``."""
        self.state = "LOGOUT"
        reply = self._simple_command("LOGOUT")
        self.shutdown()
        return reply

    def recent(self) -> Reply:
        """The RECENT count heard since it was last asked for; else NOOP, and ``[None]`` if still none."""
        typ, data = self._untagged_response("OK", [None], "RECENT")
        if data[-1]:
            return typ, data
        typ, data = self.noop()
        return self._untagged_response(typ, data, "RECENT")

    def response(self, code: str) -> tuple[str, Data]:
        """Take what the server said under ``code`` (a response or a response code): ``(code, [data …])``.

        ``[None]`` if it said nothing; taken once, it is gone. The type is the code as it was given.
        """
        return self._untagged_response(code, [None], code.upper())

    def xatom(self, name: str, *args: Text) -> Reply:
        """Send a command this class has no method for: ``xatom('ID', 'NIL')``.

        An argument of more than one word that stands neither in quotes nor in parentheses is quoted.
        """
        name = name.upper()
        self._check_state(name, self._states_of(name) or (self.state,))
        pieces = [quoting.extension_argument(arg, self._encoding) for arg in args]
        return self._command_complete(name, self._send_command(name, pieces))

    # -- signing in -----------------------------------------------------------------------------------

    def starttls(self, ssl_context: Any = None) -> Reply:
        """Start TLS on this connection (RFC 3501 §6.2.1), and ask for the capabilities again.

        Without a context the server's certificate is verified against the system's trust store, unless
        it is on loopback. What the server sends between its OK and the handshake ends the connection.
        """
        if self._tls_established:
            raise self.abort("TLS session already established")
        if "STARTTLS" not in self.capabilities:
            raise self.abort("TLS not supported by server")
        typ, data = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error("Couldn't establish TLS session")
        self._start_tls(ssl_context)
        self._get_capabilities()
        return self._untagged_response(typ, data, "STARTTLS")

    def login(self, user: Text, password: Text) -> Reply:
        """Sign in with a password; it is always quoted (RFC 3501 §6.2.3). Raises ``error`` if refused."""
        self.untagged_responses.pop("CAPABILITY", None)
        pieces = [
            quoting.astring(user, self._encoding, "utf-8"),
            quoting.quote(password, self._encoding, "utf-8"),
        ]
        return self._signed_in(self._command_complete("LOGIN", self._command("LOGIN", *pieces)))

    def login_cram_md5(self, user: str, password: str | bytes) -> Reply:
        """Sign in by CRAM-MD5 (RFC 2195), which does not send the password."""
        return self.authenticate("CRAM-MD5", cram_md5(user, password))

    def authenticate(
        self,
        mechanism: str | Mechanism,
        authobject: Mechanism | None = None,
    ) -> Reply:
        """Sign in by a SASL mechanism (RFC 3501 §6.2.2): ``authenticate('PLAIN', function)``.

        The function is called with each challenge, decoded, and returns the answer, which is encoded for it;
        None breaks off. Given alone, as in ``authenticate(function)``, it is asked for its mechanism by its
        attribute ``mechanism``, or takes the only one the server offers. Raises ``error`` with the server's
        words if refused, and before anything is sent if no mechanism is named.
        """
        if callable(mechanism):
            authobject = mechanism
            mechanism = self._mechanism_of(authobject)
        if authobject is None:
            raise TypeError("authenticate needs a function that answers the server's challenges")
        mechanism = mechanism.upper()
        self.untagged_responses.pop("CAPABILITY", None)
        self.literal = Authenticator(authobject).process
        typ, data = self._simple_command("AUTHENTICATE", mechanism)
        if typ != "OK":
            raise self.error(_words(data))
        return self._signed_in((typ, data))

    def _mechanism_of(self, function: Mechanism) -> str:
        named = getattr(function, "mechanism", None)
        if isinstance(named, str):
            return named
        offered = [name[5:] for name in self.capabilities if name.startswith("AUTH=")]
        if len(offered) == 1:
            return offered[0]
        raise self.error(
            f"name the mechanism: the server offers {', '.join(offered)}"
            if offered
            else "name the mechanism: the server names none"
        )

    def _signed_in(self, reply: Reply) -> Reply:
        typ, data = reply
        if typ != "OK":
            raise self.error(data[-1])
        self.state = "AUTH"
        # A server may offer more once somebody is signed in; Gmail says so unasked.
        self._refresh_capabilities()
        return typ, data

    # -- mailboxes ------------------------------------------------------------------------------------

    def select(self, mailbox: Text = "INBOX", readonly: bool = False) -> Reply:
        """Open a mailbox: ``('OK', [b'17'])``, the number of messages (RFC 3501 §6.3.1).

        With ``readonly`` nothing can change in it (EXAMINE). Raises ``readonly`` when it was asked for to
        be written and the server gives it for reading only.
        """
        self.untagged_responses = {}
        self.is_readonly = readonly
        typ, data = self._simple_command("EXAMINE" if readonly else "SELECT", self._mailbox(mailbox))
        if typ != "OK":
            self.state = "AUTH"
            return typ, data
        self.state = "SELECTED"
        if "READ-ONLY" in self.untagged_responses and not readonly:
            if self.debug >= 1:
                self._dump_ur(self.untagged_responses)
            raise self.readonly(f"{mailbox!r} is not writable")
        return typ, self.untagged_responses.get("EXISTS", [None])

    def create(self, mailbox: Text) -> Reply:
        """Make a mailbox."""
        return self._simple_command("CREATE", self._mailbox(mailbox))

    def delete(self, mailbox: Text) -> Reply:
        """Remove a mailbox and all that is in it."""
        return self._simple_command("DELETE", self._mailbox(mailbox))

    def rename(self, oldmailbox: Text, newmailbox: Text) -> Reply:
        """Give a mailbox another name."""
        return self._simple_command("RENAME", self._mailbox(oldmailbox), self._mailbox(newmailbox))

    def subscribe(self, mailbox: Text) -> Reply:
        """Add a mailbox to the subscribed ones."""
        return self._simple_command("SUBSCRIBE", self._mailbox(mailbox))

    def unsubscribe(self, mailbox: Text) -> Reply:
        """Take a mailbox out of the subscribed ones."""
        return self._simple_command("UNSUBSCRIBE", self._mailbox(mailbox))

    def list(self, directory: Text = '""', pattern: Text = "*") -> Reply:
        r"""The mailboxes under ``directory`` that match: ``('OK', [b'(\\HasNoChildren) "/" INBOX', …])``."""
        return self._collect("LIST", "LIST", self._mailbox(directory), self._pattern(pattern))

    def lsub(self, directory: Text = '""', pattern: Text = "*") -> Reply:
        """The subscribed mailboxes under ``directory`` that match."""
        return self._collect("LSUB", "LSUB", self._mailbox(directory), self._pattern(pattern))

    def status(self, mailbox: Text, names: Text) -> Reply:
        """Counts of a mailbox that need not be open: ``status('INBOX', '(MESSAGES UNSEEN)')``."""
        items = quoting.parenthesized(names, self._encoding)
        return self._collect("STATUS", "STATUS", self._mailbox(mailbox), items)

    def append(
        self,
        mailbox: Text | None,
        flags: Text | None,
        date_time: float | TimeTuple | str | Any | None,
        message: bytes,
    ) -> Reply:
        r"""Put a message into a mailbox, as a literal, its line ends made CRLF (RFC 3501 §6.3.11).

        ``flags`` is a list such as ``(\Seen)``, ``date_time`` what ``Time2Internaldate`` takes; None or
        nothing leaves either out. After ``UTF8=ACCEPT`` the message is marked as RFC 6855 §4 wants it.
        """
        pieces: list[quoting.Piece] = [self._mailbox(mailbox or "INBOX")]
        if flags:
            pieces.append(quoting.parenthesized(flags, self._encoding))
        if date_time:
            pieces.append(to_bytes(Time2Internaldate(date_time)))
        message = _LINE_ENDS.sub(b"\r\n", message)
        pieces.append(quoting.Literal(message, is_utf8_message=self.utf8_enabled))
        return self._simple_command("APPEND", *pieces)

    # -- the selected mailbox --------------------------------------------------------------------------

    def check(self) -> Reply:
        """Ask for a checkpoint of the mailbox."""
        return self._simple_command("CHECK")

    def close(self) -> Reply:
        r"""Leave the mailbox; messages marked ``\Deleted`` are removed if it was open for writing."""
        try:
            return self._simple_command("CLOSE")
        finally:
            self.state = "AUTH"

    def expunge(self) -> Reply:
        r"""Remove the messages marked ``\Deleted``: their numbers, in the order they went."""
        return self._collect("EXPUNGE", "EXPUNGE")

    def search(self, charset: str | None, *criteria: Text | None) -> Reply:
        """Find messages: ``search(None, 'FROM', '"LDJ"')`` → ``('OK', [b'2 84 882'])`` (RFC 3501 §6.4.4).

        With a ``charset`` text outside ASCII is written in it; after ``UTF8=ACCEPT`` it must be None.
        """
        if charset and self.utf8_enabled:
            raise self.error("a charset cannot be named once UTF8=ACCEPT is enabled")
        pieces = self._program(charset, criteria)
        named = ("CHARSET", *self._charset(charset)) if charset else ()
        return self._collect("SEARCH", "SEARCH", *named, *pieces)

    def fetch(self, message_set: Text, message_parts: Text) -> Reply:
        """Read messages or parts of them: ``fetch('1:5', '(UID BODY[TEXT])')`` (RFC 3501 §6.4.5).

        A message without literals is one ``bytes``; with literals it is ``(header, literal)`` tuples and
        the rest of the line, ``b')'``. Items without parentheses get some, macros such as ``FAST`` do not.
        """
        items = quoting.fetch_items(message_parts, self._encoding)
        return self._collect("FETCH", "FETCH", message_set, items)

    def partial(self, message_num: Text, message_part: str, start: int | str, length: int | str) -> Reply:
        """Read a slice of a message: ``length`` octets of ``message_part`` from ``start``, counted from 1.

        PARTIAL is gone since IMAP4rev1 (RFC 1730 §6.4.6 had it): there the same is asked by
        ``BODY[section]<origin.length>`` (RFC 3501 §6.4.5), and the header in the answer says so.
        """
        if self.PROTOCOL_VERSION == "IMAP4":
            return self._collect("PARTIAL", "FETCH", message_num, message_part, int(start), int(length))
        item = f"({_slice_of(message_part)}<{max(int(start), 1) - 1}.{int(length)}>)"
        return self.fetch(message_num, item)

    def store(self, message_set: Text, command: str, flags: Text) -> Reply:
        r"""Change flags: ``store('1:3', '+FLAGS', r'(\Deleted)')`` (RFC 3501 §6.4.6)."""
        flag_list = quoting.parenthesized(flags, self._encoding)
        return self._collect("STORE", "FETCH", message_set, command, flag_list)

    def copy(self, message_set: Text, new_mailbox: Text) -> Reply:
        """Copy messages to the end of another mailbox."""
        return self._simple_command("COPY", message_set, self._mailbox(new_mailbox))

    def uid(self, command: str, *args: Text | None) -> Reply:
        """A command whose messages are named by UID: ``uid('FETCH', '4827313', '(FLAGS)')`` (§6.4.8).

        SEARCH, SORT and THREAD answer their result, every other command the FETCH responses it caused.
        """
        command = command.upper()
        states = self._states_of(command)
        if states is None:
            raise self.error(f"Unknown IMAP4 UID command: {command!r}")
        self._check_state(command, states)
        result = command if command in _UID_SEARCHES else "FETCH"
        given = [arg for arg in args if arg is not None]
        return self._collect("UID", result, command, *self._uid_arguments(command, given))

    # -- arguments ------------------------------------------------------------------------------------

    def _uid_arguments(self, command: str, args: Sequence[Text]) -> Sequence[Text | quoting.Piece]:
        if command in ("COPY", "MOVE") and len(args) == 2:
            return args[0], self._mailbox(args[1])
        if command == "FETCH" and len(args) >= 2:
            return args[0], quoting.fetch_items(args[1], self._encoding), *args[2:]
        if command == "STORE" and len(args) == 3:
            return args[0], args[1], quoting.parenthesized(args[2], self._encoding)
        if command in _UID_SEARCHES:
            return self._uid_search(command, args)
        return args

    def _uid_search(self, command: str, args: Sequence[Text]) -> Sequence[Text | quoting.Piece]:
        """SORT and THREAD name their charset second; SEARCH after the word CHARSET."""
        if len(args) < 2 or (command == "SEARCH" and to_bytes(args[0]).upper() != b"CHARSET"):
            return self._program(None, args)
        first: Text = args[0]
        if command == "SORT":
            first = quoting.parenthesized(first, self._encoding)
        charset = to_bytes(args[1]).decode("ascii")
        return first, *self._charset(charset), *self._program(charset.strip('"'), args[2:])


def _slice_of(part: str) -> str:
    """The IMAP4rev1 spelling of what PARTIAL cut: ``RFC822.TEXT.PEEK`` → ``BODY.PEEK[TEXT]``."""
    match = _PARTIAL.fullmatch(part.strip())
    if match is None:
        return part
    kind, which, peek, section = match.groups()
    if kind.upper() == "BODY" and section:
        return f"BODY{peek or ''}{section}"
    if which and which.upper() == ".HEADER":
        return "BODY.PEEK[HEADER]"
    return f"BODY{'.PEEK' if peek else ''}[{(which or '').lstrip('.').upper()}]"


def _words(data: Data) -> str:
    last = data[-1]
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last)
