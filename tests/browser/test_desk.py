"""The watch itself: what it must notice, it notices."""

import pytest

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_the_watch_notices_an_entry_that_nobody_can_name(desk: Desk) -> None:
    desk.open("/admin/login/", "Log in")
    desk.page.evaluate("document.querySelector('form').append(document.createElement('input'))")

    with pytest.raises(AssertionError, match="label"):
        desk.arrive("Log in")


def test_the_watch_notices_what_is_asked_of_other_hosts_and_what_breaks(desk: Desk) -> None:
    desk.page.set_content("<img src='http://elsewhere.example/pixel' alt=''>")
    desk.open("/admin/login/", "Log in")
    desk.page.evaluate("setTimeout(() => { throw new Error('broken') })")
    desk.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://elsewhere.example/'}))")
    desk.page.wait_for_timeout(200)

    noticed = "\n".join(desk.troubles)
    desk.troubles.clear()
    assert "asked another host: http://elsewhere.example/" in noticed
    assert "script error: broken" in noticed
    assert "blocked by img-src" in noticed


def test_the_watch_notices_a_page_that_nobody_looked_at(desk: Desk) -> None:
    desk.page.goto(f"{desk.url}/docs")

    with pytest.raises(AssertionError, match="passed without a look"):
        desk.assert_nothing_was_wrong()
    desk.seen.clear()
