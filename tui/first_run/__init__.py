"""The welcome: from nothing to an account."""
