"""Pre-checks on Python's AST, between the byte scan and LibCST: each refines one guess of the scan, one module a guess.

A pre-check never decides a finding. It only spares the full parse of a file in which a rule surely finds nothing.
"""
