"""The commands the store knows, by subject; any other is refused by name."""
