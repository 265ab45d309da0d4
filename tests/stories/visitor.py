"""Somebody at a browser without a script: reads pages, fills in their forms and presses their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from openpars import clock
from openpars.portal.sessions import OPENED, SEEN


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it, and its buttons by their words."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects a page's forms, links and words as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._chosen = self._worded = False
        self._pressed: dict[str, str] | None = None
        self._href: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        form = self.by_id.get(given.get("form", ""), self._form)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
            if given.get("id"):
                self.by_id[given["id"]] = self._form
        elif tag == "a":
            self._href, self._text = given.get("href", ""), ""
        elif tag == "button":
            self._pressed, self._text = given, ""
        elif form is not None and given.get("name") and "disabled" not in given:
            self._control(tag, given, form)
        # A list shows its first option unless another is selected; a form may hold several of one name.
        first_or_selected = not self._chosen or "selected" in given
        if tag == "option" and self._select and form is not None and first_or_selected:
            form.values[self._select][-1] = given.get("value", "")
            self._chosen, self._worded, self._text = True, "value" not in given, ""

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "input":
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    form.values.setdefault(name, []).append(given.get("value", "on"))
            elif kind == "submit":
                form.buttons[given.get("value", "")] = (name, given.get("value", ""))
            else:
                form.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._chosen = name, False
            form.values.setdefault(name, []).append("")

    def handle_data(self, data: str) -> None:
        self._text += data
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "option" and self._worded and self._select and self._form is not None:
            # Without a value, an option says what it is called.
            self._form.values[self._select][-1], self._worded = self._text.strip(), False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area and self._form is not None:
            self._form.values.setdefault(self._area, []).append(self._text.removeprefix("\n"))
            self._area = None
        elif tag == "a" and self._href is not None:
            self.links[" ".join(self._text.split())] = self._href
            self._href = None
        elif tag == "button" and self._pressed is not None:
            form = self.by_id.get(self._pressed.get("form", ""), self._form)
            if form is not None and self._pressed.get("type", "submit") == "submit":
                said = " ".join(self._text.split())
                form.buttons[said] = (self._pressed.get("name", ""), self._pressed.get("value", ""))
            self._pressed = None


class Visitor:
    """One person, logged in, with the page that is open before them."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)
        session = self.client.session
        session[OPENED] = session[SEEN] = clock.now().timestamp()
        session.save()
        self.address, self.status, self.body = "", 0, b""
        self._page = _Forms()

    @property
    def text(self) -> str:
        """The words of the page, spaces as one."""
        return " ".join(" ".join(self._page.words).split())

    @property
    def links(self) -> dict[str, str]:
        """The page's links by their words."""
        return self._page.links

    def visit(self, address: str, **query: str) -> "Visitor":
        """Open a page."""
        return self._opened(self.client.get(address, query, follow=True), address)

    def press(self, button: str, **typed: str | list[str]) -> "Visitor":
        """Fill in the form that has the button, and press it."""
        for form in self._page.forms:
            if button in form.buttons:
                name, value = form.buttons[button]
                sent: dict[str, Any] = {**form.values, **typed}
                if name:
                    sent[name] = value
                where = form.action or self.address
                answer = getattr(self.client, form.method)(where, sent, follow=True)
                return self._opened(answer, where)
        offered = [said for form in self._page.forms for said in form.buttons]
        raise AssertionError(f"no button {button!r} on {self.address}: {offered}")

    def _opened(self, answer: Any, address: str) -> "Visitor":
        self.address = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        self.status = answer.status_code
        self.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self._page = _Forms()
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            self._page.feed(self.body.decode())
        return self
