"""Trains the two towers of ``kgqa.embeddings.towers`` on what a graph and its passages teach."""
