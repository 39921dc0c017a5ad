"""The mutation operators, by what they work on."""
