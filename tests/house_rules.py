"""The house rules that a program can check: each takes the text of a file and yields what breaks it.

test_project.py applies them to every file, and shows that each can fail.
"""

import ast
import re

LONGEST_FUNCTION = 40
LONGEST_TEMPLATE = 150
REPEATED_LINES = 6

# Who may import whom: only the same or a lower floor. What is not listed here is the ground floor.
FLOORS = {
    "umkm_portal": 0,
    "umkm_portal.accounts": 1,
    "umkm_portal.ledger": 1,
    "umkm_portal.outbox": 1,
    "businesses": 2,
    "missions": 3,
    "missions.meetings": 4,
    "missions.deals": 5,
    "missions.publication": 6,
    # The door of the house, and what is run by hand, may know every room.
    "umkm_portal.urls": 9,
    "umkm_portal.management": 9,
}


def long_functions(text):
    for node in functions(ast.parse(text)):
        lines = node.end_lineno - node.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{node.name} has {lines} lines"


def functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def writes_in_view(text):
    for call in calls(text):
        if call.endswith(".save") and not call.endswith("form.save"):
            yield f"{call}() belongs in a form, a model or a service"
        if call.endswith(".objects.create"):
            yield f"{call}() belongs in a service"


def signals(text):
    for call in calls(text):
        if call.endswith(".connect"):
            yield f"{call}() hides a workflow"
    for node in functions(ast.parse(text)):
        for decorator in map(ast.unparse, node.decorator_list):
            if decorator.split("(")[0].endswith("receiver"):
                yield f"@{decorator} hides a workflow"


def calls(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def quoted_choices(text, choices):
    """`status == "draft"` and `filter(status="draft")`; choices is {field: values}."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            names = {side.attr for side in sides if isinstance(side, ast.Attribute)}
            names |= {side.id for side in sides if isinstance(side, ast.Name)}
            values = sides
        elif isinstance(node, ast.keyword) and node.arg:
            names, values = set(node.arg.split("__")), [node.value]
        else:
            continue
        known = {value for name in names for value in choices.get(name, ())}
        for value in values:
            if isinstance(value, ast.Constant) and value.value in known:
                yield f"line {node.lineno if hasattr(node, 'lineno') else value.lineno}: {value.value!r} has a name in the model"


def quoted_choices_in_template(text, choices):
    for name, value in re.findall(r'(\w+) [!=]= "(\w+)"', text):
        if value in choices.get(name, ()):
            yield f'{name} == "{value}" has a name in the model'


def imports_upward(text, module):
    own = floor(module)
    for target in imported(text, module):
        if floor(target) > own:
            yield f"imports {target}, which is above it"


def imports_inside_functions(text):
    for function in functions(ast.parse(text)):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"line {node.lineno}: import inside {function.name}"


def floor(module):
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((FLOORS[name] for name in names if name in FLOORS), 0)


def imported(text, module):
    package = module.split(".")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def inline_in_template(text):
    patterns = {
        "a style attribute": r"<[^>]*\sstyle\s*=",
        "an event handler": r"<[^>]*\son[a-z]+\s*=",
        "an inline style": r"<style\b",
        "an inline script": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")",
        "a javascript: address": r"javascript:",
    }
    for what, expression in patterns.items():
        if re.search(expression, text, re.IGNORECASE):
            yield f"has {what}, which the CSP refuses"


def long_template(text):
    lines = len(text.splitlines())
    if lines > LONGEST_TEMPLATE:
        yield f"has {lines} lines"


def repeated_windows(templates):
    """Six lines that stand in two places; templates is {name: text}."""
    seen = {}
    for name, text in templates.items():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        for start in range(len(lines) - REPEATED_LINES + 1):
            window = tuple(lines[start : start + REPEATED_LINES])
            first = seen.setdefault(window, (name, start))
            if first != (name, start) and not all(map(is_closing, window)):
                yield f"{first[0]} and {name} share six lines from: {window[0]}"


def is_closing(line):
    return line.startswith(("</", "{% end", "{% else"))


def comment_share(texts):
    lines = [line.strip() for text in texts for line in text.splitlines()]
    lines = [line for line in lines if line]
    return sum(line.startswith("#") for line in lines) / len(lines)


def unpinned(text):
    for line in text.splitlines():
        if line and not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+", line):
            yield f"{line} is not pinned"


def settings_variables(text):
    """The environment variables that settings.py reads."""
    return set(
        re.findall(r'\b(?:env(?:\.\w+)?|required)\(\s*"([A-Z][A-Z0-9_]*)"', text)
    )


def documented_variables(text):
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))
