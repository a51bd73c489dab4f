"""The terminal and the programs beside it.

- ``driver``             Textual's driver, with what it leaves out
- ``attachment_viewer``  files handed to the desktop
"""
