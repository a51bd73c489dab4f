"""Labels, flags and places as small numbers, and the sets of them that occur.

- ``values``    numbers, sets of marks, and what an op changes in a set
- ``registry``  which number means which name
"""
