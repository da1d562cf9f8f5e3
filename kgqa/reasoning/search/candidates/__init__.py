"""Plans that a question may mean, built only from what can be walked from its names."""
