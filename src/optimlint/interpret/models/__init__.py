"""Models of what libraries do: streams, lists and dicts, tests of names, optimizers. They evaluate code through the
machine of the frame that they are given, and never import the interpreter."""
