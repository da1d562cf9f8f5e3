"""Knowledge-graph embeddings (PyKEEN), link prediction with calibrated probabilities, text encoders."""
