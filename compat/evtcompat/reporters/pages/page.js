"use strict";
// Everything is there to read without this: it searches, filters, shows the payload of a cell, copies, and moves by keys.
// Text from schemas goes into the page as text alone (textContent), never as markup.

{
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

// long pages: what is told of a subject stands there for whoever runs no script; here it is one text, of which elements
// are made when it is looked at, linked to or printed, and of the rest when there is time: the browser's own search sees
// all of it then. It is markup of this page, in which text from schemas is escaped.

const unmade = new Map(all("section.subject > noscript").map((written) => [written.parentElement, written]));

function makeNow(section) {
  const written = unmade.get(section);
  if (!written) return;
  unmade.delete(section);
  const template = make("template");
  template.innerHTML = written.textContent;
  written.replaceWith(template.content);
  all("table.matrix", section).forEach(asGrid);
}

function makeRest() {
  const until = performance.now() + 8;
  for (const section of [...unmade.keys()]) {
    makeNow(section);
    if (performance.now() > until) break;
  }
  if (unmade.size) idle(makeRest);
}

function idle(call) {
  if (globalThis.requestIdleCallback) requestIdleCallback(call);
  else setTimeout(call, 30);
}

// The section that an id is in, while it is none of an element: sections are called s0, s1, what is in them s1m-2-3.
function makeAround(name) {
  const around = /^s\d+/.exec(name);
  if (around) makeNow(document.getElementById(around[0]));
}

// The text of what has no elements yet, without what cells show.
function textWritten(written) {
  const named = { lt: "<", gt: ">", amp: "&", quot: '"', "#x27": "'" };
  return written.textContent.replace(/<script[^]*?<\/script>|<[^>]*>/g, "")
    .replace(/&(lt|gt|amp|quot|#x27);/g, (_, name) => named[name]);
}

if (unmade.size) {
  const seen = new IntersectionObserver((entries) => {
    for (const one of entries) {
      if (!one.isIntersecting) continue;
      seen.unobserve(one.target);
      makeNow(one.target);
    }
  }, { rootMargin: "1000px" });
  for (const section of unmade.keys()) seen.observe(section);
  addEventListener("beforeprint", () => [...unmade.keys()].forEach(makeNow));
  addEventListener("load", () => idle(makeRest));
}

// search and filters

const search = document.getElementById("search");
const filters = all("input[data-filter]");
const count = document.getElementById("found");
const texts = new Map();

function textOf(element) {
  if (!texts.has(element)) {
    const seen = [...element.childNodes].filter((one) => one.nodeName !== "SCRIPT"); // which holds what cells show
    const read = (one) => (one.nodeName === "NOSCRIPT" ? textWritten(one) : one.textContent);
    texts.set(element, seen.map(read).join(" ").toLowerCase());
  }
  return texts.get(element);
}

function shown(element, words) {
  return words.every((word) => textOf(element).includes(word));
}

function apply() {
  const words = search ? search.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
  const wanted = new Set(filters.filter((one) => one.checked).map((one) => one.dataset.filter));
  const filtering = filters.some((one) => !one.checked);
  let left = 0;
  for (const section of all("section.subject")) {
    const changes = all("article", section);
    const whole = words.length > 0 && shown(section, words);
    const named = words.length > 0 && words.every((word) => section.dataset.name.includes(word));
    let some = false;
    for (const change of changes) {
      const kept = (!change.dataset.severity || wanted.has(change.dataset.severity)) &&
        (words.length === 0 || named || shown(change, words));
      change.hidden = !kept;
      some = some || kept;
    }
    section.hidden = (words.length > 0 && !whole) || (filtering && !some);
    if (!section.hidden) left += 1;
  }
  for (const alone of all("article").filter((one) => !one.closest("section.subject"))) {
    const kept = !alone.dataset.severity || wanted.has(alone.dataset.severity);
    alone.hidden = !kept || !shown(alone, words);
    if (!alone.hidden) left += 1;
  }
  if (count) count.textContent = words.length || filtering ? `${left} shown` : "";
}

let waiting = 0;
if (search) {
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 60);
  });
}
for (const filter of filters) filter.addEventListener("change", apply);
for (const tools of all(".tools[hidden]")) tools.hidden = false;

