"""Writing mail: the composer, what is done with what it holds, the outbox. Nothing here sends."""
