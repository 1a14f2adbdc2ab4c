"""Who is let in, where login is configured: nobody else sees more than a login page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import flipscope_app.login
from app.conftest import MAIN, Page
from flipscope_app.login import refusal_of
from flipscope_app.settings import Settings

PEOPLE = ("ada@example.com", "*@lab.example.org")


def visitor(email="ada@example.com", **claims):
    return {"is_logged_in": True, "email": email, "email_verified": True, **claims}


@pytest.fixture
def visit_as(three_tasks, monkeypatch):
    def visit(user: dict, people: tuple[str, ...] = PEOPLE) -> Page:
        monkeypatch.setattr("flipscope_app.settings._settings", Settings(three_tasks.path, people=people))
        test = AppTest.from_file(MAIN, default_timeout=30)
        test.user = user
        return Page(test).run()

    return visit


def buttons(page: Page) -> list[str]:
    return [button.label for button in page.test.button]


def test_without_people_nobody_has_to_log_in(visit_as):
    page = visit_as({"is_logged_in": False}, people=())
    assert "sentiment" in page.text
    assert "Log out" not in buttons(page)


@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}, {"email": "ada@example.com", "email_verified": True}])
def test_people_who_are_not_logged_in_see_a_login_page_only(visit_as, user):
    page = visit_as(user)
    assert buttons(page) == ["Log in"]
    assert "sentiment" not in page.text


def test_people_on_the_list_come_in_and_can_leave(visit_as):
    page = visit_as(visitor())
    assert "sentiment" in page.text
    assert "ada@example.com" in page.text
    assert "Log out" in buttons(page)


def test_people_who_are_not_on_the_list_see_why_and_nothing_else(visit_as):
    page = visit_as(visitor("eve@example.com"))
    assert "eve@example.com is not among the people" in page.text
    assert "sentiment" not in page.text
    assert buttons(page) == ["Log in as someone else"]


def test_an_address_is_shown_as_it_is(visit_as):
    page = visit_as(visitor("<b>eve</b>@example.com"))
    assert "<b>eve" not in page.markup
    assert "&lt;b&gt;eve" in page.markup


@pytest.mark.parametrize(
    "email", ["ada@example.com", "Ada@Example.COM", "anybody@lab.example.org", "X@LAB.example.org"]
)
def test_addresses_and_domains_are_known_in_any_case(email):
    assert refusal_of(visitor(email), PEOPLE) is None


@pytest.mark.parametrize(
    "email",
    [
        "eve@example.com",
        "ada@example.com.evil.net",
        "ada@example.comx",
        "xada@example.com",
        "eve@sub.lab.example.org",
        "eve@evil-lab.example.org",
        "eve@lab.example.org@evil.net",
        "lab.example.org",
        "*@lab.example.org@x",
        "",
        None,
    ],
)
def test_other_addresses_are_refused(email):
    assert refusal_of(visitor(email), PEOPLE) is not None


@pytest.mark.parametrize("verified", [False, None, "false", "true", 1])
def test_an_address_has_to_be_verified(verified):
    assert "does not confirm" in refusal_of(visitor(email_verified=verified), PEOPLE)
    said_nothing = {key: value for key, value in visitor().items() if key != "email_verified"}
    assert "does not confirm" in refusal_of(said_nothing, PEOPLE)


def test_the_button_starts_the_login(visit_as, monkeypatch):
    started = []
    monkeypatch.setattr(flipscope_app.login.st, "login", lambda: started.append(True))
    page = visit_as({})
    page.test.button[0].click().run()
    assert started == [True]
