"""The pages for those who are not signed in: plain, self-contained, without scripts."""

from functools import cache
from html import escape
from importlib.resources import files

from starlette.responses import HTMLResponse

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  background: var(--background); color: var(--text); font: 14px/1.6 var(--sans); }
main { width: 100%; max-width: 400px; background: var(--surface); border: 1px solid var(--line);
  border-radius: 12px; padding: 32px; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 600; margin-bottom: 24px; }
.brand svg { width: 22px; height: 22px; color: var(--accent); }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 8px; font-weight: 600; }
p { margin: 0 0 16px; color: var(--muted); }
p:last-child { margin-bottom: 0; }
code { display: block; font: 13px/1.5 var(--mono); color: var(--text); background: var(--raised);
  border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 0 0 16px; }
button { width: 100%; padding: 10px 16px; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); font: 600 14px/1.4 var(--sans); }
button:hover { filter: brightness(1.08); }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""
MARK = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" aria-hidden="true"><path d="M3 17h18M6 21h12"/>'
    '<circle cx="12" cy="8.5" r="5.5"/><path d="M12 6v2.5l1.8 1.4"/></svg>'
)


@cache
def tokens() -> str:
    """The design tokens as CSS: dark by default, light where the reader prefers it."""
    return files("groundwatch.serving").joinpath("tokens.css").read_text("utf-8")


def needs_link_page() -> HTMLResponse:
    """What somebody sees who is not signed in."""
    return _page(
        401,
        "You need a sign-in link",
        "<p>There are no passwords here. Whoever runs this server can make a link for you, which "
        "works once:</p><code>groundwatch link USER</code>"
        "<p>Open it in this browser and you are in.</p>",
    )


def redeem_page() -> HTMLResponse:
    """What opening a link shows; only the button uses the link up, so that previews do not."""
    return _page(
        200,
        "Sign in to Groundwatch",
        "<p>This link signs you in on this browser. It works once.</p>"
        '<form method="post"><button type="submit" autofocus>Sign in</button></form>',
    )


def used_link_page() -> HTMLResponse:
    """What a used, expired or unknown link shows."""
    return _page(
        401,
        "This link does not work any more",
        "<p>It was used or has expired. Whoever runs this server can make a new one:</p>"
        "<code>groundwatch link USER</code>",
    )


def message_page(status: int, heading: str, text: str) -> HTMLResponse:
    """A page that says one thing and leads back."""
    return _page(status, heading, f'<p>{escape(text)}</p><p><a href="/">Back to Ask</a></p>')


def _page(status: int, heading: str, body: str) -> HTMLResponse:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(heading)} · Groundwatch</title>"
        f"<style>{tokens()}{_STYLE}a{{color:var(--accent)}}</style></head><body><main>"
        f'<div class="brand">{MARK}Groundwatch</div><h1>{escape(heading)}</h1>{body}'
        "</main></body></html>"
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": _POLICY})
