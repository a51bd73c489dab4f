"""When the file is damaged: what can be checked, and what can be saved.

- ``integrity``  whether the tables agree with each other
- ``recovery``   a new store from what is left
"""
