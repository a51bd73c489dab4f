"""Gmail's own words: greeting, capabilities, and the texts of its refusals.

Only constants live here, spelled as recorded from the real server; what nobody has recorded is in
``options``.
"""

from __future__ import annotations

from imapcore.simulator.options import LoginError

GREETING = "* OK Gimap ready for requests from {address} {id}"

CAPABILITY_BEFORE = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 "
    "AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER"
)
CAPABILITY_AFTER = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE "
    "MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE "
    "APPENDLIMIT={append_limit}"
)

SUCCESS = "Success"
CAPABILITY_DONE = "Thats all she wrote!"
AUTHENTICATED = "{owner} authenticated (Success)"
SELECTED = "[{access}] {mailbox} selected. (Success)"
UNSELECTED = "Returned to authenticated state. (Success)"
BYE = "* BYE LOGOUT Requested"
LOGGED_OUT = "73 good day (Success)"
IDLING = "+ idling"
IDLE_DONE = "IDLE terminated (Success)"
GO_AHEAD = "+ go ahead"
SEARCH_DONE = "SEARCH completed (Success)"
CONDITION_FAILED = "[MODIFIED {set}] Conditional Store Failed (Success)"

PARSE_ERROR = "Could not parse command"
UNKNOWN_COMMAND = "Unknown command: {command}"
INVALID_TAG = "* BAD [CLIENTBUG] Invalid tag"
READ_ONLY = "STORE attempt on READ-ONLY folder (Failure)"
UNKNOWN_MAILBOX = "[NONEXISTENT] Unknown Mailbox: {mailbox} (now in authenticated state) (Failure)"
UNKNOWN_STATUS = "[NONEXISTENT] Unknown Mailbox: {mailbox} (Failure)"
UNKNOWN_FOLDER = "[NONEXISTENT] Unknown folder."
NO_FOLDER = "[TRYCREATE] No folder {mailbox} (Failure)"
DUPLICATE_FOLDER = "[ALREADYEXISTS] Duplicate folder name {mailbox} (Failure)"
EXCESS_WHITESPACE = "[CANNOT] Folder contains excess whitespace (Failure)"
NAME_NOT_ALLOWED = "[CANNOT] Folder name is not allowed. (Failure)"
NOT_FETCHED = "Some messages could not be FETCHed (Failure)"
BAD_CHARSET = "[BADCHARSET (UTF-8 US-ASCII)] Unsupported charset (Failure)"
THROTTLED = " [THROTTLED]"

SESSION_EXPIRED = "* BYE Session expired, please login again."
OVERQUOTA_BYE = "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits."
SYSTEM_ERROR = "System Error (Failure)"
REFUSED = "[CANNOT] Operation not allowed (Failure)"
ECHO = "Cannot do {command} (Failure)"
TOO_MANY_BYE = "* BYE [ALERT] Too many simultaneous connections. (Failure)"
FLOOD_BYE = "* BYE Too many invalid commands"
TOO_LONG_BYE = "* BYE Command too long"
TIMEOUT_BYE = "* BYE Timeout waiting for a command"

CHALLENGE = b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
"""What a refused token gets, in base64, before the tagged NO."""

WEBALERT = (
    "* NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1&scc=1&plt={id}] Web login required."
)

LOGIN_ERRORS: dict[LoginError, str] = {
    LoginError.INVALID: "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    LoginError.INVALID_OLD: "[ALERT] Invalid credentials (Failure)",
    LoginError.APP_PASSWORD: (
        "[ALERT] Application-specific password required: "
        "https://support.google.com/accounts/answer/185833 (Failure)"
    ),
    LoginError.WEB_LOGIN: (
        "[ALERT] Please log in via your web browser: "
        "https://support.google.com/mail/accounts/answer/78754 (Failure)"
    ),
    LoginError.IMAP_OFF: (
        "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable "
        "your account for IMAP access. (Failure)"
    ),
    LoginError.DOMAIN_OFF: (
        "[ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for "
        "questions about this feature. (Failure)"
    ),
    LoginError.LOOKUP_FAILED: "Lookup failed (Failure)",
    LoginError.CHILD: "[ALERT] IMAP access is not allowed for this account. (Failure)",
    LoginError.TOO_MANY: "[ALERT] Too many simultaneous connections. (Failure)",
    LoginError.UNAVAILABLE: "[UNAVAILABLE] Temporary System Problem (Failure)",
    LoginError.TRY_LATER: "[UNAVAILABLE] Temporary System Problem. Try again later. (Failure)",
    LoginError.SYSTEM_ERROR: SYSTEM_ERROR,
    LoginError.BANDWIDTH: "[ALERT] Account exceeded command or bandwidth limits. (Failure)",
}
"""The tagged NO of each refusal; OVERQUOTA_BYE is no NO but the end of the connection."""

ID_REPLY = (
    '* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" "https://support.google.com/mail" '
    '"version" "gmail.imap-server_20240815.06_p1" "remote-host" "{address}")'
)

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Draft", "\\Deleted", "\\Seen")
PHISHING = ("$NotPhishing", "$Phishing")
