"""The interpreter: which reader each kind of expression has, and how a module is read."""

from collections.abc import Iterable

from optimlint.interpret.expressions import EVALUATORS
from optimlint.interpret.frame import Frame, OtherFiles
from optimlint.interpret.functions import read_functions
from optimlint.interpret.linking import Linker
from optimlint.interpret.state import State
from optimlint.interpret.statements import read_block, read_suite
from optimlint.interpret.values import Values
from optimlint.interpret.world import MODULE, World
from optimlint.syntax import tree


class Interpreter:
    """Runs code on abstract values: the one `Machine`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.others: OtherFiles = Linker(world, self)

    def read_module(self, module: tree.Module) -> None:
        """Read a module's statements, and its functions after them."""
        frame = Frame(self, self._world, MODULE)
        read_block(frame, State(), module.body)
        read_functions(frame)
        frame.deferred = self.others.callers(self._world.given_out())
        read_functions(frame, is_all=True)

    def evaluate(self, frame: Frame, state: State, node: tree.Expression) -> Values:
        """What an expression may stand for; an unknown value for a kind that nobody reads."""
        evaluator = EVALUATORS.get(type(node))
        return evaluator(frame, state, node) if evaluator is not None else (frame.world.unknown(node, frame.context),)

    def run(self, frame: Frame, state: State, body: tree.Suite) -> None:
        """Read the statements of a body in order."""
        read_suite(frame, state, body)

    def read_block(self, frame: Frame, state: State, statements: Iterable[tree.Node]) -> None:
        """Read statements in order."""
        read_block(frame, state, statements)
