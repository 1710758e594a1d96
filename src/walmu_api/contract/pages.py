"""Pages for people: the reference, and what each problem means. Plain HTML, no script of ours but the one
that starts the reference, nothing from outside."""

import base64
import hashlib
from html import escape

from starlette.responses import Response

from walmu_api.contract.catalogue import KINDS, SAMPLE
from walmu_api.foundation import problems
from walmu_api.foundation.locales import Text
from walmu_api.foundation.problems import ProblemType

DOCS_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}
DOCS_SCRIPT = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "list", validatorUrl: null,
  displayRequestDuration: true, filter: true, defaultModelsExpandDepth: 0, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
  requestInterceptor: (request) => {
    const token = document.getElementById("token").value.trim();
    if (token) request.headers.Authorization = "Bearer " + token;
    return request;
  }
});
"""
_STYLE = """
body { font: 1rem/1.6 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 0 auto; max-width: 46rem; padding: 2rem 1rem }
h1 { font-size: 1.5rem; line-height: 1.3 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
a { color: #00458a } code { background: #eef1f4; padding: .1rem .35rem; border-radius: .2rem }
ul { list-style: none; padding: 0 } li { padding: .35rem 0; border-top: 1px solid #d5dae0 } .status { color: #4b5560 }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_INDEX = Text("problem_pages.index")
_INDEX_LEAD = Text("problem_pages.lead")
_ALL = Text("problem_pages.all")
_REFERENCE = Text("problem_pages.reference")
_FIX = Text("problem_pages.fix")
_STATUS = Text("problem_pages.status")
_EXAMPLE = Text("problem_pages.example")
_LICENCE = Text("licence_page.title")
_LICENCE_TEXT = Text("licence_page.text")


def docs_page() -> str:
    return """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Walmu API: reference</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/files/swagger-ui.css">
<style>
body { margin: 0 } .btn.authorize, .authorization__btn { display: none !important }
.token { font: 1rem/1.6 sans-serif; max-width: 1460px; margin: 0 auto; padding: 1rem 20px 0; box-sizing: border-box }
.token input { font: inherit; width: 24rem; max-width: 100%; padding: .3rem .5rem; border: 1px solid #59636e; border-radius: 4px }
</style></head>
<body><div class="token"><label>Access token, to try things out: <input id="token" autocomplete="off" spellcheck="false"></label>
 · <a href="/problems">Problems</a> · <a href="/openapi.json">OpenAPI</a></div>
<main id="reference"></main>
<script src="/docs/files/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""


def problem_page(code: str, language: str) -> Response:
    """The page behind a problem's `type`."""
    kind = KINDS.get(code)
    if kind is None:
        raise problems.NOT_FOUND()
    fix = f"<h2>{_FIX.render(language, {})}</h2><p>{_texts(kind.fix, language)}</p>" if kind.fix else ""
    body = (
        f"<h1>{_texts(kind.title, language)}</h1>"
        f'<p><code>{kind.code}</code> <span class="status">{_STATUS.render(language, {})} {kind.status}</span></p>'
        f"<p>{_example_word(kind.detail, language)}{_texts(kind.detail, language)}</p>{fix}"
        f'<nav><p><a href="/problems">{_ALL.render(language, {})}</a> · <a href="/docs">{_REFERENCE.render(language, {})}</a></p></nav>'
    )
    return _page(kind.title.render(language, {}), body, language)


def licence_page(language: str) -> Response:
    """On what terms the software may be used."""
    title = _LICENCE.render(language, {})
    return _page(title, f"<h1>{title}</h1><p>{_LICENCE_TEXT.render(language, {})}</p>", language)


def problem_index(language: str) -> Response:
    """Every problem there is, by status."""
    title = _INDEX.render(language, {})
    sections = []
    for status in sorted({kind.status for kind in KINDS.values()}):
        items = "".join(_item(kind, language) for kind in KINDS.values() if kind.status == status)
        sections.append(f"<h2>{_STATUS.render(language, {})} {status}</h2><ul>{items}</ul>")
    return _page(
        title, f"<h1>{title}</h1><p>{_INDEX_LEAD.render(language, {})}</p>{''.join(sections)}", language
    )


def _item(kind: ProblemType, language: str) -> str:
    return f'<li><a href="/problems/{kind.code}"><code>{kind.code}</code></a> {_texts(kind.title, language)}</li>'


def _example_word(text: Text, language: str) -> str:
    """A text with values of the request is told with sample values, and says so."""
    return (
        f"{_EXAMPLE.render(language, {})} "
        if text.render(language, SAMPLE) != text.render(language, {})
        else ""
    )


def _texts(text: Text, language: str) -> str:
    return escape(text.render(language, SAMPLE))


def _page(title: str, body: str, language: str) -> Response:
    page = (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)} – Walmu API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page, 200, headers, "text/html; charset=utf-8")
