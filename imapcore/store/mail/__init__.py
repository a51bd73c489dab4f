"""What Gmail said: messages, where they are, labels, bodies, searches.

- ``messages``    one row each, keyed by X-GM-MSGID
- ``uids``        where a message is: mailbox and uid
- ``envelopes``   subject, people, date
- ``mailboxes``   the labels and places of LIST; ``label_tree`` their tree
- ``bodies``      what was read
- ``searches``    saved searches and what they found
"""
