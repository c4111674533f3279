"""How each official client reads the `Link` header, in its own rules: what breaks them must break here."""

import re


def python_links(header: str) -> dict[str, str]:
    """Python, Ruby and PHP: cut at every comma and semicolon, wherever it stands."""
    links = {}
    for part in header.split(","):
        section = part.split(";")
        url = re.search("<(.*)>", section[0])
        name = re.search('rel="(.*)"', section[1])
        assert url
        assert name
        links[name[1]] = url[1]
    return links


def java_next(header: str) -> str | None:
    """Java: the same cuts; stops where the page itself is the last one, whatever `next` says."""
    links = {}
    for part in header.split(","):
        address, name = part.split(";")
        links[name.strip().removeprefix('rel="').removesuffix('"')] = address.strip()[1:-1]
    return None if links["self"] == links["last"] else links["next"]


def dot_net_next(header: str) -> str | None:
    """.NET: two patterns over each piece between commas; calls the address as it is."""
    links = {}
    for part in header.split(","):
        name = re.search(r'(?<=rel=").+?(?=")', part)
        address = re.search(r"(?<=<).+?(?=>)", part)
        if name and address:
            links[name[0].lower()] = address[0]
    return links.get("next")


def go_next(header: str, base: str) -> str | None:
    """Go: panics on a part without a semicolon; deletes its base from the address; stops at `self`."""
    links = {}
    for part in header.split(","):
        pieces = part.split(";")
        assert len(pieces) > 1, "index out of range"
        name = pieces[1].strip().replace("rel=", "").replace('"', "")
        links[name] = pieces[0].strip().strip("<>").replace(base, "")
    following = links.get("next", "")
    return None if following in ("", links["self"]) else following
