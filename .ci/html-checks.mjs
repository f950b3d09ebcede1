// Opens HTML reports in headless Chromium and uses them as people do:
// html-checks.mjs NPM PAGES, the folder with node_modules and that with the pages.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, folder] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(npm, "node_modules", "_.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
if (pages.length < 10) { throw new Error(`only ${pages.length} pages in ${folder}`); }

const problems = [];
let checks = 0;
function expect(ok, what) {
  checks++;
  if (!ok) { problems.push(what); }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

// open gives a page that must not ask anybody for anything nor complain.
async function open(name, options = {}, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(folder, name)).href;
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith("data:")) { problems.push(`${name} asks for ${asked}`); }
  });
  page.on("console", (message) => problems.push(`${name}: console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (e) => console.error("policy violated: " + e.violatedDirective + " " + e.blockedURI));
    });
  }
  await page.goto(url + hash);
  return page;
}

async function closing(page, use) {
  try { await use(page); } finally { await page.context().close(); }
}

// accessible runs axe over a page with everything open. Contrast and the size of
// targets go by the kind of thing and take most of the time, so they are measured
// where measured is said.
async function accessible(page, what, measured) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await page.evaluate(axe);
  const found = await page.evaluate((enabled) => window.axe.run(document, {
    resultTypes: ["violations", "passes"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "color-contrast": { enabled }, "target-size": { enabled } },
  }), Boolean(measured));
  expect(found.passes.length > 15, `${what}: axe looked at ${found.passes.length} rules`);
  expect(found.violations.length === 0, `${what}: axe: ` + found.violations.map(
    (v) => `${v.id} (${v.nodes.length} times): ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`).join("\n  "));
}

// shorten leaves a page with two controls of each outcome, those that say most.
async function shorten(page) {
  const left = await page.evaluate(() => {
    const all = Array.from(document.querySelectorAll("details.control"));
    const kept = new Map();
    all.sort((a, b) => b.querySelectorAll("*").length - a.querySelectorAll("*").length).forEach((c) => {
      const n = kept.get(c.dataset.outcome) || 0;
      kept.set(c.dataset.outcome, n + 1);
      if (n >= 2) { c.remove(); }
    });
    document.querySelectorAll("ol.violations").forEach((list) => Array.from(list.children).slice(3).forEach((v) => v.remove()));
    // What is out of sight is not laid out, and so lies on top of what follows it.
    document.querySelectorAll("details.control").forEach((c) => { c.style.contentVisibility = "visible"; });
    return document.querySelectorAll("details.control").length;
  });
  expect(left > 1, "nothing is left to measure");
}

async function readable(name) {
  const scheme = { en: "light", nl: "dark" };
  const lang = name.endsWith("-nl.html") ? "nl" : "en";
  await closing(await open(name, { colorScheme: scheme[lang] }), async (page) => {
    expect(await page.evaluate(() => document.documentElement.lang) === lang, `${name}: the language`);
    expect(await page.evaluate(() => "ready" in document.documentElement.dataset), `${name}: the script did not run to its end`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: wider than the window`);
    // Long lists are of one kind: the first of each will do.
    await page.evaluate(() => document.querySelectorAll("ol.rows").forEach((list) => Array.from(list.children).slice(5).forEach((row) => row.remove())));
    await accessible(page, `${name}, ${scheme[lang]}`);
  });
}

