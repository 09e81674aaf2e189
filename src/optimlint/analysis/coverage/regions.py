"""The parameter names of a known model class, as results of the tests of filters."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.coverage.architectures import parts_of_architecture
from optimlint.analysis.coverage.condition_logic import Parameter, excludes, implies, passes
from optimlint.analysis.coverage.truth_table import Answers
from optimlint.facts.conditions import Atom, DimensionTest, NameTest, NameTestKind
from optimlint.facts.models import ModelClass, SubModule
from optimlint.knowledge.layers import parameters_of_layer


@dataclass(frozen=True, slots=True)
class Region:
    """Parameters of a model that have the same test results: one parameter whose name is known, or all parameters of a
    sub-module.

    `name` is the attribute of the model that they belong to, "" for any. `is_exact` is set for one parameter with a
    known name. `is_certain` is set if such parameters surely exist and should be trained.
    """

    name: str
    answers: Answers
    is_exact: bool
    is_certain: bool


def regions_of(model_class: ModelClass | None, path: tuple[str, ...], atoms: tuple[Atom, ...]) -> tuple[Region, ...]:
    """The regions of the trainable parameters below `path`, from the model's class. Without a class there is one region
    in which anything is possible. A class that may have other parameters has such a region in addition."""
    anything = Region("", {}, is_exact=False, is_certain=model_class is None)
    if model_class is None or not model_class.sub_modules:
        return (Region("", {}, is_exact=False, is_certain=True),)
    inside, is_closed = model_class.sub_modules, model_class.is_closed
    for name in path:
        found = next((one for one in inside if one.name == name), None)
        if found is None or (not found.parts and not _own(found)):
            return (Region("", {}, is_exact=False, is_certain=True),)
        if not found.parts:
            return tuple(_exact("", one, found, atoms) for one in _own(found))
        inside, is_closed = found.parts, True
    regions = tuple(region for one in inside for region in _regions(one, one, "", atoms))
    return regions if is_closed else (*regions, anything)


def _regions(inner: SubModule, outer: SubModule, prefix: str, atoms: tuple[Atom, ...]) -> Iterator[Region]:
    """The regions of `inner`, which is the model's attribute `outer` or a sub-module of it."""
    if inner.is_frozen or inner.has_parameters is False:
        return
    if bare := _own(inner):
        for parameter in bare:
            named = Parameter(f"{prefix}{inner.name}{parameter.name}", parameter.dimensions)
            yield _exact(outer.name, named, outer, atoms)
    elif parts := inner.parts or parts_of_architecture(inner):
        for part in parts:
            yield from _regions(part, outer, f"{prefix}{inner.name}.", atoms)
    else:
        yield Region(outer.name, _open_answers(f"{prefix}{inner.name}.", atoms), False, outer.is_trained)


def _own(sub_module: SubModule) -> tuple[Parameter, ...]:
    """The parameters of a layer of torch, named relative to the layer. The name of a bare parameter is ""."""
    kind = sub_module.kind.rsplit(".", 1)[-1]
    if kind == "Parameter":
        return (Parameter(""),)
    if sub_module.kind not in (kind, f"nn.{kind}", f"torch.nn.{kind}"):
        return ()
    return tuple(Parameter(f".{name}", dimensions) for name, dimensions in parameters_of_layer(kind))


def _exact(name: str, parameter: Parameter, owner: SubModule, atoms: tuple[Atom, ...]) -> Region:
    answers: dict[Atom, bool] = {}
    for atom in atoms:
        if isinstance(atom, NameTest):
            answers[atom] = passes(atom, parameter.name.removeprefix(".") if not name else parameter.name)
        elif isinstance(atom, DimensionTest) and parameter.dimensions is not None:
            answers[atom] = parameter.dimensions >= atom.least
    return Region(name, answers, is_exact=True, is_certain=owner.is_trained)


def _open_answers(prefix: str, atoms: tuple[Atom, ...]) -> Answers:
    """The test results that follow from the beginning of a name alone."""
    beginning = NameTest(NameTestKind.STARTS, prefix)
    answers: dict[Atom, bool] = {}
    for atom in atoms:
        if isinstance(atom, NameTest) and implies(beginning, atom):
            answers[atom] = True
        elif isinstance(atom, NameTest) and excludes(beginning, atom):
            answers[atom] = False
    return answers
