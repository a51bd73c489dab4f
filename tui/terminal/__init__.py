"""The terminal and the programs beside it.

- ``control_sequences``  what a terminal sends, cut into keys, texts and whole sequences
- ``input_events``       which of them are keys, and what is a paste
- ``driver``             Textual's driver, with what it leaves out
- ``screen_output``      what is written: no foreign controls, every column in its place
- ``terminal_app``       what every app of ours asks of the terminal
- ``standard_streams``   standard input, output and error, before and after the screen
- ``crash_report``       a fault of our own, told to the user
- ``debug_log``          Textual's log without what was typed
- ``browser``            addresses handed to a browser
- ``attachment_viewer``  files handed to the desktop
"""
