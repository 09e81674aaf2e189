"""Summaries of classes from their code alone: the parts of a model and how it uses them, the keys that an optimizer
reads."""