// the payload of a cell

// A JSON text on lines. It is never parsed: numbers keep their digits, and what is no JSON (a text that was cut) stays.
function pretty(text) {
  let depth = 0;
  const broken = () => `\n${"  ".repeat(depth)}`;
  return text.replace(/"(?:[^"\\]|\\.)*"|([{[])\s*([}\]])?|([}\]])|,\s*/g, (token, opened, empty, closed) => {
    if (token[0] === '"') return token;
    if (opened) {
      if (empty) return opened + empty;
      depth += 1;
      return opened + broken();
    }
    if (closed) {
      depth = Math.max(0, depth - 1);
      return broken() + closed;
    }
    return `,${broken()}`;
  });
}

function payloadOf(data, writer, [at, outcome, said, value, ...notes]) {
  const [name, label, written] = data.payloads[writer][at] || [0, 0, 0];
  const word = data.texts[outcome];
  const figure = make("figure");
  const head = make("figcaption");
  head.append(make("span", word, `word ${word}`), name ? ` ${data.texts[name]}: ${data.texts[label]}` : "");
  figure.append(head);
  if (written) figure.append(make("p", "written", "soft"), make("pre", pretty(data.texts[written])));
  if (said) figure.append(make("p", "said by the decoder", "soft"), make("pre", data.texts[said], "refused"));
  if (value) figure.append(make("p", "read", "soft"), make("pre", pretty(data.texts[value])));
  if (notes.length) {
    const list = make("ul", undefined, "plain");
    for (const note of notes) list.append(make("li", data.texts[note]));
    figure.append(list);
  }
  return figure;
}

function folded(figure) {
  const details = make("details");
  const summary = make("summary");
  const head = figure.querySelector("figcaption");
  summary.append(...head.childNodes);
  head.remove();
  details.append(summary, figure);
  return details;
}

function open(table, cell, move = true) {
  const data = dataOf(table);
  const [writer, reader] = cell.dataset.at.split("-").map(Number);
  const panel = document.getElementById(`${table.id}-panel`);
  const crossing = data.held[placeIn(data.cells[writer], reader)];
  for (const other of all('td[aria-selected="true"]', table)) other.removeAttribute("aria-selected");
  cell.setAttribute("aria-selected", "true");
  panel.replaceChildren();
  const head = make("p", `Written with ${nameOf(table, writer)}, read by ${nameOf(table, reader)}: `);
  const close = make("button", "Close", "close");
  close.type = "button";
  close.addEventListener("click", () => put(panel));
  panel.append(head);
  if (!crossing) {
    head.append(make("b", cell.textContent));
    panel.append(make("p", "Its payloads are not kept in this page.", "soft"));
  } else {
    const [worst, count, verdict, rules, readings] = crossing;
    const word = data.texts[readings[0][1]];
    head.append(make("span", worst === count ? word : `${word} ${worst}/${count}`, `word ${word}`));
    head.append(`; check says ${data.texts[verdict]}.`);
    if (rules) panel.append(make("p", `Refused by the rules, not by this decoder: ${data.texts[rules]}`));
    const figures = readings.map((reading) => payloadOf(data, writer, reading));
    panel.append(figures[0], ...figures.slice(1).map(folded));
  }
  head.append(close);
  panel.hidden = false;
  panel.scrollTop = 0;
  if (move) uncover(table, cell);
  if (move) history.replaceState(null, "", `#${table.id}-${cell.dataset.at}`);
}

// Away with the panel; whoever was in it is back at the cell.
function put(panel) {
  const cell = document.querySelector(`#${panel.id.replace(/-panel$/, "")} td[aria-selected="true"]`);
  if (cell && panel.contains(document.activeElement)) cell.focus({ preventScroll: true });
  panel.hidden = true;
}

// The panel stands at the bottom of the window where its table goes on below: no cell that is asked about is under it.
function uncover(table, cell) {
  const panel = document.getElementById(`${table.id}-panel`);
  if (panel.hidden) return;
  const under = cell.getBoundingClientRect().bottom - panel.getBoundingClientRect().top;
  if (under > 0) scrollBy({ top: under + 8, behavior: "instant" });
}

