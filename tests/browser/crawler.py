"""Visits every page reachable from a start page, as a visitor without JavaScript would."""

import gzip
import re
import urllib.error
import urllib.request
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

VOID = set("area base br col embed hr img input link meta source track wbr".split())
READ_OUT = {"alt", "title", "aria-label", "placeholder"}
# Hundreds of example businesses and their listings are shown by the same two templates, a mission
# without business matching has nothing to show of it, and a list has as many addresses as ways to
# narrow it. The first ones show what there is to see.
MOST_OF_A_KIND = 30
MANY = re.compile(
    r"/(usaha|peluang)/[^/]+|/misi/[^/]+(?=/(hasil-temu-bisnis|peserta)/)"
)


@dataclass
class Visit:
    url: str
    status: int
    content_type: str
    body: bytes
    compressed_size: int
    linked_from: str
    page: "Page" = None


@dataclass
class Page(HTMLParser):
    """What a page links to and says; text in a language of its own (lang=…) is left out."""

    links: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    language: str = ""
    title: str = ""

    def __post_init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        inherited = self.open[-1][1] if self.open else ""
        language = attributes.get("lang", inherited)
        if tag == "html":
            self.language = language
        if tag not in VOID:
            self.open.append((tag, language))
        for name in ("href", "src", "action"):
            if name in attributes and attributes.get("method", "get") == "get":
                self.links.append(attributes[name])
        if language == self.language:
            self.texts += [attributes[name] for name in READ_OUT & attributes.keys()]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.open or not data.strip():
            return
        tag, language = self.open[-1]
        if tag == "title" and not self.title:
            self.title = data.strip()
        if language == self.language and tag not in ("script", "style"):
            self.texts.append(data)


def crawl(start):
    """Visits by URL. Links with a query are followed from pages without one, or they never end."""
    visits = {}
    kinds = Counter()
    waiting = deque([(start, "")])
    while waiting:
        url, linked_from = waiting.popleft()
        if url in visits or kinds[kind(url)] == MOST_OF_A_KIND:
            continue
        kinds[kind(url)] += 1
        visits[url] = visit = fetch(url, linked_from)
        if not visit.content_type.startswith("text/html"):
            continue
        visit.page = read(visit)
        for link in visit.page.links:
            target = urldefrag(urljoin(visit.url, link)).url
            if is_followed(target, visit.url):
                waiting.append((target, url))
    return visits


def is_followed(target, source):
    here, there = urlsplit(source), urlsplit(target)
    return there.netloc == here.netloc and not (there.query and here.query)


def kind(url):
    """Pages of the same kind differ in a row of the database, or in how a list is narrowed."""
    parts = urlsplit(url)
    return MANY.sub("/…", parts.path), bool(parts.query)


def read(visit):
    page = Page()
    page.feed(visit.body.decode())
    page.close()
    return page


def fetch(url, linked_from):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        response = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        raw = response.read()
    is_gzip = response.headers.get("Content-Encoding") == "gzip"
    return Visit(
        url=response.url,
        status=response.status,
        content_type=response.headers.get("Content-Type", ""),
        body=gzip.decompress(raw) if is_gzip else raw,
        compressed_size=len(raw) if is_gzip else len(gzip.compress(raw)),
        linked_from=linked_from,
    )
