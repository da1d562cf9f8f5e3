"""Words an answer from its evidence: the verbaliser, chat models, citations, abstention."""
