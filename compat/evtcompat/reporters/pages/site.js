"use strict";
// The search of a site. What it looks into is loaded when somebody wants to search, and from beside the page: it works
// from a disk, where nothing can be fetched.
{
  const field = document.getElementById("find");
  const results = document.getElementById("results");
  const parts = Number(field.closest("[data-parts]").dataset.parts);
  const most = 50;
  const known = [];
  let loaded = 0;

  globalThis.evtcompatFound = (rows) => {
    for (const [name, path, verdict, fields] of rows) {
      known.push({ name, path, verdict, text: `${name} ${fields}`.toLowerCase(), lower: name.toLowerCase() });
    }
    loaded += 1;
    if (loaded < parts) load();
    show();
  };

  function load() {
    const script = document.createElement("script");
    script.src = `search-${loaded + 1}.js`;
    document.head.append(script);
  }

  function show() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.replaceChildren();
    if (!words.length) return;
    const hits = known.filter((one) => words.every((word) => one.text.includes(word)));
    const rank = (one) => (one.lower.startsWith(words[0]) ? 0 : words.every((word) => one.lower.includes(word)) ? 1 : 2);
    hits.sort((one, other) => rank(one) - rank(other));
    const list = document.createElement("ul");
    list.className = "plain";
    for (const hit of hits.slice(0, most)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = hit.path;
      link.textContent = hit.name;
      const verdict = document.createElement("span");
      verdict.className = `word ${hit.verdict}`;
      verdict.textContent = hit.verdict;
      item.append(link, " ", verdict);
      list.append(item);
    }
    const count = document.createElement("p");
    count.className = "soft";
    const rest = hits.length > most ? `, the first ${most} shown` : "";
    count.textContent = `${hits.length} found${rest}${loaded < parts ? ", still looking" : ""}`;
    results.append(count, list);
  }

  field.addEventListener("focus", () => {
    if (loaded === 0 && !document.head.querySelector("script[src^='search-']")) load();
  });
  field.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input, textarea")) {
      field.focus();
      event.preventDefault();
    }
  });
}
