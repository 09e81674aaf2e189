"""Analyses of the events of training code: the gradients that a step uses, what a clip changes, the mode a model is
left in."""
