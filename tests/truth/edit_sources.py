"""Writes sources that build a list of groups and edit it in every way that lists and dicts can be edited.

Each source is a function `make_optimizer(model, is_on)`. Its groups hold whole sub-modules of the model, each once, so
that what an edit does shows in the order of the groups, in their number and in their settings. `ELSEWHERE` is the text
of a module of which the checker sees nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

SUB_MODULES = ("embed", "encoder.first", "encoder.second", "norm", "head")
RATES = (0.01, 0.02, 0.05, 0.2, 0.5)
ELSEWHERE = """
def look(groups): pass
def turn(groups): groups.reverse()
def drop(groups): groups.pop()
def relabel(groups):
    for number, group in enumerate(groups): group["lr"] = 0.3 + number
"""

Edit = Callable[["Writer"], list[str]]


@dataclass(slots=True)
class Writer:
    """What an edit needs of a source: `g` is the list, `a` and `b` are dicts in it, `c` and `d` are spare ones."""

    random: Random
    body: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """A value for a setting."""
        return self.random.choice(RATES)

    @property
    def key(self) -> str:
        """A setting."""
        return self.random.choice(("lr", "weight_decay"))

    @property
    def spare(self) -> str:
        """A group that is in no list yet."""
        return self.random.choice(("c", "d"))


def _lines(*lines: str) -> Edit:
    """An edit that is always written the same, save for `{rate}`, `{key}` and `{spare}`."""
    return lambda writer: [
        line.replace("{rate}", str(writer.rate)).replace("{key}", writer.key).replace("{spare}", writer.spare)
        for line in lines
    ]


def _each(*texts: str) -> dict[str, Edit]:
    """Edits by their own texts; a text may have several lines."""
    return {text: _lines(*text.split("\n")) for text in texts}


FOLLOWED = _each(
    "g.append({spare})",
    "g.insert(0, {spare})",
    "g.insert(1, {spare})",
    "g.insert(-1, {spare})",
    "g.insert(9, {spare})",
    "g.extend([{spare}])",
    "g.extend(({spare},))",
    "g += [{spare}]",
    "g += ({spare},)",
    "g = g + [{spare}]",
    "g = [{spare}] + g",
    "g = [*g, {spare}]",
    "g = [{spare}, *g]",
    "g.pop()",
    "g.pop(0)",
    "g.pop(-1)",
    "g.pop(1)",
    "g.append(g.pop(0))",
    "g.insert(0, g.pop())",
    "del g[0]",
    "del g[-1]",
    "del g[1:]",
    "del g[:1]",
    "del g[::2]",
    "g.reverse()",
    "g = g[::-1]",
    "g = list(reversed(g))",
    "g = [x for x in reversed(g)]",
    "g[0] = {spare}",
    "g[-1] = {spare}",
    "g[0], g[1] = g[1], g[0]",
    "g = [g[1], g[0]]",
    "g = [g[-1]]",
    "g = g[:1]",
    "g = g[1:]",
    "g = g[:-1]",
    "g = g[:]",
    "g = list(g)",
    "g = tuple(g)",
    "g = g.copy()",
    "g = copy(g)",
    "g = deque(g)",
    "g = deque(g)\ng.appendleft({spare})",
    "g = deque(g)\ng.popleft()",
    "g = [x for x in g]",
    "g.clear()\ng.extend([b, a])",
    "h = g\nh.append({spare})",
    "h = g\nh.pop(0)",
    "h = list(g)\nh.append({spare})",
    "h = g[:]\nh.pop()",
    "h = g.copy()\ng.append({spare})\ng = h",
    "h = [*g]\ng.pop()\ng = h",
    "h = g + [c]\ng.pop()\ng = h",
    "t = tuple(g)\nt += ({spare},)",
    "t = tuple(g)\nu = t\nt += ({spare},)\ng = u",
    "t = tuple(g)\nt += ({spare},)\ng = t",
    'table = {"a": a, "c": c}\ng = list(table.values())',
    'table = {"a": a, "c": c}\ntable["b"] = b\ntable.pop("a")\ng = [*table.values()]',
    'table = {"a": a, "c": c}\ntable["a"] = b\ng = list(table.values())',
    'table = {"a": a, "b": b, "c": c}\ndel table["b"]\ntable["b"] = b\ng = list(table.values())',
    'a["{key}"] = {rate}',
    'g[0]["{key}"] = {rate}',
    'g[-1]["{key}"] = {rate}',
    "b.update({key}={rate})",
    'b.update({"{key}": {rate}})',
    'b |= {"{key}": {rate}}',
    'a.pop("{key}", None)',
    'g[1].pop("{key}", None)',
    'a["{key}"] = {rate}\ndel a["{key}"]',
    'a.setdefault("{key}", {rate})',
    'a["lr"] = {rate}\na["lr"] *= 2',
    'a["lr"] = {rate}\na["lr"] += 0.5',
    'g[0] = {**g[0], "{key}": {rate}}',
    "g[0] = dict(g[0], {key}={rate})",
    'g[0] = g[0] | {"{key}": {rate}}',
    'e = a.copy()\na["{key}"] = {rate}\ng[0] = e',
    'e = dict(a)\na["{key}"] = {rate}\ng[0] = e',
    'e = a\ne["{key}"] = {rate}',
    'value = a.pop("{key}", 0.5)\nb["{key}"] = {rate}',
    'key = "{key}"\na[key] = {rate}',
    'a["params"] = model.encoder.first.parameters()\nc["params"] = []',
    'a["params"] = list(a["params"])',
    'a["params"] = list(a["params"]) + [*c["params"]]\nc["params"] = []',
    'ps = []\nps += c["params"]\nc["params"] = []\na["params"] = ps',
    'ps = list(c["params"])\nps.clear()\nc["params"] = ps',
    "if True:\n    pass\ng.pop()",
    "with nullcontext():\n    g.pop()",
    "first, second = g[:2]\ng = [second, first]",
    "print(g)\nlen(g)\ng.index(a)",
    'if a["params"]:\n    pass',
)
"""Edits that optimlint promises to follow: after one of these alone it is sure of the groups."""

OTHERS = _each(
    'g += {"params": []}',
    "g.remove(a)",
    "g.remove(g[0])",
    "del g[g.index(a)]",
    "g.pop(g.index(a))",
    "g.pop(len(g) - 1)",
    "g[:] = g[::-1]",
    "g[0:1] = [{spare}]",
    "g[1:] = []",
    "g[len(g):] = [{spare}]",
    "n = 1\ng = g[:n]",
    "i = len(g) - 1\ng[i] = {spare}",
    'g = sorted(g, key=lambda x: -x.get("lr", 1.0))',
    'g.sort(key=lambda x: -x.get("lr", 1.0))',
    "shuffle(g)",
    'g = [x for x in g if "lr" in x] or g',
    "g = [x for x in g if x is not a]",
    "g = [dict(x) for x in g]",
    'g = [{**x, "{key}": {rate}} for x in g]',
    'g = [{"params": x["params"], "lr": {rate}} for x in g]',
    "g = list(map(dict, g))",
    "g = list(filter(None, g))",
    "g = list(filter(lambda x: x is not b, g))",
    "g = [x for _, x in enumerate(g)]",
    "g = [x for x, _ in zip(g, (1,))]",
    "g = list(islice(g, 1))",
    "g = list(chain(g, [{spare}]))",
    "g = deque(g)\ng.rotate(1)",
    "g = deque(g)\ng.extendleft([{spare}])",
    "it = iter(g)\nnext(it)\ng = list(it)",
    "it = reversed(g)\nlist(it)\ng = [{spare}, *it]",
    "it = (x for x in g)\nfirst = list(it)\ng = [{spare}, *it]",
    "it = (x for x in g)\ng.append({spare})\ng = list(it)",
    "it = map(dict, g)\nfirst = next(it)\ng = list(it)",
    "first, *rest = g\ng = [*rest, first]",
    'first, *rest = g\nrest[0]["{key}"] = {rate}',
    "*rest, last = g\ng = rest",
    'min(g, key=id)["{key}"] = {rate}',
    'next(iter(g))["{key}"] = {rate}',
    "g.__delitem__(0)",
    "g.__setitem__(0, {spare})",
    "g.__iadd__([{spare}])",
    "list.append(g, {spare})",
    "list.pop(g)",
    "dict.update(a, {key}={rate})",
    "setitem(a, '{key}', {rate})",
    "add = g.append\nadd({spare})",
    "drop = g.pop\ndrop()",
    "[g.append(x) for x in (c, d)]",
    "[g.pop() for _ in range(1)]",
    "any(g.pop() is x for x in [a])",
    "g and g.pop()",
    "is_on and g.append({spare})",
    "g.append({spare}) if is_on else g.pop()",
    "g.pop() if not is_on else None",
    "(lambda: g.pop())()",
    "take = lambda: g.pop()",
    "take = lambda: g.pop()\ntake()",
    "while len(g) > 1:\n    g.pop()",
    'for _ in range(2):\n    g.append({"params": []})',
    "for _ in ():\n    g.pop()",
    "for x in (c, d):\n    g.append(x)",
    "for x in (c, d):\n    g.insert(0, x)",
    "for x in list(g):\n    g.insert(0, g.pop())",
    "for x in [c]:\n    g += [x]\n    break",
    "for x in g:\n    break\nelse:\n    g.pop()",
    'for n, p in model.norm.named_parameters():\n    g.insert(0, {"params": []})',
    "if is_on:\n    g.append({spare})",
    "if is_on:\n    g.pop()",
    "if not is_on:\n    g.pop()",
    "if not is_on:\n    g.insert(0, {spare})",
    "if is_on:\n    g.append(c)\nelse:\n    g.append(d)",
    "if is_on:\n    g = [b, a]",
    "if not is_on:\n    g = [b, a]",
    "if is_on:\n    g = g[::-1]",
    'if is_on:\n    a["{key}"] = {rate}',
    'if not is_on:\n    a["{key}"] = {rate}',
    'if not is_on:\n    a["params"] = []',
    'if is_on:\n    a.pop("{key}", None)',
    "if not is_on:\n    a.update({key}={rate})",
    "h = g if is_on else [c]\nh.append(d)",
    'h = a if is_on else b\nh["{key}"] = {rate}',
    'h = b if not is_on else a\nh.pop("{key}", None)',
    "try:\n    g.insert(0, g.pop(7))\nexcept IndexError:\n    pass",
    "try:\n    g.pop()\n    g.pop(9)\nexcept IndexError:\n    pass",
    "try:\n    g.pop(9)\nexcept IndexError:\n    g.reverse()",
    "try:\n    g.pop(9)\n    g.reverse()\nexcept IndexError:\n    pass",
    "try:\n    pass\nfinally:\n    g.reverse()",
    "match len(g):\n    case 2:\n        g.pop()\n    case _:\n        g.reverse()",
    "with suppress(IndexError):\n    g.pop(9)\n    g.reverse()",
    "def edit():\n    g.pop()\nedit()",
    "def edit():\n    g.pop()",
    "def edit(x):\n    x.pop()\nedit(g)",
    "def edit(x):\n    x.reverse()\n    return x\nedit(g)",
    "def edit(x):\n    return x[::-1]\ng = edit(g)",
    "def edit(x):\n    x.append({spare})\n    return x\ng = edit(g)",
    'def edit(x):\n    x[0]["{key}"] = {rate}\nedit(g)',
    'def edit(x):\n    x["{key}"] = {rate}\n    return x\nedit(a)',
    "def build():\n    return [b, a]\ng = build()\ng.pop()",
    "def build():\n    return g\nh = build()\nh.pop()",
    "elsewhere.look(g)",
    "elsewhere.turn(g)",
    "elsewhere.drop(g)",
    "elsewhere.relabel(g)",
    "elsewhere.relabel([a, b])",
    "elsewhere.drop([a, b])",
    "box = [g]\nbox[0].pop()",
    'box = {"groups": g}\nbox["groups"].reverse()',
    'box = {"groups": g}\nfor held in box.values():\n    held.reverse()',
    'for name, held in {"groups": g}.items():\n    held.reverse()',
    "box = [g]\nelsewhere.turn(*box)",
    "box = [g]\nfor held in box:\n    held.reverse()",
    "model.groups = g\nmodel.groups.reverse()",
    "g = deepcopy([x for x in g if not x['params']]) or g",
    'for x in g:\n    x["{key}"] = {rate}',
    'for x in g:\n    x.pop("{key}", None)',
    'for x in g[1:]:\n    x["{key}"] = {rate}',
    'for x in g:\n    x.setdefault("{key}", {rate})',
    "for x in g:\n    x.update({key}={rate})",
    'for x in g:\n    x["lr"] = x.get("lr", 1.0) * 0.5',
    'for i, x in enumerate(g):\n    x["lr"] = {rate} * (i + 1)',
    'for x, lr in zip(g, ({rate},)):\n    x["lr"] = lr',
    'for i in range(len(g)):\n    g[i]["{key}"] = {rate}',
    'for i in range(len(g)):\n    g[i] = {**g[i], "{key}": {rate}}',
    'for key in ("lr", "weight_decay"):\n    a[key] = {rate}',
    'for key in list(a):\n    a.pop(key) if key != "params" else None',
    'for key, value in {"lr": {rate}}.items():\n    a[key] = value',
    'a.update([("{key}", {rate})])',
    'a.update(zip(("lr",), ({rate},)))',
    'options = dict(zip(("lr",), ({rate},)))\na.update(options)',
    'options = dict(zip(("params",), ([],)))\na.update(options)',
    'options = dict(zip(("params",), ([],)))\na |= options',
    'options = dict(zip(("params",), ([],)))\ng[0] = {**a, **options}',
    'a["lr"] = {rate}\na.popitem()',
    "e = dict(a)\na.clear()\na.update(e)",
    'keys = ["lr"]\na[keys[0]] = {rate}',
    'key = "params"\na[key] = []',
    'key = "".join(("par", "ams"))\na[key] = []',
    'a["params"] = [*a["params"]][:1]',
    'a["params"] = list(a["params"])[1:]',
    'ps = list(a["params"])\na["params"] = ps\nps.pop()',
    'ps = list(a["params"])\nps.pop(0)\na["params"] = ps',
    'ps = list(a["params"])\na["params"] = ps\ndel ps[0]',
    'ps = list(a["params"])\na["params"] = ps\nps[:] = []',
    'ps = list(a["params"])\nqs = list(ps)\nps.clear()\na["params"] = qs',
    'ps = list(a["params"])\nqs = ps\nps.clear()\na["params"] = qs',
    'ps = []\nqs = list(ps)\nps += c["params"]\nc["params"] = qs',
    'ps = list(c["params"])\nif not is_on:\n    ps.clear()\nc["params"] = ps',
    'ps = []\nif not is_on:\n    ps += c["params"]\nc["params"] = ps',
    'ps = []\nfor p in c["params"]:\n    ps.append(p)\nc["params"] = ps',
    'ps = []\nfor p in list(model.head.parameters()):\n    ps.append(p)\n    break\na["params"] = ps',
    'ps = list(a["params"])\na["params"] = ps\nelsewhere.drop(ps)',
    'ps = list(a["params"])\na["params"] = ps\nelsewhere.look(ps)',
    'ps = list(a["params"])\na["params"] = ps\nps.reverse()',
    'ps = list(c["params"])\nc["params"] = []\na["params"] = ps * 1',
    'it = model.encoder.first.parameters()\nlist(it)\na["params"] = it',
    'it = model.encoder.first.parameters()\nnext(it)\na["params"] = it\nc["params"] = []',
    'it = model.encoder.first.parameters()\nc["params"] = []\na["params"] = it\nif not is_on:\n    list(it)',
    'it = model.encoder.first.parameters()\na["params"] = it\nelsewhere.look(list(it))',
    'its = [model.encoder.first.parameters()]\nlist(its[0])\na["params"] = its[0]',
    'a["params"] = model.encoder.first.parameters()\nlist(a["params"])',
    'a["params"] = model.encoder.first.parameters()\nn = sum(1 for _ in a["params"])',
    'a["params"] = model.encoder.first.parameters()\nb["params"] = a["params"]\nc["params"] = []',
    'it = model.encoder.first.parameters()\nelsewhere.look(it)\na["params"] = it\nc["params"] = []',
    'it = (p for p in model.encoder.first.parameters())\nany(True for _ in it)\na["params"] = it\nc["params"] = []',
    'it = filter(None.__class__, [])\na["params"] = it',
    'g = [{"params": m.parameters(), "lr": v} for m, v in zip([model.head, model.norm], [{rate}])]',
    'g = [{"params": m.parameters()} for m in (model.head, model.norm)]',
    'g = [{"params": [p]} for p in model.norm.parameters()]',
    'g = []\nfor p in model.norm.parameters():\n    g.append({"params": [p], "lr": {rate}})',
    'g = []\nfor n, p in model.norm.named_parameters():\n    x = {"params": [p]}\n    if "bias" in n:\n'
    '        x["lr"] = {rate}\n    g.append(x)',
    'g = []\nfor m in (model.head, model.norm):\n    g.append({"params": m.parameters(), "lr": {rate}})',
    "g = g * 1",
    "g *= 1",
    "g = sum([g, [{spare}]], [])",
    "g = (lambda x: x[::-1])(g)",
    "g = [x for h in (g, [{spare}]) for x in h]",
    "global shared\nshared = g\nshared.reverse()",
)
"""Edits after which optimlint may say that it does not know."""

AFTER = _each(
    'optimizer.param_groups[0]["{key}"] = {rate}',
    'optimizer.param_groups[-1]["{key}"] *= 0.5',
    'for x in optimizer.param_groups:\n    x["{key}"] = {rate}',
    'for x, lr in zip(optimizer.param_groups, ({rate},)):\n    x["lr"] = lr',
    'for i, x in enumerate(optimizer.param_groups):\n    x["lr"] = 0.1 * i',
    'first = optimizer.param_groups[0]\nfirst["{key}"] = {rate}',
    "optimizer.param_groups[0].update({key}={rate})",
    "held = optimizer.param_groups\nheld.reverse()",
    "optimizer.param_groups.reverse()",
    "optimizer.param_groups.pop()",
    "del optimizer.param_groups[0]",
    "optimizer.param_groups = optimizer.param_groups[::-1]",
    "optimizer.param_groups[0], optimizer.param_groups[-1] = optimizer.param_groups[-1], optimizer.param_groups[0]",
    'optimizer.param_groups[0]["params"].pop()',
    'optimizer.param_groups[0]["params"] = []',
    "elsewhere.relabel(optimizer.param_groups)",
    "elsewhere.turn(optimizer.param_groups)",
    "elsewhere.relabel(list(optimizer.param_groups))",
    'if not is_on:\n    optimizer.param_groups[0]["{key}"] = {rate}',
    'if is_on:\n    optimizer.param_groups[0]["{key}"] = {rate}',
    'print(optimizer.param_groups[0]["lr"])',
    'elsewhere.look(optimizer.param_groups[0]["lr"])',
    'total = sum(len(x["params"]) for x in optimizer.param_groups)',
    "optimizer.add_param_group(c)",
    "if is_on:\n    optimizer.add_param_group(c)",
    "if not is_on:\n    optimizer.add_param_group(c)",
    "for x in (c, d):\n    optimizer.add_param_group(x)",
    "for x in ():\n    optimizer.add_param_group(x)",
    "add = optimizer.add_param_group\nadd(c)",
    'optimizer.add_param_group(c)\nc["{key}"] = {rate}',
    "list(map(optimizer.add_param_group, [c]))",
    "g.append(c)",
    "g.reverse()",
    "g.pop()",
    "g.clear()",
    'a["{key}"] = {rate}',
    'a.pop("lr")\na["lr"] = {rate}',
    'a.setdefault("{key}", {rate})',
    "a.update({key}={rate})",
    'a |= {"{key}": {rate}}',
    'for x in g:\n    x["{key}"] = {rate}',
    'if not is_on:\n    a["{key}"] = {rate}',
    'a["params"] = []',
    'a["params"].clear()',
    'a["params"].append(model.scale)',
    'a["params"] += [model.scale]',
    'del a["params"][0]',
    'ps = a["params"]\nps.pop()',
    'for x in g:\n    x["params"].pop()',
    'for x in optimizer.param_groups:\n    x["params"].pop()',
    "elsewhere.relabel(g)",
    "elsewhere.look(a)",
    "second = SGD(g, lr=5.0)",
    "first, optimizer = optimizer, SGD(g, lr=5.0, weight_decay=0.25)",
    'optimizer.defaults["lr"] = 7.0\noptimizer.add_param_group(c)',
)
"""Edits of what the optimizer has already taken."""

_OF_THE_LIST = re.compile(r"\b[acdg]\b(?!=)")
"""Names that only the function knows that builds the optimizer."""

APART = (
    "def make_optimizer(model, is_on):\n    optimizer = build(model, is_on)\n    EDIT\n    return optimizer\n",
    "def between(model, is_on):\n    return build(model, is_on)\n\n"
    "def make_optimizer(model, is_on):\n    optimizer = between(model, is_on)\n    EDIT\n    return optimizer\n",
    "def change(optimizer, is_on):\n    EDIT\n\n"
    "def make_optimizer(model, is_on):\n    optimizer = build(model, is_on)\n    change(optimizer, is_on)\n"
    "    return optimizer\n",
    "def change(optimizer, is_on):\n    EDIT\n    return optimizer\n\n"
    "def pass_on(it, is_on):\n    change(it, is_on=is_on)\n    return it\n\n"
    "def make_optimizer(model, is_on):\n    optimizer = build(model, is_on)\n    optimizer = pass_on(optimizer, 0)\n"
    "    return optimizer\n",
    "class Trainer:\n    def __init__(self, model, is_on):\n        optimizer = self.optimizer = build(model, is_on)\n"
    "        EDIT\n\ndef make_optimizer(model, is_on):\n    return Trainer(model, is_on).optimizer\n",
    "class Trainer:\n    def prepare(self, model, is_on):\n        optimizer = build(model, is_on)\n        EDIT\n"
    "        return optimizer\n\ndef make_optimizer(model, is_on):\n    return Trainer().prepare(model, is_on)\n",
)
"""What other code may stand between the one that builds the optimizer and the one that has it: `EDIT` is the edit."""


@dataclass(frozen=True, slots=True)
class Program:
    """A source, and whether optimlint promises to be sure of its groups."""

    source: str
    is_followed: bool


def programs(seed: int, count: int) -> list[Program]:
    """So many sources, the same for the same seed: each edit by itself first, then several after one another."""
    random = Random(seed)
    kinds = {**FOLLOWED, **OTHERS}
    alone = [Program(_source(random, [edit], []), text in FOLLOWED) for text, edit in kinds.items()]
    alone += [Program(_source(random, [], [edit]), False) for edit in AFTER.values()]
    apart = [edit for text, edit in AFTER.items() if not _OF_THE_LIST.search(text)]
    alone += [Program(_source(random, [], [edit], way), False) for way in APART for edit in apart]
    mixed: list[Program] = []
    while len(alone) + len(mixed) < count:
        edits = [random.choice(list((FOLLOWED if random.random() < 0.8 else OTHERS).values())) for _ in range(3)]
        after = [random.choice(list(AFTER.values()))] if random.random() < 0.2 else []
        mixed.append(Program(_source(random, edits[: random.randint(2, 3)], after), False))
    return alone + mixed


def _source(random: Random, edits: list[Edit], after: list[Edit], way: str = "") -> str:
    """A source; `way` is one of `APART` if other code than the function that builds the optimizer edits it then."""
    writer = Writer(random)
    for name, sub_module in zip("abcd", random.sample(SUB_MODULES, 4), strict=True):
        writer.body.append(f"{name} = {_group(writer, sub_module)}")
    writer.body.append("g = [a, b]")
    for edit in edits:
        writer.body += edit(writer)
    optimizer = random.choice(("AdamW", "SGD", "Adam"))
    writer.body.append(f"optimizer = {optimizer}(g, lr={writer.rate}{random.choice(('', ', weight_decay=0.125'))})")
    edits_after = [line for edit in after for line in edit(writer)]
    writer.body += ["return optimizer"] if way else [*edits_after, "return optimizer"]
    body = _indented(writer.body)
    if not way:
        return f"{_IMPORTS}\n\ndef make_optimizer(model, is_on):\n{body}\n"
    edited = way.replace("        EDIT", _indented(edits_after, "        ")).replace("    EDIT", _indented(edits_after))
    return f"{_IMPORTS}\n\ndef build(model, is_on):\n{body}\n\n{edited}"


def _indented(lines: list[str], by: str = "    ") -> str:
    return "\n".join(f"{by}{line}" for line in lines)


def _group(writer: Writer, sub_module: str) -> str:
    form = writer.random.choice(("model.{}.parameters()", "list(model.{}.parameters())", "[*model.{}.parameters()]"))
    settings = [f'"params": {form.format(sub_module)}']
    settings += [f'"{key}": {writer.rate}' for key in ("lr", "weight_decay") if writer.random.random() < 0.6]
    return "{" + ", ".join(settings) + "}"


_IMPORTS = """\
import elsewhere
from collections import deque
from contextlib import nullcontext, suppress
from copy import copy, deepcopy
from itertools import chain, islice
from operator import setitem
from random import shuffle
from torch.optim import SGD, Adam, AdamW
"""
