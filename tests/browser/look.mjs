// Opens a page in Chromium, does what a script of steps says, and prints what was seen as JSON.
//   node look.mjs REQUEST.json
// The request: {modules, chromium, profile, url, scheme, width, height, steps}; each step is one of
//   {click, text?} {press} {type, into} {go: "#hash"} {wait: selector} {evaluate: "expression"} {screenshot: file}
//   {axe: true} {scheme: "dark"} {width} {offline: true}
// The answer: {requests, errors, results, ready} with one result a step that has one.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const request = JSON.parse(readFileSync(process.argv[2], "utf8"));
const require = createRequire(`${request.modules}/`);
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
  executablePath: request.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const answer = { requests: [], errors: [], results: [] };
try {
  const context = await browser.newContext({
    colorScheme: request.scheme ?? "light",
    reducedMotion: "reduce",
    viewport: { width: request.width ?? 1280, height: request.height ?? 800 },
    javaScriptEnabled: request.script ?? true,
  });
  const page = await context.newPage();
  page.on("request", (one) => answer.requests.push(one.url()));
  page.on("console", (one) => {
    if (one.type() === "error" || one.type() === "warning") answer.errors.push(one.text());
  });
  page.on("pageerror", (error) => answer.errors.push(String(error)));
  page.on("dialog", (dialog) => {
    answer.errors.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  const before = Date.now();
  await page.goto(request.url, { waitUntil: "load" });
  answer.ready = Date.now() - before;
  for (const step of request.steps) {
    if (step.click) await page.locator(step.click).first().click();
    else if (step.press) await page.keyboard.press(step.press);
    else if (step.into) await page.locator(step.into).fill(step.type);
    else if (step.go) await page.goto(step.go.startsWith("#") ? page.url().split("#")[0] + step.go : step.go);
    else if (step.wait) await page.locator(step.wait).first().waitFor({ timeout: 20_000 });
    else if (step.scheme) await page.emulateMedia({ colorScheme: step.scheme });
    else if (step.media) await page.emulateMedia({ media: step.media });
    else if (step.width) await page.setViewportSize({ width: step.width, height: step.height ?? 800 });
    else if (step.screenshot) {
      const options = { path: step.screenshot, fullPage: step.whole ?? false, animations: "disabled" };
      if (step.of) await page.locator(step.of).first().screenshot({ path: step.screenshot });
      else await page.screenshot(options);
    } else if (step.axe) {
      // through the protocol: the page's own policy lets no script in
      await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
      const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
      answer.results.push(found.violations.map((one) => ({
        id: one.id, nodes: one.nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`),
      })));
    } else if (step.evaluate) {
      const started = Date.now();
      const value = await page.evaluate(step.evaluate);
      answer.results.push(step.timed ? Date.now() - started : value);
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(answer));
