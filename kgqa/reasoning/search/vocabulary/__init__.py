"""What a graph calls its relations and types, what they reach, and which word of a question may mean which."""
