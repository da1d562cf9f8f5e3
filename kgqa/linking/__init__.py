"""From words to nodes: mentions in questions and passages, linked to entities, or to none (NIL)."""
