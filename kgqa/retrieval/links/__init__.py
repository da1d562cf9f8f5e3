"""The passage graph: passages and the names that stand in them, made without a model, walked from a question."""
