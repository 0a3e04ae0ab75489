"""The page on stage: scenes that can be changed, and visits that are watched."""

from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Response

from agent.findings import Report
from agent.http.message import Request
from agent.http.router import Answer, Handler, Router
from agent.report.latest import LatestReport
from agent.requests.record import Record
from agent.web.endpoints import pages
from agent.web.news import NEWS, News
from tests.browser.scenes import NOW, SCENES, STARTING, Clock, Scene

INTERVAL = 15
VISIT = "x-visit"
"""The header by which the requests of a visit are told from belated ones before it."""

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


class Theatre:
    """Serves the scene that is set at *address*."""

    def __init__(self, address: str) -> None:
        self.address = f"http://{address}/"
        self.board = LatestReport(STARTING)
        self.record = Record()
        self.news = News()
        self.asked: list[str] = []
        self.visit = 0
        self._router = Router({})

    def set(self, scene: Scene) -> None:
        """Show *scene* from now on; its age stands still."""
        self.board = scene.board(Clock())
        self.record, self.news, self.asked = Record(problem=""), News(), []
        self.visit += 1
        self._router = self._agent(scene)

    def publish(self, report: Report) -> None:
        """Let the agent come to another conclusion, of which it does not tell."""
        self.board.publish(report)

    def tell(self) -> None:
        """Let it tell of what there is to come."""
        self.board.heed(self.news.announce)
        self.record.heed(self.news.announce)

    def answer(self, request: Request) -> Answer:
        """Answer as the agent does."""
        if request.header(VISIT) == str(self.visit):
            self.asked.append(request.path)
        return self._router(request)

    def _agent(self, scene: Scene) -> Router:
        seen = scene.requests
        fixed = None if seen is None else lambda: seen
        endpoints: dict[str, Handler] = {NEWS: self.news}
        endpoints |= pages(
            self.board,
            interval=INTERVAL,
            report_as_dict=lambda report: {"node": report.node},
            paths=lambda: scene.paths,
            requests=self.record.summary if scene.watched else fixed,
            news=self.news,
        )
        return Router(endpoints)


@dataclass
class Visit:
    """One person's look at the page; *complaints* must stay empty.

    These are errors of the page, messages on its console, violations of its
    policy and dialogs. *responses* is everything that was loaded.
    """

    browser: Browser
    theatre: Theatre
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        scene: str | Scene,
        *,
        width: int = 1440,
        script: bool = True,
        time_passes: bool = False,
    ) -> Page:
        """Return the page that shows *scene*, at a time that goes by hand."""
        self.theatre.set(SCENES[scene] if isinstance(scene, str) else scene)
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            reduced_motion="reduce",
            extra_http_headers={VISIT: str(self.theatre.visit)},
        )
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if not time_passes:
            page.clock.install(time=NOW)
            page.clock.pause_at(NOW + 1)
        page.add_init_script(_LISTEN)
        page.on("console", lambda message: self._complain(message.text))
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("dialog", self._dismiss)
        page.on("response", self._loaded)
        page.goto(self.theatre.address)
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self._complain(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _complain(self, text: str) -> None:
        self.complaints.append(text)

    def _loaded(self, response: Response) -> None:
        self.responses.append(response)

    def forgive(self, what: str) -> None:
        """Take complaints that begin with *what* as expected."""
        self.complaints = [c for c in self.complaints if not c.startswith(what)]

    def end(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


def let_pass(page: Page, seconds: float = INTERVAL) -> None:
    """Let time pass for the page, and its questions be answered."""
    with page.expect_request_finished():
        page.clock.run_for(int(seconds * 1000))
    page.wait_for_timeout(0)
