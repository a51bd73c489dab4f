"""SQLite itself: connections, the one writer, migrations, the file's lock. Nothing here knows mail.

- ``connection``   a transaction, and rows read in one step
- ``writer``       the thread that does every write
- ``ui_priority``  lets a key go first
- ``migrations``   the schema and its history
- ``lockfile``     one writer for each store
- ``errors``       SQLite's errors in words
"""
