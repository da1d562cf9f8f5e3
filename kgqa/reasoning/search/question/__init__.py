"""What a question says before any plan is tried: words, names and the operators that its closed-class words ask for."""
