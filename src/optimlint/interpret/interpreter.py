"""The interpreter: which reader each kind of expression has, and how a module is read."""

from optimlint.interpret.expressions import EVALUATORS
from optimlint.interpret.frame import Frame
from optimlint.interpret.functions import read_functions
from optimlint.interpret.state import State
from optimlint.interpret.statements import read_block, read_suite
from optimlint.interpret.values import Values
from optimlint.interpret.world import MODULE, World
from optimlint.syntax import tree


class Interpreter:
    """Runs code on abstract values: the one `Machine`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def read_module(self, module: tree.Module) -> None:
        """Read a module's statements, and its functions after them."""
        frame = Frame(self, self._world, MODULE)
        read_block(frame, State(), module.body)
        read_functions(frame)

    def evaluate(self, frame: Frame, state: State, node: tree.Expression) -> Values:
        """What an expression may stand for; an unknown value for a kind that nobody reads."""
        evaluator = EVALUATORS.get(type(node))
        return evaluator(frame, state, node) if evaluator is not None else (frame.world.unknown(node, frame.context),)

    def run(self, frame: Frame, state: State, body: tree.Suite) -> None:
        """Read the statements of a body in order."""
        read_suite(frame, state, body)
