"""Mail of the project's own making, by kind."""
