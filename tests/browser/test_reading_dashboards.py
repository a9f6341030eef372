"""What a reader does with a dashboard: choose, zoom, refresh, walk by keys; and dashboards that mean no good."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path

import pytest

from asgi import python_server
from browser_pages import SCREENSHOTS, looking, shut_out, url_of
from npm_packages import install, needs_node
from servers import eventually

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

FOLDER = Path(__file__).parent / "dashboards"
OVERVIEW, DEEP_DIVE = "codesentinel-system-overview", "codesentinel-service-deep-dive"
TOKEN = "a-token-of-the-test-0123456789"


@pytest.fixture(scope="module")
def own(demo, tmp_path_factory):
    """A viewer beside the stack's, with a folder of dashboards and a token; yields its address."""
    token = tmp_path_factory.mktemp("token") / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    words = ["dashboards", "serve", "--folder", str(FOLDER), "--token-file", str(token)]
    with python_server("-m", "codesentinel", *words, cwd=demo.root, env=demo.environment) as (_, url):
        yield url


@pytest.fixture(scope="module")
def opened(browser, own):
    """The dashboard with every kind of panel, all asked for."""
    with looking(browser, viewport={"width": 1500, "height": 3600}, color_scheme="dark") as eye:
        eye.allowed = r"status of 400"  # of the query that is wrong on purpose
        eye.at(f"{own}/d/test-kinds?token={TOKEN}")
        yield eye


@pytest.fixture
def kinds(opened):
    """The same page, whatever the test before did to it."""
    opened.settled()
    opened.all_shown()
    return opened


def search(page) -> dict[str, list[str]]:
    return search_of(address(page))


def address(page) -> str:
    """Asked of the page itself: what Playwright last heard of may be older."""
    return page.evaluate("location.href")


def search_of(url: str) -> dict[str, list[str]]:
    return urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)


def panel(page, number):
    return page.locator(f'[data-panel="{number}"]')


def test_every_kind_of_panel_is_drawn_and_what_goes_wrong_is_said(kinds):
    page = kinds.page
    titles = dict(
        page.evaluate(
            "[...document.querySelectorAll('.panel')].map(p => [p.querySelector('h3').textContent, p.dataset.state])"
        )
    )
    bad = {
        "Not supported": "unsupported",
        "Wrong query": "error",
        "Nothing there": "empty",
        "Not a number": "empty",
        "Another data source": "error",
        "Nothing, in words": "empty",
        "One year earlier": "empty",
    }
    assert {title: state for title, state in titles.items() if state != "ready"} == bad
    words = {
        title: page.locator(f'.panel:has(h3:text-is("{title}"))').inner_text()
        for title in [*bad, "Unknown transformation"]
    }
    assert 'type "worldmap" are not supported' in words["Not supported"]
    assert "parse error" in words["Wrong query"]
    assert "No data" in words["Nothing there"]
    assert "never" in words["Nothing, in words"]
    assert 'kind "loki" is not read here' in words["Another data source"]
    problem = page.locator('.panel:has(h3:text-is("Unknown transformation")) .warn').get_attribute(
        "aria-label"
    )
    assert 'transformation "spatial" is not supported' in problem
    page.locator(".dashboard").screenshot(path=SCREENSHOTS / "kinds.png")


def test_panels_and_rows_are_repeated_for_each_value(kinds):
    rows = kinds.page.locator(".row-title").all_inner_texts()
    assert [row for row in rows if row.startswith("Repeated")] == [
        "Repeated for shop",
        "Repeated for Prometheus",
        "Repeated for viewer",
    ]
    assert {f"21-kind-{job}" for job in ("shop", "prometheus", "viewer")} <= set(kinds.states())


def test_a_dashboard_brings_neither_scripts_nor_markup(kinds):
    page = kinds.page
    assert page.title().startswith("Every kind of panel")
    assert page.locator("img, iframe, script:not([src])").count() == 0
    assert "<img src=x" in page.locator(".prose").inner_text()
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert [href for href in hrefs if not re.match(r"^(/|https?://|#)", href)] == []
    assert page.locator('.data-link[href^="/d/codesentinel-system-overview?var-job="]').count() > 3


def test_chained_variables_follow_and_the_address_keeps_them(kinds):
    page = kinds.page
    everything = page.locator("[data-variable=instance] option").count()
    page.locator("[data-variable=job] summary").click()
    page.locator("[data-variable=job]").get_by_label("shop", exact=True).check()
    page.keyboard.press("Escape")
    eventually(lambda: page.locator("[data-variable=instance] option").count() == 1)
    assert everything > 4
    assert search(page)["var-job"] == ["shop"]
    page.locator("[data-variable=factor] input").fill("7")
    page.locator("[data-variable=factor] input").press("Enter")
    eventually(lambda: "7" in panel(page, "19-kind-shop").inner_text())
    page.reload()
    kinds.settled()
    assert page.locator("[data-variable=job] .chosen").inner_text() == "shop"
    eventually(lambda: "7" in panel(page, "19-kind-shop").inner_text())
    related = page.locator(".board-more a").first
    assert "var-job=shop" in related.get_attribute("href")


