"""Circles in a graph: the nodes that read themselves, directly or through others (Tarjan, without recursion)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


def circles_of(nodes: Collection[int], readers: Sequence[Sequence[int]]) -> set[int]:
    """Return those of ``nodes`` that lie on a circle; ``readers[n]`` are the nodes that read ``n``."""
    found: set[int] = set()
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in nodes:
        if root in number:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(readers[root]))]
        number[root] = low[root] = len(number)
        path.append(root)
        on_path.add(root)
        while work:
            node, rest = work[-1]
            for following in rest:
                if following not in nodes:
                    continue
                if following not in number:
                    number[following] = low[following] = len(number)
                    path.append(following)
                    on_path.add(following)
                    work.append((following, iter(readers[following])))
                    break
                if following in on_path:
                    low[node] = min(low[node], number[following])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    found |= _component(node, path, on_path, readers)
    return found


def _component(node: int, path: list[int], on_path: set[int], readers: Sequence[Sequence[int]]) -> set[int]:
    """Take one component off the path; a lone node is a circle only if it reads itself."""
    component: set[int] = set()
    while True:
        last = path.pop()
        on_path.discard(last)
        component.add(last)
        if last == node:
            break
    return component if len(component) > 1 or node in readers[node] else set()
