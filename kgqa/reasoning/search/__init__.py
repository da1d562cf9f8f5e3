"""From a question to ranked executable plans."""
