// Visual Studio Code in a browser: what a person sees of a file with a bug, and after "Fix All".
//
//     node browser.mjs CHROMIUM ADDRESS FOLDER FILE SCREENSHOT
//
// Prints a JSON object with the rows of the Problems panel and the text after the fixes.
import { chromium } from "playwright-core";

const [executablePath, address, folder, file, screenshot] = process.argv.slice(2);
const PATIENCE = { timeout: 120_000 };
const quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-sync", ...quiet] });
const page = await browser.newPage({ viewport: { width: 1200, height: 750 } });
try {
  const opened = [["openFile", `vscode-remote://${new URL(address).host}${folder}/${file}`]];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(opened) });
  await page.goto(`${address}/?${query}`, PATIENCE);
  await page.waitForSelector(".squiggly-error, .squiggly-warning", PATIENCE);
  await page.keyboard.press("Control+Shift+M");
  await page.waitForSelector(".markers-panel .monaco-list-row", PATIENCE);
  const problems = await page.locator(".markers-panel .monaco-list-row").allInnerTexts();
  await page.screenshot({ path: screenshot });

  await page.locator(".view-line").filter({ hasText: "return" }).click();
  await page.keyboard.press("F1");
  await page.keyboard.type("Fix All");
  await page.locator(".quick-input-list .monaco-list-row.focused").filter({ hasText: "Fix All" }).waitFor(PATIENCE);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".markers-panel :text('No problems')", PATIENCE);
  const lines = (await page.locator(".view-lines").innerText()).replaceAll("\u00a0", " ");
  process.stdout.write(JSON.stringify({ problems, lines }));
} catch (error) {
  await page.screenshot({ path: screenshot });
  throw error;
} finally {
  await browser.close();
}
