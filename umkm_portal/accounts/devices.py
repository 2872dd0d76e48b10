# Of several that a browser names, the first one here is what it is.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "UCBrowser": "UC Browser",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_name(user_agent):
    """ "Chrome · Android": so much of it as its owner recognises."""
    found = [first_named(user_agent, known) for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent or "–"


def first_named(user_agent, known):
    return next((name for mark, name in known.items() if mark in user_agent), "")
