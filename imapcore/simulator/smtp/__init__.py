"""The SMTP side of the embedded server: mail submission as smtp.gmail.com does it (RFC 5321, RFC 6409).

- ``session``   the conversation: sign in, envelope, message
- ``post``      what becomes of a message that was taken: it leaves, and its copy is in Sent
- ``replies``   Gmail's words, and refusals by name

It shares the account, the credentials and the faults with the IMAP side, and no line with the client.
"""
