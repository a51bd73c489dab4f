"""Asking for consent: the address to open, and the answer that comes back to a loopback port or is pasted.

The theory. Whoever sees the redirect sees the code in it; PKCE (RFC 7636) makes that code worthless without
the verifier, which never leaves this process, and ``state`` keeps an answer to somebody else's question from
being taken for ours. So an answer counts only with our state, once.

Over ssh the browser runs on another machine and its redirect to 127.0.0.1 fails there: the address it failed
at holds the answer, and is pasted.
"""

from __future__ import annotations

import secrets
import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from imapcore.oauth.client import OAuthClient
from imapcore.oauth.tokens import OAuthFailed
from imapcore.sanitize import clean_line

SCOPE = "https://mail.google.com/"
"""The only one that lets IMAP and SMTP in."""
_PAGE = (
    "<!doctype html><meta charset=utf-8><title>gimap-tui</title><p>{}</p><p>You can close this window.</p>"
)
_LONGEST = 8192


class Consent:
    """One question to Google: its address, and what to make of the answer."""

    def __init__(self, client: OAuthClient, email: str, redirect: str) -> None:
        self.redirect = redirect
        self.verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(24)
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": client.client_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": SCOPE,
            "state": self._state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": email,
            # A refresh token is given out only so, and again only if asked again.
            "access_type": "offline",
            "prompt": "consent",
        }
        self.address = f"{client.auth_uri}?{urlencode(query)}"

    def code_in(self, answer: str) -> str:
        """The code in the address that was redirected to. Raises OAuthFailed for what is no yes to this."""
        address = answer.strip()
        if len(address) > _LONGEST:
            raise OAuthFailed("That is longer than any answer", title="This is not Google's answer")
        fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if not fields.keys() & {"code", "error"}:
            raise OAuthFailed(
                "It has neither a code nor an error in it",
                title="This is not Google's answer",
                hint="Copy the whole address from the browser, from http://127.0.0.1 to its end",
            )
        if not secrets.compare_digest(fields.get("state", "").encode(), self._state.encode()):
            raise OAuthFailed(
                "Its state is not the one that was sent",
                title="This answers another question",
                hint="Begin again, and use the address that is shown then",
            )
        if fields.get("error") == "access_denied":
            raise OAuthFailed(
                "Consent was not given",
                title="Google gave no access",
                hint="Begin again and choose “Continue”; while the app is in testing, only test users may",
            )
        if "error" in fields:
            raise OAuthFailed(clean_line(fields["error"], 100), title="Google gave no access")
        return fields["code"]


class Listener:
    """A port of this machine's that takes one answer; a context manager, never waited for without an end."""

    def __init__(self) -> None:
        """Raises OAuthFailed where there is no port to be had."""
        self._answered = threading.Event()
        self._answer = ""
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10.0

            def do_GET(self) -> None:
                # A browser asks for an icon, too; only what has an answer in it counts, and only once.
                fields = parse_qs(urlsplit(self.path).query)
                is_answer = bool(fields.keys() & {"code", "error"})
                page = _PAGE.format("gimap-tui has Google's answer." if is_answer else "Nothing is here.")
                self.send_response(200 if is_answer else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(page.encode())
                if is_answer and not listener._answered.is_set():
                    listener._answer = f"{listener.redirect}{self.path}"
                    listener._answered.set()

            def log_message(self, format: str, *arguments: object) -> None:
                """The code stands in the request: nothing is written down."""

        try:
            self._server = HTTPServer(("127.0.0.1", 0), Handler)
        except OSError as error:
            raise OAuthFailed(
                error.strerror or "",
                title="No port of this machine can be had",
                hint="Paste the answer instead",
            ) from error
        self.redirect = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, seconds: float) -> str | None:
        """The address that was redirected to, if one came within so many seconds."""
        return self._answer if self._answered.wait(seconds) else None
