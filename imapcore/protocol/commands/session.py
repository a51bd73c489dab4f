"""Commands about the session: RFC 3501 §6.1–6.2, ID, ENABLE, NAMESPACE, COMPRESS, IDLE.

LOGIN and AUTHENTICATE keep their secrets in ``Secret`` and mechanisms, which show themselves to nobody.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from imapcore.errors import InvalidArgument
from imapcore.protocol.auth import Mechanism
from imapcore.protocol.commands.base import Collector, Command, SimpleCommand
from imapcore.wire.codes import CapabilityCode
from imapcore.wire.encoder import Encoder, Secret
from imapcore.wire.responses import Capabilities, Enabled, Namespaces, Response, ServerId, Status

R = TypeVar("R", bound=Response)


class One(Collector[R | None]):
    """Takes the last response of one kind."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind
        self._found: R | None = None

    def accepts(self, response: Response) -> bool:
        """Whether it is of the kind."""
        if isinstance(response, self._kind):
            self._found = response
            return True
        return False

    def result(self, status: Status) -> R | None:
        """The response, or None if none came."""
        return self._found


class _Capabilities(Collector[frozenset[str]]):
    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()

    def accepts(self, response: Response) -> bool:
        if isinstance(response, Capabilities):
            self._names = response.names
            return True
        return False

    def result(self, status: Status) -> frozenset[str]:
        return status.code.capabilities if isinstance(status.code, CapabilityCode) else self._names


@dataclass(frozen=True, slots=True)
class Capability(Command[frozenset[str]]):
    """CAPABILITY → the names, upper case."""

    name: ClassVar[str] = "CAPABILITY"

    def collector(self) -> Collector[frozenset[str]]:
        """Takes the CAPABILITY response."""
        return _Capabilities()


@dataclass(frozen=True, slots=True)
class Noop(SimpleCommand):
    """NOOP: keeps the link alive and lets the server say what is new."""

    name: ClassVar[str] = "NOOP"


@dataclass(frozen=True, slots=True)
class Logout(SimpleCommand):
    """LOGOUT."""

    name: ClassVar[str] = "LOGOUT"


@dataclass(frozen=True, slots=True)
class StartTls(SimpleCommand):
    """STARTTLS: after its OK, and before anything else, TLS begins."""

    name: ClassVar[str] = "STARTTLS"


@dataclass(frozen=True, slots=True)
class Compress(SimpleCommand):
    """COMPRESS DEFLATE (RFC 4978): after its OK both directions are deflated."""

    name: ClassVar[str] = "COMPRESS"

    def arguments(self, encoder: Encoder) -> None:
        """The one mechanism there is."""
        encoder.word("DEFLATE")


@dataclass(frozen=True, slots=True)
class Login(SimpleCommand):
    """LOGIN with a user name and a password."""

    name: ClassVar[str] = "LOGIN"
    user: str
    password: Secret = field(repr=False)

    def arguments(self, encoder: Encoder) -> None:
        """Both as strings, the password hidden from transcripts."""
        encoder.string(self.user).secret(self.password)


@dataclass(frozen=True, slots=True)
class Authenticate(SimpleCommand):
    """AUTHENTICATE by a SASL mechanism, with the first message at once where the server allows (SASL-IR)."""

    name: ClassVar[str] = "AUTHENTICATE"
    mechanism: Mechanism = field(repr=False)

    def arguments(self, encoder: Encoder) -> None:
        """The mechanism's name, and its initial response if both sides can."""
        encoder.word(self.mechanism.name)
        if self.sends_initial(encoder.capabilities):
            initial = self.mechanism.initial() or b""
            # RFC 4959 §3: "=" stands for an initial response of no bytes.
            encoder.secret_word(b64encode(initial) or b"=")

    def sends_initial(self, capabilities: frozenset[str]) -> bool:
        """Whether the first message goes along with the command."""
        has_sasl_ir = "SASL-IR" in capabilities or "IMAP4REV2" in capabilities
        return has_sasl_ir and self.mechanism.initial() is not None


@dataclass(frozen=True, slots=True)
class Id(Command[ServerId | None]):
    """ID (RFC 2971): who we are, for who the server is. Google asks clients to send it."""

    name: ClassVar[str] = "ID"
    fields: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, str | None]) -> Id:
        """From a mapping."""
        return cls(tuple(fields.items()))

    def arguments(self, encoder: Encoder) -> None:
        """NIL, or the pairs: at most 30, names to 30 bytes, values to 1024 (RFC 2971 §3.3)."""
        if not self.fields:
            encoder.nstring(None)
            return
        if len(self.fields) > 30:
            raise InvalidArgument("ID takes at most 30 fields")
        encoder.open()
        for key, value in self.fields:
            if len(key.encode()) > 30 or (value is not None and len(value.encode()) > 1024):
                raise InvalidArgument("an ID field is too long")
            encoder.string(key).nstring(value)
        encoder.close()

    def collector(self) -> Collector[ServerId | None]:
        """Takes the ID response."""
        return One(ServerId)


class _EnabledNames(Collector[frozenset[str]]):
    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()

    def accepts(self, response: Response) -> bool:
        if isinstance(response, Enabled):
            self._names |= response.names
            return True
        return False

    def result(self, status: Status) -> frozenset[str]:
        return self._names


@dataclass(frozen=True, slots=True)
class Enable(Command[frozenset[str]]):
    """ENABLE (RFC 5161) → the extensions that are on now."""

    name: ClassVar[str] = "ENABLE"
    extensions: tuple[str, ...]

    @classmethod
    def of(cls, extensions: Iterable[str]) -> Enable:
        """From any names."""
        return cls(tuple(extensions))

    def arguments(self, encoder: Encoder) -> None:
        """The names."""
        if not self.extensions:
            raise InvalidArgument("ENABLE needs an extension")
        for extension in self.extensions:
            encoder.word(extension)

    def collector(self) -> Collector[frozenset[str]]:
        """Takes the ENABLED response."""
        return _EnabledNames()


@dataclass(frozen=True, slots=True)
class Namespace(Command[Namespaces | None]):
    """NAMESPACE (RFC 2342)."""

    name: ClassVar[str] = "NAMESPACE"

    def collector(self) -> Collector[Namespaces | None]:
        """Takes the NAMESPACE response."""
        return One(Namespaces)


@dataclass(frozen=True, slots=True)
class Idle(SimpleCommand):
    """IDLE (RFC 2177): the server speaks when it has news; ``Protocol.end_idle`` ends it."""

    name: ClassVar[str] = "IDLE"
