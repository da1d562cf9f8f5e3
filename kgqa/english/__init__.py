"""What the engine knows of English: function words, word families, words of measure."""
