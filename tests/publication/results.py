"""What a page of results says about how many there are."""

import re


def heading(page):
    (found,) = re.findall(r'<h2 id="found">(.*?)</h2>', page, re.DOTALL)
    return " ".join(found.split())


def notes(page):
    found = re.findall(r'<p class="notice">(.*?)</p>', page, re.DOTALL)
    return [" ".join(note.split()) for note in found]
