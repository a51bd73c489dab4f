"""Bytes ↔ values, pure: framing, lexer, grammar, encoders (RFC 3501/9051 §9)."""
