#!/usr/bin/env python3
"""Fails when an #include points up the layers, from one module into another's insides, or round in a circle."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src"
BELOW = {  # what a layer may include beside itself
    "base": set(),
    "spreadsheet": {"base"},
    "crypto": {"base"},
    "sql": {"base", "crypto"},
    "runtime": {"base", "crypto", "sql"},
    "http": {"base", "crypto", "sql", "runtime"},
    "modules": {"base", "crypto", "sql", "runtime", "http", "spreadsheet"},
    "testing": {"base", "crypto", "sql", "runtime", "http", "spreadsheet", "modules"},
    "cli": {"base", "crypto", "sql", "runtime", "http", "spreadsheet", "modules"},
}
HEAVY = re.compile(r"#include <(boost/(beast|asio)(/|\.hpp)|sqlite3\.h|libpq)")
ASIO_ALLOWED = re.compile(r"#include <boost/asio/awaitable\.hpp>")


def faults():
    module_edges = {}
    for path in sorted(ROOT.rglob("*.[ch]pp")):
        where = path.relative_to(ROOT)
        layer, is_test = where.parts[0], re.search(r"(^|_)test(_|$)", path.stem) is not None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if layer == "modules" and path.suffix == ".hpp" and HEAVY.match(line) and not ASIO_ALLOWED.match(line):
                yield f"{where}:{number}: heavy header in a module's header: {line}"
            found = re.match(r'#include "([^"]+)"', line)
            if not found:
                continue
            target = pathlib.PurePosixPath(found[1]).parts
            if len(target) < 2 or target[0] not in BELOW:
                yield f"{where}:{number}: name the layer: {line}"
                continue
            if target[0] != layer and target[0] not in BELOW[layer] and not (is_test and target[0] == "testing"):
                yield f"{where}:{number}: {layer} may not include {target[0]}"
            if layer == "modules" and target[0] == "modules" and target[1] != where.parts[1]:
                if target[2] != target[1] + ".hpp":
                    yield f"{where}:{number}: only modules/{target[1]}/{target[1]}.hpp is open to others"
                if not is_test:
                    module_edges.setdefault(where.parts[1], set()).add(target[1])
    yield from circles(module_edges)


def circles(edges):
    done, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        path.append(node)
        for following in sorted(edges.get(node, ())):
            circle = visit(following)
            if circle:
                return circle
        done.add(path.pop())
        return None

    for start in sorted(edges):
        circle = visit(start)
        if circle:
            yield "modules include each other in a circle: " + " -> ".join(circle)
            return


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) if found else "layers: every #include points down")
    sys.exit(bool(found))
