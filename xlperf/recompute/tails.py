"""What a formula hands on as its result from within IF and its like."""

from __future__ import annotations

from xlperf.recompute.tree import Node

#: Kind of a node whose final + or − is handed on by a choosing function, as the formula's own result.
TAIL = "t"


def marked(tree: Node) -> Node:
    """Return a tree in which a final + or − that is handed on stands in a node of its own kind."""
    if tree[0] != "f":
        return tree
    name, arguments = tree[1], tree[2:]
    count = len(arguments)
    handed = [_tail(node) if _hands_on(name, place, count) else node for place, node in enumerate(arguments)]
    return [*tree[:2], *handed]


def _tail(node: Node) -> Node:
    if node[0] == "c" and node[-1][0] in ("+", "-"):
        return [TAIL, node]
    return marked(node)


def _hands_on(name: str, place: int, count: int) -> bool:
    """Tell whether a function may give its argument at ``place`` as its own result."""
    if name in ("IF", "CHOOSE"):
        return place > 0
    if name in ("IFERROR", "IFNA"):
        return True
    if name == "IFS":
        return place % 2 == 1
    if name == "SWITCH":
        return place > 0 and (place % 2 == 0 or place == count - 1)
    return name == "XLOOKUP" and place == 3
