"""The frame of the HTML report: its style and the little script that searches it. Everything is in the page."""

from __future__ import annotations

from typing import Final

#: Colours by what they stand for; both schemes keep a contrast of at least 4.5 to 1 for text.
STYLE: Final = """
:root { color-scheme: light dark; --back: #ffffff; --fore: #1b1f24; --soft: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --bad: #b3261e; --warn: #7a4d00; --good: #116329; --note: #0550ae; --mark: #ffd8d3; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --fore: #e6edf3; --soft: #9da7b3; --line: #30363d;
  --card: #161b22; --bad: #ff8a80; --warn: #e3b341; --good: #56d364; --note: #79c0ff; --mark: #5c1d18; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--back); color: var(--fore);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; display: inline; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; } pre { margin: 0; white-space: pre-wrap; }
a { color: var(--note); } .soft { color: var(--soft); }
.incompatible, .error, .unchecked { color: var(--bad); } .undecided, .warning { color: var(--warn); }
.compatible { color: var(--good); } .note { color: var(--note); } .waived { color: var(--soft); }
.word { font-weight: 600; }
table { border-collapse: collapse; }
td, th { overflow-wrap: normal; }
th, td { border: 1px solid var(--line); padding: 0.25rem 0.6rem; text-align: left; }
.scroll { overflow-x: auto; }
article { border: 1px solid var(--line); border-radius: 6px; margin: 0.8rem 0; padding: 0.6rem 0.9rem; }
article:target { outline: 3px solid var(--note); }
summary { cursor: pointer; } .effect { margin: 0.6rem 0; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0.6rem; margin: 0.6rem 0; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem; }
figcaption { color: var(--soft); font-size: 0.875rem; }
mark { background: var(--mark); color: inherit; border-radius: 3px; }
.search { width: 100%; max-width: 30rem; font: inherit; padding: 0.3rem 0.5rem; }
label { display: block; margin: 0.8rem 0; }
@media print { .search, label, button { display: none; } article { break-inside: avoid; } }
"""

#: Hides the changes that do not hold every word that is searched for; without it everything is there to read.
SCRIPT: Final = """
const field = document.getElementById("search");
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const one of document.querySelectorAll("article")) {
    const text = one.textContent.toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
  }
});
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    navigator.clipboard.writeText(text).then(() => { button.textContent = "Copied"; });
  });
}
"""

#: What a browser may load for the page: nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def page(title: str, body: str) -> str:
    """A whole document; both texts are HTML already."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
