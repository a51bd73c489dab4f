"""Server state → store, journalled ops → server."""
