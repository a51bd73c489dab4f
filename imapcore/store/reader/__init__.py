"""Reading the store: connections that see and never write.

- ``connection``  a read-only connection
- ``lists``       windows and counters
- ``threads``     conversations, messages, counts of labels
- ``preview``     what an op would send
- ``reader``      ``Reader``, which owns the parts that ask, on one connection
"""
