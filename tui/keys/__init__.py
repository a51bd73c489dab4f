"""Verbs and the keys that mean them.

- ``commands``   the registry: every verb once
- ``keymap``     which key means what, where
- ``key_table``  the table of the README
- ``key_queue``  keys typed before the screen is ready
"""
