"""Between the engine's threads and Textual's loop.

- ``port``        what the screen needs of an engine
- ``bridge``      events → messages
- ``messages``    the messages that widgets and screens send
- ``background``  work that must not hold up a key
"""
