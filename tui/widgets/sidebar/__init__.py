"""The tree of places, searches and labels."""
