"""An authorization server on a loopback port: it checks what Google checks, and errs where it is told to."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

SCOPE = "https://mail.google.com/"


class AuthorizationServer:
    """What it was asked, what it answers; ``issue`` makes access tokens."""

    def __init__(self, issue: Any) -> None:
        self.issue = issue
        self.scope = SCOPE
        self.error: tuple[int, str] | None = None
        """The token endpoint's answer to everything."""
        self.is_denied = False
        self.rotates = False
        self.refresh = {"1//first"}
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, tuple[str, str]] = {}
        self.port = 0

    def consent(self, address: str) -> str:
        """What a browser does whose user says yes (or no): the address it is redirected to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["code_challenge_method"] == "S256"
        assert query["access_type"] == "offline"
        assert query["scope"] == SCOPE
        answer = {"state": query["state"]}
        if self.is_denied:
            answer["error"] = "access_denied"
        else:
            answer["code"] = f"4/{len(self.codes)}"
            self.codes[answer["code"]] = (query["code_challenge"], query["redirect_uri"])
        return f"{query['redirect_uri']}/?{urlencode(answer)}"

    def token(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(fields)
        if self.error is not None:
            return self.error[0], {"error": self.error[1]}
        if fields.get("client_secret") != "not-so-secret":
            return 401, {"error": "invalid_client"}
        given: dict[str, object] = {"access_token": self.issue(), "expires_in": 3599, "scope": self.scope}
        if fields["grant_type"] == "authorization_code":
            challenge, redirect = self.codes.pop(fields["code"], ("", ""))
            made = urlsafe_b64encode(sha256(fields["code_verifier"].encode()).digest()).rstrip(b"=").decode()
            if (made, fields["redirect_uri"]) != (challenge, redirect):
                return 400, {"error": "invalid_grant"}
            return 200, given | {"refresh_token": "1//first"}
        if fields["refresh_token"] not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        if self.rotates:
            given["refresh_token"] = f"1//rotated-{len(self.asked)}"
            self.refresh = {str(given["refresh_token"])}
        return 200, given

    def client_file(self, folder: Path, kind: str = "installed", **more: str) -> Path:
        """The JSON that Google gives out for a client."""
        path = folder / "client.json"
        base = f"http://127.0.0.1:{self.port}"
        fields = {"client_id": "1.apps", "client_secret": "not-so-secret", "auth_uri": f"{base}/auth",
                  "token_uri": f"{base}/token"}  # fmt: skip
        path.write_text(json.dumps({kind: fields | more}))
        return path


@contextmanager
def authorization_server(issue: Any) -> Iterator[AuthorizationServer]:
    """One that runs as long as the context."""
    server = AuthorizationServer(issue)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            status, data = server.token({name: values[0] for name, values in parse_qs(body).items()})
            octets = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def do_GET(self) -> None:
            # The page on which a user says yes, said already.
            if urlsplit(self.path).path != "/auth":
                self.send_error(404)
                return
            self.send_response(302)
            self.send_header("Location", server.consent(self.path))
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as listener:
        server.port = listener.server_port
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
