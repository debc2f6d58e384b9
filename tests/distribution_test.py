#!/usr/bin/env python3
"""Fails when the PostgreSQL schema or a statement could not run with the tables spread over several servers (Citus).

deploy/distribution.toml says which column spreads which table; docs/decisions/0006-distribution.md says why. Held against it are
the migrations and every SQL text in src: unique constraints and foreign keys contain the column; what is joined, in subqueries
too, is joined on it or is a copy on every server; no row locks that skip; no triggers. Exceptions are in the list, each with its reason; an
exception that nothing needs is a fault as well. The test breaks copies of schema and statements to see that it would notice.

    --fan-outs   lists the statements that ask every shard
    --citus      prints the calls that spread an empty schema
"""
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKEN = re.compile(r"'(?:[^']|'')*'|\$\d+|[A-Za-z_][A-Za-z_0-9]*|<>|<=|>=|\|\||\d+|\S")
LITERAL = re.compile(r'R"\((?P<raw>.*?)\)"|(?P<quoted>(?:"(?:[^"\\\n]|\\.)*"\s*)+)', re.S)
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
ENDS = {"WHERE", "GROUP", "ORDER", "LIMIT", "SET", "VALUES", "ON", "RETURNING", "USING", "UNION", "HAVING", "FOR", "DO", "OFFSET"}
WORDS = ENDS | set(VERBS) | {"JOIN", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", "FROM", "AS", "INTO", "AND", "OR", "NOT"}
FORBIDDEN = [
    (r"CREATE (OR REPLACE )?(CONSTRAINT )?TRIGGER", "a trigger"),
    (r"\bSKIP LOCKED\b", "SKIP LOCKED"),
    (r"\bFOR (NO KEY )?UPDATE\b", "FOR UPDATE"),
    (r"\bFOR (KEY )?SHARE\b", "FOR SHARE"),
    (r"CREATE RULE|\bEXCLUDE (USING|\()", "a rule or an exclusion constraint"),
    (r"\bREFERENCES\b|\bFOREIGN KEY\b", "a foreign key"),
]
# Compared with nothing but a number: the type has to be said (docs/decisions/0004-postgresql.md).
UNTYPED = re.compile(r"\$\d+ (?:=|<>|<|>) \d+\b|\$\d+ IS (?:NOT )?NULL")


class Plan:
    """deploy/distribution.toml."""

    def __init__(self, text):
        read = tomllib.loads(text)
        self.column, self.group, self.copies, self.central = {}, {}, set(read["reference"]["tables"]), set(read["coordinator"]["tables"])
        for group, tables in read["distributed"].items():
            self.column |= tables
            self.group |= dict.fromkeys(tables, group)
        for table, column in read["registry"].items():
            self.column[table], self.group[table] = column, "registry of " + table
        self.constraints, self.statements = read["allowed"]["constraints"], read["allowed"]["statements"]

    def tables(self):
        return set(self.column) | self.copies | self.central


class Schema:
    """Tables with their columns, and what is unique: {name: (table, columns)}."""

    def __init__(self, scripts):
        self.columns, self.unique = {}, {}
        for script in scripts:
            for statement in re.sub(r"--[^\n]*", "", script).split(";"):
                self.apply(" ".join(statement.split()))

    def apply(self, sql):
        if found := re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*)\)$", sql):
            table, self.columns[found[1]] = found[1], []
            for part in re.split(r",(?![^(]*\))", found[2]):
                name, _, rest = part.strip().partition(" ")
                if name.upper() in ("PRIMARY", "UNIQUE", "CONSTRAINT"):
                    self.constrain(table, part)
                else:
                    self.columns[table].append(name)
                    if re.search("PRIMARY KEY|UNIQUE", rest):
                        self.unique[f"{table}_pkey" if "PRIMARY" in rest else f"{table}_{name}_key"] = (table, [name])
        elif found := re.match(r"CREATE UNIQUE INDEX (\w+) ON (\w+) \(([^)]*)\)", sql):
            self.unique[found[1]] = (found[2], re.split(r",\s*", found[3]))
        elif found := re.match(r"DROP INDEX (\w+)$", sql):
            self.unique.pop(found[1], None)
        elif found := re.match(r"ALTER TABLE (\w+) (.*)", sql):
            for change in re.split(r",(?![^(]*\))", found[2]):
                if dropped := re.match(r"\s*DROP CONSTRAINT (\w+)", change):
                    self.unique.pop(dropped[1])
                elif "PRIMARY KEY" in change or "UNIQUE" in change:
                    self.constrain(found[1], change)
                elif added := re.match(r"\s*ADD COLUMN (\w+)", change):
                    self.columns[found[1]].append(added[1])

    def constrain(self, table, text):
        columns = re.split(r",\s*", re.search(r"\(([^)]*)\)", text)[1])
        self.unique[f"{table}_pkey" if "PRIMARY KEY" in text else f"{table}_{'_'.join(columns)}_key"] = (table, columns)


