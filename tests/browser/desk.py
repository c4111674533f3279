"""A member of staff at the browser, watched: what loads, what breaks, and whether everybody could use it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Frame, Locator, Page, Request, Response, expect

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
# What a page carries itself, and the parts of the browser's own viewer of PDFs.
OWN_SCHEMES = ("data", "blob", "chrome", "chrome-extension")
# Blocked by the policy: also reported when nothing is written to the console.
_REPORT_BLOCKED = """
  document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`blocked by ${event.effectiveDirective}: ${event.blockedURI || event.sourceFile}`));
"""


@dataclass
class Desk:
    """One browser window. Whoever uses it calls `arrive` on each page that is reached."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.add_init_script(_REPORT_BLOCKED)
        self.page.context.on("request", self._watch_request)
        self.page.context.on("response", self._watch_response)
        self.page.on("console", self._watch_console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        self.page.on("framenavigated", self._watch_page)

    def open(self, path: str, title: str) -> None:
        self.page.goto(self.url + path)
        self.arrive(title)

    def arrive(self, title: str) -> None:
        """Wait for the page with this title; nothing on it may stand in anybody's way."""
        expect(self.page).to_have_title(re.compile(f"^{re.escape(title)}"))
        self.page.wait_for_load_state("load")
        self.judge()
        self.judged.add(_path(self.page.url))

    def judge(self) -> None:
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()

    def follow(self, name: str, title: str) -> None:
        """Click the link with this name and arrive."""
        self.page.get_by_role("link", name=name, exact=True).click()
        self.arrive(title)

    def press(self, name: str, title: str) -> None:
        """Press the button with this name and arrive."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.arrive(title)

    def field(self, label: str) -> Locator:
        """The entry with this label; a star says that it must be filled in."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))

    def row(self, *words: str) -> Locator:
        """The row of a table that has all these words."""
        rows = self.page.get_by_role("row")
        for word in words:
            rows = rows.filter(has_text=word)
        return rows

    def assert_nothing_was_wrong(self) -> None:
        assert not self.troubles, "\n".join(self.troubles)
        passed = self.seen - self.judged
        assert not passed, f"passed without a look: {passed}"

    def _watch_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in OWN_SCHEMES and f"{address.scheme}://{address.netloc}" != self.url:
            self.troubles.append(f"asked another host: {request.url}")

    def _watch_response(self, response: Response) -> None:
        if response.status >= 500 or response.status == 404:
            self.troubles.append(f"{response.status}: {response.url}")

    def _watch_console(self, message: ConsoleMessage) -> None:
        # A form that was refused is answered with 422, which Chromium calls a failure to load.
        if message.type == "error" and "status of 422" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _watch_page(self, frame: Frame) -> None:
        if frame == self.page.main_frame and frame.url != "about:blank":
            self.seen.add(_path(frame.url))


def _path(url: str) -> str:
    return urlsplit(url).path
