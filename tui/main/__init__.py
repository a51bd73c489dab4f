"""The main screen and how its panes share the room."""