class Use:
    """One occurrence of a table in a statement."""

    def __init__(self, table, scope, optional=False):
        self.table, self.alias, self.scope, self.optional, self.values = table, table, scope, optional, set()


def uses_of(sql, plan, schema):
    """The tables a statement names, and for each what its distribution column is compared with: "$1", or another use's."""
    tokens = TOKEN.findall(re.sub(r"--[^\n]*", "", sql))
    uses, scopes, scope, of_token = [], [0], 0, []
    for at, token in enumerate(tokens):  # a parenthesis that begins with SELECT is a scope of its own
        if token == "(" and tokens[at + 1 : at + 2] == ["SELECT"]:
            scope += 1
            scopes.append(scope)
        elif token == "(":
            scopes.append(scopes[-1])
        of_token.append(list(scopes))
        if token == ")" and len(scopes) > 1:
            scopes.pop()
    listing = False
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        listing = token == "FROM" or (listing and token not in ENDS and token != "JOIN" and token not in "()")
        begins = before in ("FROM", "JOIN", "INTO") or (before == "UPDATE" and tokens[at - 2 : at - 1] != ["DO"]) or (before == "," and listing)
        if begins and re.match(r"\w", token) and token.upper() not in WORDS:
            use = Use(token, of_token[at][-1], tokens[max(0, at - 3) : at].count("LEFT") > 0)
            following = tokens[at + 1 : at + 3]
            if following[:1] == ["AS"]:
                use.alias = following[1]
            elif following and re.match(r"[a-z]\w*$", following[0]):
                use.alias = following[0]
            uses.append(use)

    def owner(start):
        """The use whose distribution column stands at this token, and the token after it."""
        name, end = tokens[start], start + 1
        if tokens[start + 1 : start + 2] == ["."] and start + 2 < len(tokens):
            name, end = tokens[start + 2], start + 3
            fitting = [use for use in uses if use.alias == tokens[start]]
        elif start and tokens[start - 1] == ".":
            return None, end
        else:
            fitting = [use for use in uses if name in schema.columns.get(use.table, ())]
        for level in reversed(of_token[start]):
            for use in fitting:
                if use.scope == level:
                    return (use if plan.column.get(use.table) == name else None), end
        return None, end

    for at, token in enumerate(tokens):
        if token != "=" or not 0 < at < len(tokens) - 1:
            continue
        left_start = at - 3 if tokens[at - 2] == "." else at - 1
        left, right = owner(left_start)[0], owner(at + 1)[0]
        for use, other, text in ((left, right, tokens[at + 1]), (right, left, tokens[at - 1])):
            if use and other:
                use.values.add(other)
            elif use and re.match(r"\$\d|'|\d", text):
                use.values.add(text)
    return uses


def together(uses):
    """Whether the uses are tied to one another by what their distribution columns equal."""
    reached, waiting = {uses[0]}, [uses[0]]
    while waiting:
        use = waiting.pop()
        for other in uses:
            if other not in reached and (other in use.values or use in other.values or {v for v in use.values & other.values if isinstance(v, str)}):
                reached.add(other)
                waiting.append(other)
    return len(reached) == len(uses)


