"""Bytes → something a person can read; pure."""