// Two tenants, one with evidence missing, are measured in both schemes.
async function colours() {
  for (const [name, colorScheme, width] of [
    ["demo-en.html", "light", 1280], ["compared-nl.html", "dark", 1280], ["locked_out-nl.html", "light", 400], ["locked_out-en.html", "dark", 400],
  ]) {
    await closing(await open(name, { colorScheme, viewport: { width, height: 900 } }), async (page) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}, ${width} px: wider than the window`);
      await shorten(page);
      await accessible(page, `${name}, ${colorScheme}, ${width} px`, true);
    });
  }
  await closing(await open("demo-en.html", { colorScheme: "light" }), async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.selectOption("#_colors", "dark");
    expect(await ground() !== light, "the choice of dark changes nothing");
    await page.selectOption("#_colors", "light");
    expect(await ground() === light, "the choice of light is not light");
  });
}

const shown = (page) => page.evaluate(() => Array.from(document.querySelectorAll("details.control"), (c) => c).filter((c) => c.offsetParent).map((c) => c.id));

async function filters() {
  await closing(await open("demo-en.html"), async (page) => {
    const all = await shown(page);
    const status = page.locator("#_showing");
    const settled = async (fits, what) => {
      await page.waitForFunction((n) => document.getElementById("_showing").textContent.startsWith(n + " of "), fits.length, { timeout: 5000 })
        .catch(() => problems.push(`${what}: the status is ${fits.length} controls and says otherwise`));
      expect(JSON.stringify(await shown(page)) === JSON.stringify(fits), `${what}: ${await shown(page)} are shown, want ${fits}`);
    };
    const of = (key, value) => page.evaluate(([k, v]) => Array.from(document.querySelectorAll("details.control")).filter((c) => c.dataset[k] === v).map((c) => c.id), [key, value]);
    expect(all.length > 30, `${all.length} controls`);
    const failing = await of("outcome", "fail"), critical = await of("severity", "critical"), stepC = await of("step", "C");
    expect(failing.length > 5 && critical.length > 1 && stepC.length > 3, "too little to filter");

    await page.check("#_hide-passes");
    await settled(failing, "passes hidden");
    await page.uncheck("#_hide-passes");
    for (const other of ["high", "medium", "low", "info"]) { await page.uncheck(`input[name=severity][value=${other}]`); }
    await settled(critical, "critical alone");
    await page.click("button[type=reset]");
    await settled(all, "reset");
    await page.selectOption("#_pick-step", "C");
    await settled(stepC, "step C");
    await page.click("button[type=reset]");
    await settled(all, "reset again");

    await page.fill("#_query", "smtp auth");
    await page.waitForFunction(() => document.querySelectorAll("details.control[hidden]").length > 0);
    const found = await shown(page);
    expect(found.includes("PROTO-005") && !found.includes("TOKEN-002"), `searching for SMTP AUTH gives ${found}`);
    await page.fill("#_query", "no such thing anywhere");
    await settled([], "nothing found");
    expect(await page.locator("#_nothing").isVisible(), "nothing found: the page does not say so");
    await page.fill("#_query", "");
    await settled(all, "search emptied");
    expect(await status.getAttribute("aria-live") === "polite", "the count is not announced");

    await page.click("#_collapse");
    expect(await page.locator("details.control[open]").count() === 0, "collapse all");
    await page.click("#_expand");
    expect(await page.locator("details.control[open]").count() === all.length, "expand all");
  });
}

async function drift() {
  await closing(await open("compared-en.html"), async (page) => {
    const fresh = await page.evaluate(() => Array.from(document.querySelectorAll("details.control")).filter((c) => /new|changed/.test(c.dataset.states)).map((c) => c.id));
    expect(fresh.length > 3 && await page.locator("#_access svg").count() === 1, `${fresh.length} controls with something new`);
    await page.check("#_only-new");
    await page.waitForFunction(() => document.querySelectorAll("details.control[hidden]").length > 0);
    expect(JSON.stringify(await shown(page)) === JSON.stringify(fresh), `only new: ${await shown(page)}, want ${fresh}`);
  });
}

async function deepLinks() {
  await closing(await open("demo-en.html", {}, "#BASIC-001"), async (page) => {
    const state = () => page.evaluate(() => {
      const c = document.getElementById(location.hash.slice(1)).closest("details.control");
      return c.open && Math.abs(c.getBoundingClientRect().top) < innerHeight;
    });
    expect(await state(), "#BASIC-001 is not opened and shown");
    await page.check("#_hide-passes");
    await page.evaluate(() => { location.hash = "#BASIC-002"; });
    await page.waitForTimeout(100);
    expect(await state(), "#BASIC-002, which a filter hid, is not opened and shown");
  });
}

async function copying() {
  await closing(await open("demo-en.html", { permissions: ["clipboard-read", "clipboard-write"] }, "#PROTO-005"), async (page) => {
    await page.click("#PROTO-005 details.help > summary");
    const button = page.locator("#PROTO-005 .copied:has(pre) .copy").first();
    const script = await page.locator("#PROTO-005 .copied pre").first().textContent();
    await button.click();
    await page.waitForFunction(() => document.querySelector("#PROTO-005 .copied:has(pre) .copy").textContent === "Copied", null, { timeout: 3000 })
      .catch(() => problems.push("the copy button does not say that it copied"));
    expect(await page.evaluate(() => navigator.clipboard.readText()) === script, "what is copied is not what stands there");
  });
}

async function keyboard() {
  await closing(await open("demo-en.html"), async (page) => {
    const focus = () => page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
      return {
        what: e.tagName + "." + e.className + "#" + e.id, text: e.textContent.trim().slice(0, 40),
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
        marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      };
    });
    await page.keyboard.press("Tab");
    const first = await focus();
    expect(first.what.startsWith("A.skip") && first.seen, `the first stop is ${JSON.stringify(first)}`);
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => location.hash) === "#_findings", "the skip link leads elsewhere");
    const stops = new Set();
    let toggled = false;
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      const now = await focus();
      expect(now.seen && now.marked, `focus cannot be seen on ${JSON.stringify(now)}`);
      stops.add(now.what);
      if (!toggled && await page.evaluate(() => document.activeElement.parentNode.matches("details.control"))) {
        const before = await page.evaluate(() => document.activeElement.parentNode.open);
        await page.keyboard.press("Enter");
        toggled = await page.evaluate((b) => document.activeElement.parentNode.open !== b, before);
        expect(toggled, "Enter does not open a control");
      }
    }
    expect(toggled && stops.size > 8, `the walk met ${stops.size} kinds of stops`);
  });
}

async function large() {
  const name = "large-en.html";
  const size = statSync(join(folder, name)).size;
  const start = Date.now();
  await closing(await open(name), async (page) => {
    await page.waitForFunction(() => "ready" in document.documentElement.dataset);
    const opened = Date.now() - start;
    const biggest = await page.evaluate(() => {
      let best = null, most = 0;
      for (const d of document.querySelectorAll("details.members")) {
        const data = d.querySelector("script.rest");
        const n = data ? JSON.parse(data.textContent).length : 0;
        if (n > most) { most = n; best = d; }
      }
      best.id = "biggest";
      const rows = JSON.parse(best.querySelector("script.rest").textContent);
      return { n: most + best.querySelectorAll("li").length, last: rows[rows.length - 1][0] };
    });
    expect(biggest.n > 1000, `the largest list has ${biggest.n} members`);
    let from = Date.now();
    await page.fill("#_query", biggest.last);
    await page.waitForSelector(".hits li", { timeout: 20000 });
    const searched = Date.now() - from;
    expect((await page.locator("#biggest + .hits").textContent()).includes(biggest.last), "the last member is not found");
    await page.fill("#_query", "");
    await page.waitForFunction(() => !document.querySelector(".hits"));
    from = Date.now();
    await page.evaluate(() => {
      for (let d = document.getElementById("biggest"); d; d = d.parentNode.closest("details")) { d.open = true; }
    });
    await page.click("#biggest .show-all");
    await page.waitForFunction((n) => document.querySelectorAll("#biggest li").length === n, biggest.n, { timeout: 20000 });
    const listed = Date.now() - from;
    await page.locator("#biggest li").last().scrollIntoViewIfNeeded();
    expect(await page.locator("#biggest li").last().isVisible(), "the last member cannot be scrolled to");
    console.log(`10,000 mailboxes: ${(size / 1e6).toFixed(1)} MB, open after ${opened} ms, ${biggest.n} members searched in ${searched} ms and listed in ${listed} ms`);
  });
}

async function withoutScripts() {
  await closing(await open("demo-nl.html", { javaScriptEnabled: false }), async (page) => {
    expect(!await page.locator("#_filter").isVisible(), "the filter is shown without scripts");
    expect(await page.locator("button:visible").count() === 0, "buttons are shown without scripts");
    await page.click("#BASIC-003 details.members > summary");
    expect(await page.locator("#BASIC-003 details.members li").first().isVisible(), "members cannot be opened without scripts");
    await page.click("#FED-001 > summary");
    expect(await page.locator("#FED-001 .body").isVisible(), "a control cannot be opened without scripts");
  });
}

async function paper() {
  for (const name of ["demo-en.html", "large-nl.html"]) {
    await closing(await open(name), async (page) => {
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      const count = (pdf.match(/\/Type\s*\/Page\b(?!s)/g) || []).length;
      expect(count > 5 && count < 150, `${name} on paper has ${count} pages`);
      expect(/MediaBox\s*\[\s*0 0 59[45]/.test(pdf), `${name} on paper is not A4`);
      await page.emulateMedia({ media: "print" });
      expect(!await page.locator("#_filter").isVisible(), `${name}: the filter is printed`);
      expect(await page.locator("#BASIC-003 details.help h5").first().isVisible(), `${name}: what is closed is not printed`);
      console.log(`${name} on paper: ${count} pages`);
    });
  }
}

try {
  const waiting = pages.slice();
  const worker = async () => { while (waiting.length) { await readable(waiting.shift()); } };
  await Promise.all([worker(), worker()]);
  for (const check of [colours, filters, drift, deepLinks, copying, keyboard, large, withoutScripts, paper]) {
    const from = Date.now();
    await check();
    if (process.env.VERBOSE) { console.log(check.name, Date.now() - from, "ms"); }
  }
} finally {
  await browser.close();
}
for (const problem of problems) { console.error(problem); }
console.log(`${pages.length} pages, ${checks} checks, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
