"""The house rules, applied to every file of the project."""

import re
import subprocess
import sys
from collections import defaultdict

import pytest
from django.apps import apps
from django.conf import settings

from . import house_rules as rules

pytestmark = pytest.mark.once
ROOT = settings.BASE_DIR
APPS = ["umkm_portal", "businesses", "missions"]
CODE = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
SOURCE = [path for path in CODE if "migrations" not in path.parts]
TESTS = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
SCRIPTS = [path for path in (ROOT / "bin").iterdir() if path.is_file()]
VIEWS = [path for path in SOURCE if path.stem == "views" or path.parent.name == "views"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODELS = [
    path for path in SOURCE if path.stem == "models" or path.parent.name == "models"
]
NAMES_THAT_SAY_NOTHING = re.compile(r"(utils?|helpers?|common|misc|base)(\.py)?")


def choices():
    """{field name: its values}, of all models of the house."""
    found = defaultdict(set)
    for model in apps.get_models():
        if model.__module__.split(".")[0] in APPS:
            for field in model._meta.fields:
                found[field.name] |= {value for value, _label in field.choices or ()}
    return found


def module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    # A package's own name stands for its __init__.py, one level below for relative imports.
    return ".".join(parts)


def broken(paths, rule, *arguments):
    return [
        f"{path.relative_to(ROOT)}: {problem}"
        for path in paths
        for problem in rule(path.read_text(), *arguments)
    ]


def test_functions_are_short():
    assert broken(SOURCE + TESTS, rules.long_functions) == []


def test_views_write_nothing_themselves():
    assert VIEWS
    assert broken(VIEWS, rules.writes_in_view) == []


def test_no_signals():
    assert broken(SOURCE, rules.signals) == []


def test_choices_are_named_not_quoted():
    code = [path for path in SOURCE if path not in MODELS]
    assert broken(code, rules.quoted_choices, choices()) == []
    assert broken(TEMPLATES, rules.quoted_choices_in_template, choices()) == []


def test_imports_flow_one_way():
    upward = [
        f"{path.relative_to(ROOT)} {problem}"
        for path in SOURCE
        for problem in rules.imports_upward(path.read_text(), module(path))
    ]
    assert upward == []


def test_imports_stand_at_the_top():
    assert broken(SOURCE, rules.imports_inside_functions) == []


def test_file_names_say_what_is_inside():
    parts = {part for path in CODE for part in path.relative_to(ROOT).parts}
    assert [part for part in parts if NAMES_THAT_SAY_NOTHING.fullmatch(part)] == []


def test_comments_are_few():
    texts = [path.read_text() for path in SOURCE]
    assert rules.comment_share(texts) <= 0.04


def test_templates_are_short_and_have_nothing_inline():
    assert TEMPLATES
    assert broken(TEMPLATES, rules.long_template) == []
    assert broken(TEMPLATES, rules.inline_in_template) == []


def test_no_markup_stands_in_two_templates():
    templates = {str(path.relative_to(ROOT)): path.read_text() for path in TEMPLATES}
    assert list(rules.repeated_windows(templates)) == []


def test_every_setting_is_documented():
    read = rules.settings_variables((ROOT / "umkm_portal" / "settings.py").read_text())
    documented = rules.documented_variables((ROOT / ".env.example").read_text())
    # The Makefile reads PORT.
    assert documented == read | {"PORT"}


def test_requirements_are_pinned_and_lead_back_to_their_lists():
    for name in ("requirements", "requirements-dev"):
        pinned = (ROOT / f"{name}.txt").read_text()
        wanted = re.findall(
            r"^[A-Za-z][\w.-]*", (ROOT / f"{name}.in").read_text(), re.M
        )
        names = {line.split("==")[0] for line in pinned.splitlines()}
        assert list(rules.unpinned(pinned)) == []
        assert {name.lower().replace("_", "-") for name in wanted} <= names


def test_nothing_outside_the_project_is_read():
    texts = [*CODE, *TESTS, *SCRIPTS, ROOT / "Makefile", ROOT / ".ci" / "run"]
    outward = re.compile(r"[\"' =]\.\./\w")
    assert [path for path in texts if outward.search(path.read_text())] == []


def test_readme_names_both_commands():
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


def test_ci_runs_the_same_tests_as_make_on_both_databases():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "make lint" in lines
    assert "make test" in lines
    assert lines[-1] == "bin/postgres make test"


def test_scripts_can_be_run():
    scripts = [*SCRIPTS, ROOT / "manage.py", ROOT / ".ci" / "run"]
    assert [path for path in scripts if not path.stat().st_mode & 0o100] == []


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):", makefile, re.M)
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    internal = {"catalogues"}
    assert set(re.findall(r"^make (\w+)", shown, re.M)) == set(targets) - internal


