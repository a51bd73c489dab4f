"""What a message holds: bodies and attachments, fetched in parts.

- ``bodies``           what is read
- ``partial_message``  a large message without its attachments
- ``attachment_file``  an attachment on its way to a file
"""
