"""The invented mail of the demo account: people, stories and everything a mailbox collects.

- ``mailbox``   puts it all together; ``arrivals`` is what comes while one looks;
  ``bulk`` makes large accounts
- ``script``    stories written as plays, ``story`` their values, ``people`` who speaks in them
- ``home``, ``work``, ``world``, ``past``, ``machines``, ``newsletters``, ``spam_and_trash``   the plays
- ``compose``, ``attachments``, ``words``   octets, files and filler
"""
