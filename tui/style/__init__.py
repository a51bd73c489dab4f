"""How things look: colours, marks, words for times and sizes, and the room there is."""
