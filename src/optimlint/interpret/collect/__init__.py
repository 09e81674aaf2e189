"""Abstract values to facts: what was noted while code was read, as the plain values that rules read."""
