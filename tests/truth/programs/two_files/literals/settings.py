"""What is set once."""

FLAT = ("bias", "norm")
DECAY = 0.25
