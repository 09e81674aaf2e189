"""Models of library behaviour: streams, lists and dicts, name tests, optimizers. They evaluate code through the frame
that they receive and never import the interpreter."""
