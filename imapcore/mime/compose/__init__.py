"""What the user wrote → octets, and the drafts that answers begin with; pure.

- ``recipients``  typed and pasted addresses → addresses, and what is wrong with them
- ``answer``      a message that was read → the draft of its reply or forward
- ``quoting``     blocks of a body → quoted text, with the line that says who wrote it
- ``flowed``      text → lines of format=flowed (RFC 3676)
- ``render``      a draft → a message (RFC 5322, MIME)
- ``checks``      what one may have forgotten, said before it is sent

Nothing here reads a file, a clock or a random number: whoever calls hands them in.
"""
