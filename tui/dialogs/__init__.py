"""Full-screen and modal screens, each with its .tcss beside it."""