const parsed = new Map();
function dataOf(table) {
  if (!parsed.has(table)) {
    const data = JSON.parse(document.getElementById(`${table.id}-data`).textContent);
    data.texts = whole(data.texts);
    parsed.set(table, data);
  }
  return parsed.get(table);
}

// A number before a text is how much it begins with of the text before it.
function whole(shortened) {
  const texts = [];
  let same = 0;
  for (const one of shortened) {
    if (typeof one === "number") {
      same = one;
      continue;
    }
    texts.push((same ? texts[texts.length - 1].slice(0, same) : "") + one);
    same = 0;
  }
  return texts;
}

// What stands at a place of a row that is written as counts of equal neighbours, each before what it counts.
function placeIn(row, place) {
  for (let at = 0; at < row.length; at += 2) {
    if (place < row[at]) return row[at + 1];
    place -= row[at];
  }
  return 0;
}

function nameOf(table, version) {
  return table.rows[0].cells[version + 1].textContent;
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function cellAt(table, row, column) {
  return table.rows[row + 1]?.cells[column + 1];
}

function asGrid(table) {
  // a cell knows its place by where it stands: pages with many tables would grow by half otherwise
  const prepare = (cell) => {
    if (!cell.dataset.at) cell.dataset.at = `${cell.parentElement.rowIndex - 1}-${cell.cellIndex - 1}`;
    return cell;
  };
  table.setAttribute("role", "grid");
  const first = cellAt(table, 0, 0);
  if (first) first.tabIndex = 0;
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) {
      prepare(cell).tabIndex = -1;
      cell.focus({ preventScroll: true });
      open(table, cell);
    }
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    const step = STEPS[event.key];
    if (step) {
      const next = cellAt(table, cell.parentElement.rowIndex - 1 + step[0], cell.cellIndex - 1 + step[1]);
      if (next && next.tagName === "TD") {
        for (const other of all("td[tabindex='0']", table)) other.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        uncover(table, next);
      }
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      open(table, prepare(cell));
      event.preventDefault();
    }
  });
}
all("table.matrix").forEach(asGrid);

// deep links

function follow() {
  let name;
  try {
    name = decodeURIComponent(location.hash.slice(1));
  } catch {
    return; // half an escape: no element of this page is called so
  }
  makeAround(name);
  const cell = /^(.+)-(\d+)-(\d+)$/.exec(name);
  const table = cell && document.getElementById(cell[1]);
  if (table && table.matches("table.matrix")) {
    const found = cellAt(table, Number(cell[2]), Number(cell[3]));
    if (found) {
      found.dataset.at = `${cell[2]}-${cell[3]}`;
      open(table, found, false);
      found.scrollIntoView({ block: "center", behavior: "instant" });
      uncover(table, found);
    }
    return;
  }
  const target = name && document.getElementById(name);
  if (!target) return;
  for (let at = target; at; at = at.parentElement) {
    at.hidden = false;
    if (at.tagName === "DETAILS") at.open = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", follow);
if (location.hash) follow();

// copying

for (const button of all("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // a page from disk may have no clipboard of its own: the selection has one
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  });
}

// colours

const theme = document.getElementById("theme");
if (theme) {
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}

// keys: / searches, j and k go from change to change, Escape leaves the search, or the payloads of a cell

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    apply();
    search.blur();
  } else if (event.key === "Escape") {
    all(".panel:not([hidden])").forEach(put);
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.key === "/" && search) {
      search.focus();
      event.preventDefault();
    } else if (event.key === "j" || event.key === "k") {
      const seen = all("article").filter((one) => !one.hidden && !one.closest("[hidden]"));
      const at = seen.findIndex((one) => one.classList.contains("here"));
      const next = seen[event.key === "j" ? Math.min(at + 1, seen.length - 1) : Math.max(at - 1, 0)];
      if (next) {
        seen[at]?.classList.remove("here");
        next.classList.add("here");
        next.tabIndex = -1;
        next.focus();
        if (next.id) history.replaceState(null, "", `#${next.id}`);
      }
    }
  }
});
}
