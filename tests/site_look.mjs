// Opens pages of the site in Chromium at two widths, light and dark, and tells what does not fit and what axe finds.
//   node look.mjs CHROMIUM ADDRESS PICTURES PAGE...
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, address, pictures, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const seen = [];
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, serviceWorkers: "block" });
    for (const path of pages) {
      const page = await context.newPage();
      const elsewhere = [];
      page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) elsewhere.push(request.url());
      });
      await page.goto(address + path, { waitUntil: "networkidle" });
      const name = `${path.replace(/\W+/g, "-") || "start"}-${width}-${colorScheme}`;
      await page.screenshot({ path: join(pictures, `${name}.png`) });
      const fit = await page.evaluate(() => {
        const wide = [...document.querySelectorAll("table, .md-typeset__scrollwrap")];
        const inView = (selector) => {
          const found = [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect());
          return found.some((box) => box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth);
        };
        return {
          page: document.documentElement.scrollWidth > innerWidth,
          tables: wide.filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.closest(".highlight")).length,
          title: inView("h1"),
          search: inView("[for=__search], .md-search__button, [class*=search]"),
        };
      });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run(document, { runOnly: ["color-contrast", "image-alt", "label", "select-name", "link-name"] }),
      );
      const faults = violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
      seen.push({ name, ...fit, elsewhere, faults });
      await page.close();
    }
    await context.close();
  }
}
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(`${address}rules/`, { waitUntil: "networkidle" });
await page.fill(".rules-filter input", "OPT10 decay");
const filtered = await page.locator(".rules tbody tr:visible").count();
await page.fill(".rules-filter input", "");
await page.selectOption(".rules-filter select >> nth=2", "never trained");
const family = await page.locator(".rules tbody tr:visible").count();
const found = {};
for (const word of ["bypassed-param-groups", "OPT203"]) {
  await page.goto(address, { waitUntil: "networkidle" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type(word, { delay: 20 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(pictures, `search-${word}.png`) });
  found[word] = await page.evaluate(() => {
    const texts = [];
    const visit = (root) => {
      for (const one of root.querySelectorAll("*")) {
        if (one.tagName === "A" && one.href.includes("/rules/")) texts.push(one.href.split("/rules/")[1].split("/")[0]);
        if (one.shadowRoot) visit(one.shadowRoot);
      }
    };
    for (const one of document.querySelectorAll("*")) if (one.shadowRoot) visit(one.shadowRoot);
    return texts;
  });
}
await browser.close();
console.log(JSON.stringify({ seen, filtered, family, found }));
