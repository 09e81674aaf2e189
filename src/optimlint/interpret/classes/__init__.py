"""Summaries of classes, from their code alone: what a model holds and uses, which keys an optimizer reads."""