def why_not_together(sql, plan, schema):
    """What keeps a statement from running shard by shard; None when nothing does."""
    uses = uses_of(sql, plan, schema)
    spread = [use for use in uses if use.table in plan.column]
    central = [use for use in uses if use.table in plan.central]
    names = ", ".join(sorted({use.table for use in uses}))
    if spread and central:
        return f"brings what is distributed together with what is not: {names}"
    if spread and any(use.table in plan.copies and not use.optional for use in uses) and any(use.optional for use in spread):
        return f"an outer join from a copy to what is distributed: {names}"
    if len({plan.group[use.table] for use in spread}) > 1:
        return f"tables of different groups: {names}"
    if len(spread) > 1 and not together(spread):
        return f"not joined on the distribution column: {names}"
    return None


def literals(source):
    """The string literals of a C++ file, adjacent ones as one."""
    for found in LITERAL.finditer(re.sub(r"(?m)//.*$", "", source)):
        if found["raw"] is not None:
            yield found["raw"]
        else:
            yield "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', found["quoted"])).replace("\\n", "\n")


def statements(sources):
    """(file, text) of every SQL text. Pieces that stand alone and name a table cannot be judged, and come as they are."""
    for file, source in sources.items():
        for text in literals(source):
            words = text.split()
            if words and (words[0] in VERBS and re.search(r"\b(FROM|INTO|SET)\b", text) or re.search(r"\b(FROM|JOIN) [a-z_]+\b", text) and words[0].isupper() and words[0] != "FETCH"):
                yield file, ("SELECT * " if words[0] == "FROM" else "") + " ".join(words)  # FROM: after a list of columns kept elsewhere


def is_meant(key, statement):
    """Whether a statement begins with the key; after "…" in the key, contains the rest of it."""
    begin, _, rest = key.partition("…")
    return statement.startswith(begin.strip()) and rest.strip() in statement


def faults(plan, schema, scripts, sources):
    used = set()

    def allowed(kind, name):
        used.add(name)
        return name in kind

    numbers = [pathlib.PurePath(where).name[:4] for where in scripts if "/migrations/" in where]
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield f"two migrations have the number {number}"
    for table in sorted(set(schema.columns) ^ plan.tables()):
        yield f"{table}: " + ("is not in deploy/distribution.toml" if table in schema.columns else "is in deploy/distribution.toml only")
    for name, (table, columns) in sorted(schema.unique.items()):
        if table in plan.column and plan.column[table] not in columns and not allowed(plan.constraints, name):
            yield f"{name}: unique in {table} without {plan.column[table]}"
    for where, text in [*scripts.items(), *statements(sources)]:
        for pattern, what in FORBIDDEN:
            if re.search(pattern, text):
                yield f"{where}: {what}: {' '.join(text.split())[:100]}"
    for file, source in sources.items():
        for text in literals(source):
            for found in UNTYPED.findall(text):
                yield f"{file}: PostgreSQL takes this parameter for a 32-bit number or cannot tell its type; use CAST: {found}"
    for file, text in statements(sources):
        reason = why_not_together(text, plan, schema) if text.split()[0] in VERBS else f"not a whole statement: {text[:60]}"
        key = next((key for key in plan.statements if is_meant(key, f"{file}: {text}")), f"{file}: {text}")
        if reason and not allowed(plan.statements, key):
            yield f"{file}: {reason}: {text[:120]}"
    for name in sorted((set(plan.constraints) | set(plan.statements)) - used):
        yield f"deploy/distribution.toml explains what does not exist: {name}"


def fan_outs(plan, schema, sources):
    for file, text in statements(sources):
        spread = [use for use in uses_of(text, plan, schema) if use.table in plan.column] if text.split()[0] in VERBS else []
        if spread and not text.startswith("INSERT") and not any(isinstance(value, str) for use in spread for value in use.values):
            yield f"{file}: {text}"


