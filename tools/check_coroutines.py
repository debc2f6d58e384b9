#!/usr/bin/env python3
"""Refuses the co_await shapes that gcc 12 miscompiles (docs/decisions/). Usage: check_coroutines.py FILES

One full-expression, one co_await, named operands. Four rules:
  R1  no co_await in an if, switch or while condition  -> name the result first
  R2  no ?: in a statement that co_awaits            -> use if/else
  R3  no braces next to co_await: f({..}), T{..}, {co_await x, ..} -> name the object first
  R4  a lambda in a co_await captures nothing or by reference -> name it, or use [&]
"""
import re
import sys

NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
OPEN, CLOSE = "([{", ")]}"


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def end_of_expression(text, at):
    depth = 0
    while at < len(text):
        c = text[at]
        depth += (c in OPEN) - (c in CLOSE)
        if depth < 0 or (c == ";" and depth == 0):
            return at
        at += 1
    return at


def start_of_statement(text, at):
    """Walks back to the start; tells whether it crossed an if/switch '(' or an initialiser '{'."""
    depth, condition, braced = 0, False, False
    while at > 0:
        c = text[at - 1]
        if c in CLOSE:
            if depth == 0 and c == "}" and not re.match(r"\s*[,)\].]", text[at:]):
                break
            depth += 1
        elif c in OPEN:
            if depth > 0:
                depth -= 1
            else:
                before = text[: at - 1].rstrip()
                if c == "(" and re.search(r"\b(if|switch|while)(\s+constexpr)?$", before):
                    condition = ";" not in text[at : at + 1]
                if c == "{":
                    head = before[max(before.rfind(";"), before.rfind("}"), before.rfind("{")) + 1 :]
                    is_block = not before or before[-1] in ");{}:" or "->" in head or \
                        re.search(r"\b(else|do|try|const|noexcept|mutable)$", before)
                    if is_block:
                        break
                    braced = True
        elif c == ";" and depth == 0:
            break
        at -= 1
    return at, condition, braced


def lambda_bodies_removed(text):
    """Returns (text without lambda bodies, list of capture lists)."""
    captures, out, at = [], "", 0
    for m in re.finditer(r"(?<![\w\])])\[([^\[\]]*)\]\s*(\((?:[^()]|\([^()]*\))*\))?[^{};,()]*(?:->[^{;]*)?\{", text):
        if m.start() < at:
            continue
        captures.append(m.group(1))
        out += text[at : m.start()]
        at = end_of_expression(text, m.end()) + 1
    return out + text[at:], captures


def check(path):
    text = NOISE.sub(blank, open(path, encoding="utf-8").read())
    for m in re.finditer(r"\bco_await\b", text):
        line = text.count("\n", 0, m.start()) + 1
        begin, condition, braced = start_of_statement(text, m.start())
        operand, captures = lambda_bodies_removed(text[m.end() : end_of_expression(text, m.end())])
        lead = text[begin : m.start()]
        if condition:
            yield line, "R1 co_await in a condition"
        if "?" in lead or "?" in operand:
            yield line, "R2 co_await with ?:"
        if braced or "{" in operand:
            yield line, "R3 braces next to co_await"
        if any(not re.fullmatch(r"\s*(&(\s*\w+)?|this)?(\s*,\s*(&\s*\w+|this))*\s*", c) for c in captures):
            yield line, "R4 by-value capture in co_await"


if __name__ == "__main__":
    failed = False
    for name in sys.argv[1:]:
        for line, why in check(name):
            failed = True
            print(f"{name}:{line}: {why}")
    sys.exit(failed)