def test_what_is_not_known_as_a_variable_is_said(kinds):
    assert 'type "adhoc" are not supported' in kinds.page.locator(
        "[data-variable=filters] .warn"
    ).get_attribute("aria-label")


def test_a_drag_zooms_and_the_back_button_undoes_it(look, demo):
    eye = look()
    eye.at(url_of(demo, OVERVIEW, "from=now-15m&to=now&refresh="))
    chart = panel(eye.page, 10).locator(".u-over")
    chart.wait_for()
    box = chart.bounding_box()
    middle = box["y"] + box["height"] / 2
    eye.page.mouse.move(box["x"] + box["width"] * 0.25, middle)
    eye.page.mouse.down()
    eye.page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=6)
    eye.page.mouse.up()
    eventually(lambda: search(eye.page)["to"] != ["now"])
    zoomed = search(eye.page)
    seconds = (int(zoomed["to"][0]) - int(zoomed["from"][0])) / 1000
    assert 400 < seconds < 500
    eye.page.get_by_role("button", name="Earlier").click()
    eventually(lambda: search(eye.page) != zoomed)
    shifted = search(eye.page)
    assert (int(zoomed["to"][0]) - int(shifted["to"][0])) / 1000 == pytest.approx(seconds / 2, abs=1)
    eye.page.go_back()
    eye.page.go_back()
    eye.settled()
    assert search(eye.page) == {"from": ["now-15m"], "to": ["now"]}


def test_a_range_is_typed_and_nonsense_is_refused(look, demo):
    eye = look()
    eye.at(url_of(demo, OVERVIEW))
    page = eye.page
    page.locator("details.time summary").click()
    page.get_by_label("From", exact=True).fill("the day before")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("alert").get_by_text("Write now-6h").wait_for()
    page.get_by_label("From", exact=True).fill("now-2h")
    page.get_by_role("button", name="Apply").click()
    eventually(lambda: search(page).get("from") == ["now-2h"])
    page.locator("details.time summary").click()
    page.get_by_role("button", name="Last 7 days").click()
    eventually(lambda: search(page).get("from") == ["now-7d"])


def test_a_refresh_brings_newer_data_and_asks_for_nothing_else(look, demo):
    eye = look()
    asked = []
    eye.at(url_of(demo, OVERVIEW, "from=now-5m&to=now&refresh=1s"))
    eye.page.on("request", lambda request: asked.append(request.url))

    def ends():
        eye.page.title()  # requests are told during calls only
        return {search_of(url)["end"][0] for url in asked if "query_range" in url}

    eventually(lambda: len(ends()) >= 3, within=60)
    assert not [url for url in asked if "/label/" in url]
    eye.page.get_by_label("Refresh", exact=True).select_option("")
    assert "refresh" not in search(eye.page)


def test_one_crosshair_for_all_graphs_and_what_is_under_it(look, demo):
    eye = look(viewport={"width": 1400, "height": 1600})
    eye.at(url_of(demo, OVERVIEW, "from=now-5m&to=now&refresh="))
    eventually(lambda: eye.states().get("12") == "ready" and eye.states().get("10") == "ready")
    box = panel(eye.page, 10).locator(".u-over").bounding_box()
    tooltip = eye.page.locator(".tooltip")
    other = panel(eye.page, 12).locator(".u-cursor-x")

    def points_at_the_same():
        eye.page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 40)
        eye.page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + 40)
        place = re.search(r"translate\(([\d.]+)px", other.evaluate("line => line.style.transform"))
        return place and float(place[1]) > 10 and tooltip.count() == 1 and tooltip.inner_text()

    assert re.search(r"shop\s+[\d.]+ req/s", eventually(points_at_the_same))


def test_a_legend_shows_one_series_alone(look, demo):
    eye = look(viewport={"width": 1400, "height": 1200})
    eye.at(url_of(demo, DEEP_DIVE, "from=now-5m&to=now&refresh="))
    items = panel(eye.page, 9).locator(".legend button")
    eventually(lambda: items.count() >= 3)
    pressed = "all => all.map(button => button.getAttribute('aria-pressed')).join()"
    items.first.click()
    eventually(lambda: items.evaluate_all(pressed).startswith("true,false,false"))
    items.first.click()
    eventually(lambda: "false" not in items.evaluate_all(pressed))


