"""Learning from the graph itself: synthesised questions and the models trained on them."""
