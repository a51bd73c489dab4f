"""Gmail's words over SMTP, and its refusals by the name a fault calls them by.

Only constants live here. ``{id}`` is the opaque word of a connection, ``{recipient}`` the address in
question. A text of several lines has its code before each.
"""

from __future__ import annotations

SIZE = 35_882_577
"""Octets of the largest message, as EHLO says."""

GREETING = "220 smtp.gmail.com ESMTP {id} - gsmtp"
HELLO = "250 smtp.gmail.com at your service"
GOODBYE = "221 2.0.0 closing connection {id} - gsmtp"
READY_FOR_TLS = "220 2.0.0 Ready to start TLS"
SIGNED_IN = "235 2.7.0 Accepted"
SENDER_OK = "250 2.1.0 OK {id} - gsmtp"
RECIPIENT_OK = "250 2.1.5 OK {id} - gsmtp"
GO_AHEAD = "354 Go ahead {id} - gsmtp"
TAKEN = "250 2.0.0 OK  {seconds} {id} - gsmtp"
FLUSHED = "250 2.1.5 Flushed {id} - gsmtp"
NOTHING = "250 2.0.0 OK {id} - gsmtp"

UNKNOWN = "502 5.5.1 Unrecognized command. {id} - gsmtp"
SYNTAX = "555 5.5.2 Syntax error. {id} - gsmtp"
TOO_LONG = "500 5.5.1 Command line too long. {id} - gsmtp"
HELLO_FIRST = "503 5.5.1 EHLO/HELO first. {id} - gsmtp"
MAIL_FIRST = "503 5.5.1 MAIL first. {id} - gsmtp"
RECIPIENT_FIRST = "503 5.5.1 RCPT first. {id} - gsmtp"
TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first. {id} - gsmtp"
SIGN_IN_FIRST = (
    "530-5.7.0 Authentication Required. For more information, go to\n"
    "530 5.7.0  https://support.google.com/mail/?p=WantAuthError {id} - gsmtp"
)
NO_MECHANISM = "504 5.7.4 Unrecognized Authentication Type {id} - gsmtp"
CANCELLED = "501 5.5.2 Cannot Decode response {id} - gsmtp"
NO_UTF8 = "553 5.6.7 SMTPUTF8 is required for this address {id} - gsmtp"
TIMEOUT = "451 4.4.2 Timeout - closing connection. {id} - gsmtp"

REFUSALS: dict[str, str] = {
    "bad-credentials": "535-5.7.8 Username and Password not accepted. For more information, go to\n"
    "535 5.7.8  https://support.google.com/mail/?p=BadCredentials {id} - gsmtp",
    "app-password": "534-5.7.9 Application-specific password required. For more information, go to\n"
    "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor {id} - gsmtp",
    "web-login": "534-5.7.14 Please log in through your web browser and then try again. For more\n"
    "534-5.7.14 information, go to\n"
    "534 5.7.14  https://support.google.com/mail/?p=WebLoginRequired {id} - gsmtp",
    "too-many-logins": "454-4.7.0 Too many login attempts, please try again later. For more information,\n"
    "454-4.7.0 go to\n454 4.7.0  https://support.google.com/mail/answer/7126229 {id} - gsmtp",
    "too-large": "552-5.3.4 Your message exceeded Google's message size limits. To view our message\n"
    "552-5.3.4 size guidelines, go to\n"
    "552 5.3.4  https://support.google.com/mail/?p=MaxSizeError {id} - gsmtp",
    "attachment": "552-5.7.0 This message was blocked because its content presents a potential\n"
    "552-5.7.0 security issue. To review our message content guidelines, go to\n"
    "552 5.7.0  https://support.google.com/mail/?p=BlockedMessage {id} - gsmtp",
    "daily-limit": "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n"
    "550-5.4.5 sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 {id} - gsmtp",
    "spam": "550-5.7.1 Our system has detected that this message is likely unsolicited mail.\n"
    "550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError {id} - gsmtp",
    "no-such-user": "550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
    "550-5.1.1 double-checking the recipient's email address for typos or unnecessary spaces.\n"
    "550 5.1.1  https://support.google.com/mail/?p=NoSuchUser {id} - gsmtp",
    "bad-address": "553-5.1.3 The recipient address <{recipient}> is not a valid RFC 5321 address. For\n"
    "553 5.1.3  https://support.google.com/a/answer/3221692 {id} - gsmtp",
    "mailbox-full": "452-4.2.2 The recipient's inbox is out of storage space. Please direct them to\n"
    "452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp {id} - gsmtp",
    "busy": "421-4.7.0 Try again later, closing connection. For more information, go to\n"
    "421 4.7.0  https://support.google.com/a/answer/3221692 {id} - gsmtp",
    "system": "451 4.3.0 Mail server temporarily rejected message. {id} - gsmtp",
}
"""What a fault's ``text`` may name; a text that is none of these goes out as it stands."""