def test_a_panel_alone_its_data_and_its_queries(look, demo):
    eye = look()
    eye.at(url_of(demo, OVERVIEW, "from=now-5m&to=now&refresh="))
    page = eye.page
    eventually(lambda: eye.states().get("10") == "ready")
    panel(page, 10).locator(".menu summary").press("Enter")
    panel(page, 10).get_by_role("button", name="Data and queries").press("Enter")
    dialog = page.get_by_role("dialog")
    assert "service:http_server_requests:rate" in dialog.inner_text()
    assert dialog.locator("tbody tr").count() > 2
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    panel(page, 10).locator(".menu summary").press("Enter")
    panel(page, 10).get_by_role("button", name="View alone").press("Enter")
    eventually(lambda: list(eye.states()) == ["10"])
    assert search(page)["viewPanel"] == ["10"]


def test_the_theme_follows_the_system_until_told_otherwise(look, demo):
    eye = look(color_scheme="light")
    eye.at(f"{demo.url('viewer')}/")
    theme = "document.documentElement.dataset.theme"
    assert eye.page.evaluate(theme) == "light"
    eye.page.get_by_role("button", name="Dark theme").click()
    assert eye.page.evaluate(theme) == "dark"
    eye.page.reload()
    assert eye.page.evaluate(theme) == "dark"


def test_everything_is_reached_by_keys_and_a_chart_is_walked(look, demo):
    eye = look(viewport={"width": 1400, "height": 1200})
    eye.at(url_of(demo, OVERVIEW, "from=now-5m&to=now&refresh="))
    page = eye.page
    eventually(lambda: eye.states().get("10") == "ready")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.getAttribute('aria-roledescription') || document.activeElement.tagName"
            )
        )
        if "chart" in reached:
            break
    assert {"A", "BUTTON", "SELECT", "SUMMARY", "chart"} <= reached
    page.keyboard.press("End")
    status = page.locator("[role=status][aria-live=polite]")
    eventually(lambda: re.search(r"\d\d:\d\d:\d\d: .*shop .*req/s", status.first.text_content() or ""))
    first = status.first.text_content()
    page.keyboard.press("ArrowLeft")
    eventually(lambda: status.first.text_content() != first)
    assert "series. Latest: shop" in panel(page, 10).locator(".u-over").get_attribute("aria-label")


@needs_node
@pytest.mark.parametrize("path", ["", "findings", "alerts", f"d/{OVERVIEW}"])
def test_axe_finds_nothing_that_keeps_people_out(look, demo, path):
    install()
    eye = look(color_scheme="dark", viewport={"width": 1400, "height": 2200})
    eye.at(f"{demo.url('viewer')}/{path}{'?refresh=' if path.startswith('d/') else ''}")
    eye.all_shown()
    assert shut_out(eye) == []


def test_the_first_page_and_a_dashboard_are_small_on_the_wire(look, demo):
    sizes = {}
    for path in ("", f"d/{OVERVIEW}"):
        eye = look(viewport={"width": 1400, "height": 2200})
        total = []

        def count(answer, total=total):
            if "/api/" not in answer.url and answer.status == 200:
                total.append(int(answer.headers.get("content-length", 0)))

        eye.page.on("response", count)
        eye.at(f"{demo.url('viewer')}/{path}")
        eye.all_shown()
        sizes[path] = sum(total)
    (SCREENSHOTS / "sizes.json").write_text(json.dumps(sizes))
    assert 5_000 < sizes[""] < 60_000
    assert sizes[f"d/{OVERVIEW}"] < 75_000


def test_the_form_lets_in_who_has_the_token(look, own):
    eye = look()
    eye.allowed = r"status of 401"
    page = eye.page
    page.goto(f"{own}/alerts")
    assert "/login?next=%2Falerts" in address(page)
    page.get_by_label("Token").fill("wrong-token-wrong-token")
    page.get_by_role("button").click()
    page.get_by_text("That is not the token").wait_for()
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button").click()
    page.get_by_role("heading", name="Alerts", exact=True).wait_for()
    assert address(page) == f"{own}/alerts"
    assert page.evaluate("document.cookie") == ""
    page.goto(f"{own}/?token={TOKEN}")
    assert address(page) == f"{own}/"


def test_a_name_that_was_bound_to_this_machine_shows_nothing(look, demo):
    """DNS rebinding: to this browser evil.example is 127.0.0.1."""
    eye = look()
    eye.allowed = "status of 403|Cross-Origin-Opener-Policy"  # the latter is for names with TLS
    answer = eye.page.goto(demo.url("viewer").replace("127.0.0.1", "evil.example"))
    assert answer.status == 403
    assert "only this machine may ask" in answer.text()


def test_a_foreign_page_reads_nothing_and_posts_nothing(look, demo):
    """A page of another origin on this machine: the browser keeps the answers from it."""
    eye = look()
    eye.allowed = "."
    eye.page.goto(f"{demo.url('alertmanager')}/-/healthy")
    read = eye.page.evaluate(
        """async url => { try { return (await (await fetch(url)).text()).length } catch { return 'kept away' } }""",
        f"{demo.url('viewer')}/api/dashboards",
    )
    assert read == "kept away"
