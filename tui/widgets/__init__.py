"""Widgets: data down, messages up; siblings never call each other."""
