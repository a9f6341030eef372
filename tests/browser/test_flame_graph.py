"""The flame graph in a real browser: as a page of its own and in the viewer; what names hold stays text."""

from __future__ import annotations

import os

import pytest

from asgi import python_server
from browser_pages import SCREENSHOTS, shut_out
from codesentinel.config.settings import Settings
from codesentinel.model.profile import Frame, Origin, Profile, Stack, merged
from codesentinel.operations.base import Context
from codesentinel.operations.profile.judge import diff, report
from codesentinel.operations.profile.picture import write_flame_graph
from codesentinel.operations.profile.shelf import put
from codesentinel.store.session_memory import SessionMemory
from npm_packages import install, needs_node
from servers import eventually, free_port

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"


def profile(hot, at):
    main = Frame("main", "app.py")
    stacks = [
        Stack((main, Frame("serve", "web/server.py"), Frame("hot", "core/hot.py")), "t", hot),
        Stack((main, Frame("serve", "web/server.py"), Frame("cold", "core/cold.py")), "t", 3000),
        Stack((main, Frame(HOSTILE, HOSTILE)), HOSTILE, 1000),
    ]
    return Profile(merged(stacks), "test", Origin("shop", "h", "r"), started_at=at, rate_hertz=100.0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    root = tmp_path_factory.mktemp("flames")
    (root / ".git").mkdir()
    context = Context(root, Settings(), SessionMemory(root), lambda _: None)
    ones = [put(context, profile(hot, at)) for hot, at in ((4000, 1.79e9), (6000, 1.79e9 + 60))]
    write_flame_graph(str(root / "flame.html"), report(context, profile=ones[0].id))
    write_flame_graph(str(root / "diff.html"), diff(context, before=ones[0].id, after=ones[1].id))
    return root, ones


@pytest.fixture(scope="module")
def viewer(kept):
    environment = {**os.environ, "CODESENTINEL_SOURCES_PROMETHEUS_URL": f"http://127.0.0.1:{free_port()}"}
    with python_server("-m", "codesentinel", "dashboards", "serve", cwd=kept[0], env=environment) as (_, url):
        yield url


def box(page, name):
    return page.locator(f'.flame-box[aria-label^="{name} ("]')


def uses_the_graph(page):
    """Zoom, search, tooltip and keyboard."""
    page.locator(".flame-box").first.wait_for()
    assert page.locator(".flame-box").count() == 6
    hot = box(page, "hot")
    wide = hot.bounding_box()["width"]
    hot.hover()
    tip = page.locator(".flame-tip")
    tip.wait_for()
    assert "core/hot.py" in tip.inner_text()
    assert "50.0%" in tip.inner_text()
    hot.click()
    assert hot.bounding_box()["width"] > 1.5 * wide
    assert box(page, "cold").count() == 0
    page.keyboard.press("Escape")
    eventually(lambda: box(page, "cold").count() == 1)
    search = page.get_by_label("Search for functions")
    search.fill("CORE")
    assert page.locator(".flame-box.is-match").count() == 2
    assert "87.5% matched" in page.locator(".flame-matched").inner_text()
    search.press("Escape")
    assert page.locator(".flame-box.is-match").count() == 0
    page.locator('.flame-box[tabindex="0"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "hot"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "cold"
    page.keyboard.press("Enter")
    assert box(page, "hot").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "cold"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.press("Escape")
    strange = page.locator(".flame-box", has_text="</script>")
    strange.hover()
    assert "<img src=x" in tip.inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


def test_a_file_of_its_own_is_used_without_a_request(look, kept):
    eye = look()
    asked = []
    eye.page.on("request", lambda request: asked.append(request.url))
    eye.page.goto(f"file://{kept[0]}/flame.html")
    uses_the_graph(eye.page)
    eye.page.screenshot(path=SCREENSHOTS / "flame-file.png")
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1


def test_a_difference_is_red_where_it_grew(look, kept):
    eye = look()
    page = eye.page
    page.goto(f"file://{kept[0]}/diff.html")
    box(page, "hot").wait_for()
    red, _, blue = colour(page, "hot")
    assert red > blue
    red, _, blue = colour(page, "cold")
    assert blue > red
    assert "before 50.0%" in box(page, "hot").get_attribute("aria-label")
    assert "SLOWER" in page.locator("main").inner_text()
    page.screenshot(path=SCREENSHOTS / "flame-diff.png")


def test_the_viewer_shows_one_and_compares_two(look, kept, viewer):
    first, second = kept[1]
    eye = look()
    page = eye.page
    eye.at(f"{viewer}/profiles?profile={first.id}")
    uses_the_graph(page)
    page.screenshot(path=SCREENSHOTS / "profiles.png")
    page.locator("select[name=profile]").select_option(second.id)
    page.locator("select[name=before]").select_option(first.id)
    eventually(lambda: "SLOWER" in page.locator(".content").inner_text(), within=30)
    assert page.evaluate("location.search") == f"?profile={second.id}&before={first.id}"
    assert page.evaluate("window.hacked") is None


@needs_node
def test_axe_finds_nothing_that_keeps_people_out(look, kept, viewer):
    install()
    eye = look(color_scheme="dark")
    eye.at(f"{viewer}/profiles?profile={kept[1][0].id}")
    eye.page.locator(".flame-box").first.wait_for()
    assert shut_out(eye) == []


def colour(page, name):
    style = box(page, name).evaluate("one => getComputedStyle(one).backgroundColor")
    return [int(float(part)) for part in style[4:-1].split(",")]
