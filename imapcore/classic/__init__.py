"""The IMAP4 object: ``import imapcore.classic as imaplib``.

``IMAP4``, ``IMAP4_SSL`` and ``IMAP4_stream`` with every method of Python's imaplib from 3.11 to 3.14, in
lower and UPPER case, answering the same ``(type, [data, …])``; a thin face over ``imapcore.net``
(connecting, TLS) and ``imapcore.wire`` (framing, names, dates). What lives here: that face and the module's
functions and variables. What does not: a parser of responses; who wants values uses ``imapcore.net``.

The half-public members that programs on top of imaplib use are here as well: ``_simple_command``,
``_command``, ``_command_complete``, ``_untagged_response``, ``_get_response``, ``_get_line``, ``_quote``,
``_astring``, ``_list_mailbox``, ``_new_tag``, ``_encoding``, ``tagged_commands``, ``untagged_responses``,
``literal``, ``state``, ``sock`` and
the table ``Commands``; ``open``, ``read``, ``readline``, ``send``, ``shutdown`` and ``_create_socket`` may be
overridden.

Different from imaplib on purpose, and why:

- **Quoting as documented.** A mailbox, a user, or the value after ``FROM``, ``SUBJECT``, ``HEADER`` … given
  as an argument of its own is quoted where it has to be; imaplib sends ``New folder`` as two words. What is
  already quoted, stands in parentheses, or is a whole SEARCH program is sent as it is. Numbers are
  arguments too.
- **CR, LF and NUL in an argument are a ValueError**: no value can start a second command.
- **Verified TLS.** Without an ``ssl_context`` a server's certificate and name are verified (TLS 1.2 or
  newer), except on loopback; imaplib verifies nothing then. Bytes between STARTTLS's OK and the handshake
  end the connection.
- **UTF8=ACCEPT and APPEND.** After ``enable('UTF8=ACCEPT')`` the mark ``UTF8 (~{n}…)`` stands around the
  literal (RFC 6855 §4), as in Python 3.14. imaplib up to 3.13 puts it inside, where it is stored as the
  first words of the message; four tests of the suites of 3.11 to 3.13 ask for that and fail here.
- **Names outside ASCII** are spelled in modified UTF-7, or in UTF-8 after ``enable('UTF8=ACCEPT')``; a
  password or a SEARCH value (with a charset) outside ASCII is sent as a literal. imaplib raises
  UnicodeEncodeError.
- **``authenticate(function)``** is allowed beside ``authenticate(mechanism, function)``: Python's first
  documentation of the module has it so. The mechanism is the function's attribute ``mechanism``, or else the
  only one the server offers; with several on offer and none named it is an ``error``.
- **``partial`` works** on servers that have dropped PARTIAL, by ``BODY[…]<…>``.
- **An answer sent before its command** ends the connection: a tagged response that is there when a command
  is about to be sent can only be a guess of its tag, by the server or by whoever speaks in its place.
- **Capabilities a server announces with its greeting or its OK to LOGIN** or AUTHENTICATE are taken over at
  once; after signing in they are asked for again where it announces none (as Python 3.14).
- **``xatom`` does not write to ``Commands``**, so that one connection's state cannot bind another's; its
  arguments of several words are quoted.
- **Nothing secret is logged**, at no level of ``debug``: neither passwords nor answers to challenges.
- **Lenient reading**: types in lower case, stray blank lines (as Python 3.15), a response code with
  brackets in it. A date that does not exist is None for ``Internaldate2tuple`` instead of a KeyError, and
  ``bytes`` and ``str`` are both read. A line may be 16 MiB long, not 1 MB: a SEARCH can be that big.
- **``IMAP4_stream``** gives its program one socket pair instead of two pipes, so ``idle`` can have a
  duration there; ``readfile`` and ``writefile`` do not exist.
- **``IMAP4.mo``**, the last regular expression match, does not exist; ``file`` can be set, to be read from,
  and warns when it is read, as in Python 3.14.
"""

from __future__ import annotations

from imapcore.classic.commands import AllowedVersions, Commands
from imapcore.classic.dates import Internaldate2tuple, Time2Internaldate, TimeTuple
from imapcore.classic.flags import Int2AP, ParseFlags
from imapcore.classic.imap4 import IMAP4
from imapcore.classic.link import IMAP4_PORT
from imapcore.classic.secure import IMAP4_SSL, IMAP4_SSL_PORT
from imapcore.classic.stream import IMAP4_stream
from imapcore.wire.framing import MIB

__all__ = [
    "IMAP4",
    "IMAP4_PORT",
    "IMAP4_SSL",
    "IMAP4_SSL_PORT",
    "AllowedVersions",
    "Commands",
    "Debug",
    "IMAP4_stream",
    "Int2AP",
    "Internaldate2tuple",
    "ParseFlags",
    "Time2Internaldate",
    "TimeTuple",
]

Debug = 0
"""What ``debug`` of a new object starts with."""
CRLF = b"\r\n"
HAVE_SSL = True
_MAXLINE = 16 * MIB
"""The longest line, in bytes, that is read; may be set before a connection is made."""
