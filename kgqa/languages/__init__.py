"""Languages beside English: closed-class words by their English counterparts, and stems. General words only."""