def test_what_is_made_is_not_kept_in_git():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {
        "*.mo",
        ".env",
        ".venv/",
        "*.sqlite3*",
        "staticfiles/",
        "artefacts/",
    } <= set(ignored)


def test_catalogues_are_complete():
    checked = subprocess.run(
        [sys.executable, "bin/messages", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


CHOICES = {"status": {"draft"}}
SIX_LINES = "".join(f"<p>{number}</p>\n" for number in range(rules.REPEATED_LINES))


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (
            rules.long_functions,
            "def f():\n" + "    f()\n" * 40,
            "def f():\n" + "    f()\n" * 39,
        ),
        (rules.writes_in_view, "mission.save()", "form.save()"),
        (rules.writes_in_view, "Mission.objects.create()", "Mission.objects.all()"),
        (rules.signals, "post_save.connect(f)", "f()"),
        (
            rules.signals,
            "@receiver(post_save)\ndef f(): pass",
            "@task()\ndef f(): pass",
        ),
        (rules.imports_inside_functions, "def f():\n    import os", "import os"),
        (rules.long_template, "x\n" * 151, "x\n" * 150),
        (rules.inline_in_template, '<p style="color: red">', '<p class="style">'),
        (rules.inline_in_template, '<a onclick="f()">', '<a class="on">'),
        (rules.inline_in_template, "<style>p {}</style>", '<link rel="stylesheet">'),
        (
            rules.inline_in_template,
            "<script>f()</script>",
            '<script src="f.js"></script>',
        ),
        (rules.unpinned, "Django>=6.1", "psycopg-binary==3.3.9"),
    ],
)
def test_rule_can_fail(rule, bad, good):
    assert list(rule(bad))
    assert not list(rule(good))


@pytest.mark.parametrize(
    "bad",
    ['mission.status == "draft"', 'f(status="draft")', 'f(mission__status="draft")'],
)
def test_quoted_choices_are_found(bad):
    assert list(rules.quoted_choices(bad, CHOICES))
    assert not list(rules.quoted_choices("mission.status == Status.DRAFT", CHOICES))
    assert list(
        rules.quoted_choices_in_template('{% if m.status == "draft" %}', CHOICES)
    )


@pytest.mark.parametrize(
    ("module", "bad", "good"),
    [
        (
            "missions.models.mission",
            "from missions.deals import models",
            "import businesses.models",
        ),
        (
            "missions.services",
            "from .deals.models import Deal",
            "from .models import Mission",
        ),
        (
            "missions.deals.models",
            "from ..publication import views",
            "from ..models import Mission",
        ),
        (
            "businesses.models",
            "import missions",
            "from umkm_portal.accounts import models",
        ),
        (
            "umkm_portal.formatting",
            "import businesses.models",
            "import umkm_portal.csv_files",
        ),
    ],
)
def test_upward_imports_are_found(module, bad, good):
    assert list(rules.imports_upward(bad, module))
    assert not list(rules.imports_upward(good, module))


def test_repeated_markup_is_found():
    assert list(rules.repeated_windows({"a.html": SIX_LINES, "b.html": SIX_LINES}))
    assert not list(
        rules.repeated_windows({"a.html": SIX_LINES, "b.html": "</div>\n" * 9})
    )


def test_variables_are_found():
    settings_text = (
        'A = env.bool("ONE")\nB = required(\n    "TWO", env.str)\nC = env("THREE")'
    )
    assert rules.settings_variables(settings_text) == {"ONE", "TWO", "THREE"}
    assert rules.documented_variables("# why\nONE=1\n#TWO=2\n# THREE=3") == {
        "ONE",
        "TWO",
        "THREE",
    }


def test_comments_are_counted():
    assert rules.comment_share(["# one\nx = 1\n\ny = 2\nz = 3\n"]) == 0.25