MUTANTS = [  # what is added to schema or statements, and what has to be said of it
    ("schema", "CREATE UNIQUE INDEX account_phone ON account (phone);", "account_phone: unique in account without id"),
    ("schema", "CREATE TABLE gift (id BIGINT PRIMARY KEY);", "gift: is not in"),
    ("schema", "ALTER TABLE person ADD FOREIGN KEY (name) REFERENCES account (name);", "a foreign key"),
    ("schema", "CREATE TRIGGER t AFTER INSERT ON person EXECUTE FUNCTION f();", "a trigger"),
    ("source", 'tx.find("SELECT id FROM person WHERE id = $1 FOR UPDATE SKIP LOCKED")', "SKIP LOCKED"),
    ("source", 'tx.list(R"(SELECT p.name FROM person p JOIN affiliation a ON a.school_id = p.id)")', "not joined on"),
    ("source", 'tx.list("SELECT p.name FROM person p, card c " "WHERE c.serial = p.id")', "not joined on"),
    ("source", 'tx.list("SELECT name FROM person WHERE id IN (SELECT person_id FROM card WHERE serial = $1)")', "not joined on"),
    ("source", 'tx.list("SELECT a.name FROM account a JOIN person p ON p.id = a.id")', "different groups"),
    ("source", 'tx.list("SELECT j.id FROM job j JOIN account a ON a.id = j.owner")', "what is not"),
    ("source", 'tx.list("SELECT o.id FROM organisation o LEFT JOIN progress p ON p.organisation_id = o.id")', "outer join"),
    ("source", 'q += " AND ($8 = 0 OR class_id = $8)";', "use CAST"),
    ("source", 'q += " JOIN person p ON p.id = a.account_id";', "not a whole statement"),
]
SOUND = [
    'tx.list("SELECT p.name FROM person p JOIN card c ON c.person_id = p.id WHERE c.serial = $1")',
    'tx.list("SELECT name FROM person WHERE id = $1 AND id IN (SELECT person_id FROM card WHERE person_id = $1)")',
    'tx.list("SELECT o.name FROM progress p JOIN organisation o ON o.id = p.organisation_id")',
]


def mutant_faults(plan, scripts, sources):
    """Breaks what was read, one way at a time, and says which break went unnoticed."""
    for kind, text, expected in MUTANTS:
        broken = scripts | ({"mutant": text} if kind == "schema" else {})
        found = list(faults(plan, Schema(broken.values()), broken, sources | ({"mutant.cpp": text} if kind == "source" else {})))
        if not any(expected in fault for fault in found):
            yield f"not noticed: {text}"
    double = scripts | {"src/sql/migrations/0001_again.sql": ""}
    if not any("two migrations" in fault for fault in faults(plan, Schema(double.values()), double, sources)):
        yield "not noticed: two migrations with one number"
    for text in SOUND:
        for fault in faults(plan, Schema(scripts.values()), scripts, sources | {"sound.cpp": text}):
            if fault.startswith("sound.cpp"):
                yield f"refused without reason: {fault}"


def read_scripts():
    """The migrations as PostgreSQL gets them."""
    chosen = {}
    for path in sorted((ROOT / "src").rglob("migrations/*.sql"), key=lambda path: (path.name.split(".")[0], len(path.suffixes))):
        if ".sqlite" not in path.suffixes:
            chosen[path.name.split(".")[0]] = path
    scripts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in chosen.values()}
    own = (ROOT / "src/sql/migrations.cpp").read_text(encoding="utf-8")
    return {"src/sql/migrations.cpp": re.search(r'R"\((CREATE TABLE.*?)\)"', own, re.S)[1]} | scripts


def main():
    plan = Plan((ROOT / "deploy/distribution.toml").read_text(encoding="utf-8"))
    scripts = read_scripts()
    schema = Schema(scripts.values())
    sources = {}
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        if not re.search(r"(^|_)test(_|$)", path.stem) and "testing" not in path.parts and "sqlite" not in path.parts:
            sources[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    if "--fan-outs" in sys.argv:
        print("\n".join(fan_outs(plan, schema, sources)))
        return 0
    if "--citus" in sys.argv:
        first = {}
        for table in sorted(plan.copies):
            print(f"SELECT create_reference_table('{table}');")
        for table, column in plan.column.items():
            beside = first.setdefault(plan.group[table], table)
            place = "none" if beside == table else beside
            print(f"SELECT create_distributed_table('{table}', '{column}', colocate_with => '{place}');")
        return 0
    found = [*faults(plan, schema, scripts, sources), *mutant_faults(plan, scripts, sources)]
    number = sum(1 for _ in statements(sources))
    print("\n".join(found) if found else f"distribution: {len(schema.columns)} tables, {number} statements, {len(MUTANTS)} mutants noticed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
