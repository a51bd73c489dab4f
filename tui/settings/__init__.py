"""What the user has set, and what the app remembers.

- ``config``  the configuration file, documented
- ``state``   what is remembered between runs
- ``paths``   where both live, and where mail is stored
"""
