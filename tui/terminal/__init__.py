"""The terminal and the programs beside it.

- ``control_sequences``  what a terminal sends, cut into keys, texts and whole sequences
- ``input_events``       which of them are keys, and what is a paste
- ``driver``             Textual's driver, with what it leaves out
- ``screen_output``      what is drawn, at the last moment: no foreign controls
- ``shown_screen``       what stands on the terminal, and the octets that turn it into the next frame
- ``disputed_width``     text of which terminals disagree how wide it is
- ``last_frame``         the first frame of a start, drawn before anything is loaded
- ``terminal_app``       what every app of ours asks of the terminal
- ``standard_streams``   standard input, output and error, before and after the screen
- ``crash_report``       a fault of our own, told to the user
- ``debug_log``          Textual's log without what was typed
- ``browser``            addresses handed to a browser
- ``attachment_viewer``  files handed to the desktop
"""
