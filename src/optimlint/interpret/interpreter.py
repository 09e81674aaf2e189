"""The interpreter: finds the evaluator of each expression, and reads modules with their callers."""

from collections.abc import Iterable

from optimlint.interpret.callers import Callers
from optimlint.interpret.exports import group_exports, model_takers
from optimlint.interpret.expressions import EVALUATORS
from optimlint.interpret.frame import Frame, OtherFiles
from optimlint.interpret.functions import read_functions
from optimlint.interpret.linking import Linker
from optimlint.interpret.state import State
from optimlint.interpret.statements import read_block, read_suite
from optimlint.interpret.values import Values
from optimlint.interpret.world import MODULE, World
from optimlint.syntax import tree

_MOST_STEPS = 3
"""How many functions may pass groups on, each to the next, before one that is read with the source."""


class Interpreter:
    """The only implementation of `Machine`: it executes code on abstract values."""

    def __init__(self, world: World) -> None:
        self._world = world
        linker = Linker(world, self)
        self.others: OtherFiles = linker
        self._callers = Callers(world, linker)
        self._takers: dict[int, frozenset[str]] = {}

    def read_module(self, module: tree.Module) -> None:
        """Read the statements of a module, and after them its functions."""
        frame = Frame(self, self._world, MODULE)
        read_block(frame, State(), module.body)
        frame.deferred += self._callers.constructors()
        read_functions(frame)
        self._read_callers(frame)

    def _read_callers(self, frame: Frame) -> None:
        """Read the functions of other files that use the groups created in the module or pass models to it, then those
        that use these functions, and so on."""
        modules = [MODULE.module]
        for step in range(_MOST_STEPS):
            # The first pass may resolve an argument from its callers. The second pass must read the same callers again.
            names = self._takers[step] = self._takers.get(step, frozenset()) | model_takers(self._world, modules)
            frame.deferred = self._callers.using(names | group_exports(self._world, modules))
            self._open_parameters(names & self._callers.passed_over)
            if not frame.deferred:
                return
            modules += dict.fromkeys(one.scope.module for one in frame.deferred)
            while frame.deferred:
                read_functions(frame, is_all=True)
                frame.deferred = self._callers.holding(modules)

    def _open_parameters(self, names: frozenset[str]) -> None:
        """Mark the parameters of functions as open if not all callers are read, since other callers may pass something
        else."""
        for draft in self._world.functions.values():
            own = draft.class_value
            name = own.node.name.value if own is not None and draft.node.name.value == "__init__" else draft.scope.name
            if name in names:
                for parameter in draft.node.params.params:
                    self._world.parameter(parameter).representative().is_open = True

    def evaluate(self, frame: Frame, state: State, node: tree.Expression) -> Values:
        """The values that an expression may have; an unknown value if its kind has no evaluator."""
        evaluator = EVALUATORS.get(type(node))
        return evaluator(frame, state, node) if evaluator is not None else (frame.world.unknown(node, frame.context),)

    def run(self, frame: Frame, state: State, body: tree.Suite) -> None:
        """Read the statements of a body in order."""
        read_suite(frame, state, body)

    def read_block(self, frame: Frame, state: State, statements: Iterable[tree.Node]) -> None:
        """Read statements in order."""
        read_block(frame, state, statements)
