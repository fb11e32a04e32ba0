// The pages in a real browser: node page_test.cjs CHROMIUM FOLDER
// FOLDER holds *.html; screenshots and PDFs are left beside them. Exit 1 when a check fails.
'use strict';
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');

const [executablePath, folder] = process.argv.slice(2);
let failures = 0, checks = 0;
function check(ok, what) {
  checks += 1;
  if (!ok) { failures += 1; console.log(`FAILED: ${what}`); }
}
const pages = fs.readdirSync(folder).filter((name) => name.endsWith('.html')).sort();
const url = (name) => 'file://' + path.join(folder, name);

// Everything that would leave the page or act in it ends up here.
function watch(page, name) {
  page.on('request', (request) => check(request.url() === url(name), `${name} asks for ${request.url()}`));
  page.on('dialog', (dialog) => { check(false, `${name} opens a dialog`); dialog.dismiss(); });
  page.on('pageerror', (error) => check(false, `${name}: ${error}`));
  page.on('console', (message) => check(message.type() !== 'error', `${name}: ${message.text()}`));
}

async function looks(browser, name) {
  for (const width of [360, 820, 1440]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      watch(page, name);
      await page.goto(url(name));
      const sizes = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      check(sizes[0] <= sizes[1], `${name} at ${width}: ${sizes[0]} pixels wide`);
      const contrast = await page.evaluate(() => {
        const light = (color) => {
          const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map((v) => {
            const c = Number(v) / 255;
            return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const paper = light(getComputedStyle(document.body).backgroundColor);
        let worst = 21;
        for (const element of document.querySelectorAll('h1, p, .soft, .meta, a, th, td, summary, .when')) {
          worst = Math.min(worst, ratio(light(getComputedStyle(element).color), paper));
        }
        return worst;
      });
      check(contrast >= 4.5, `${name} ${colorScheme}: contrast ${contrast.toFixed(2)}`);
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`) });
      await page.close();
    }
  }
}

async function prints(browser, name) {
  const page = await browser.newPage();
  watch(page, name);
  await page.goto(url(name));
  const pdf = await page.pdf({ format: 'A4', path: path.join(folder, `${name}.pdf`) });
  const count = (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) || []).length;
  check(count >= 1 && count <= 2, `${name} prints on ${count} pages`);
  await page.close();
}

async function keyboard(browser, name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  watch(page, name);
  await page.goto(url(name));
  const expected = await page.evaluate(() =>
    [...document.querySelectorAll('a[href], button, summary, input, svg[tabindex]')].filter((element) =>
      element.checkVisibility() && !element.closest('details:not([open]) > :not(summary)')).length);
  const seen = new Set();
  let copied = false, opened = false, zoomed = false;
  for (let i = 0; i < Math.min(expected + 5, 300); ++i) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      window.numbers = window.numbers || new Map();
      if (!window.numbers.has(element)) window.numbers.set(element, window.numbers.size);
      const outline = getComputedStyle(element).outlineStyle;
      return { number: window.numbers.get(element), tag: element.tagName.toLowerCase(), copy: Boolean(element.dataset.copy),
               visible: outline !== 'none' };
    });
    if (!focus) continue;
    seen.add(focus.number);
    check(focus.visible || focus.tag === 'svg' || focus.tag === 'a', `${name}: focus on ${focus.tag} is not visible`);
    if (focus.copy && !copied) {
      await page.keyboard.press('Enter');
      await page.waitForTimeout(200);
      copied = await page.evaluate(() => document.activeElement.textContent === 'Copied');
      check(copied, `${name}: Enter on Copy does nothing`);
    }
    if (focus.tag === 'summary' && !opened) {
      await page.keyboard.press('Enter');
      opened = await page.evaluate(() => document.activeElement.parentElement.open);
      check(opened, `${name}: Enter on a summary does nothing`);
      await page.keyboard.press('Enter');
    }
    if (focus.tag === 'svg' && !zoomed) {
      const before = await page.evaluate(() => document.activeElement.getAttribute('viewBox'));
      await page.keyboard.press('+');
      zoomed = (await page.evaluate(() => document.activeElement.getAttribute('viewBox'))) !== before;
      check(zoomed, `${name}: + on the timeline does nothing`);
    }
  }
  check(seen.size >= Math.min(expected, 250), `${name}: ${seen.size} of ${expected} are reached by Tab`);
  await context.close();
}

async function withoutScript(browser, name) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url(name));
  check(await page.locator('h1').isVisible(), `${name}: nothing to read without script`);
  const buttons = await page.locator('button:visible').count();
  check(buttons === 0, `${name}: ${buttons} buttons that cannot work without script`);
  await context.close();
}

// Text of a log stays text: nothing from it became an element.
async function inert(browser, name) {
  const page = await browser.newPage();
  watch(page, name);
  await page.goto(url(name));
  const found = await page.evaluate(() => ({
    images: document.images.length, scripts: document.scripts.length, frames: document.querySelectorAll('iframe, object, embed, form').length,
    handlers: [...document.querySelectorAll('*')].filter((element) => [...element.attributes].some((a) => a.name.startsWith('on'))).length,
    links: [...document.links].filter((link) => !['https:', 'file:'].includes(link.protocol)).length,
    shown: document.body.innerText.includes('onerror=alert(1)') }));
  check(found.images === 0 && found.scripts === 1 && found.frames === 0, `${name}: ${JSON.stringify(found)}`);
  check(found.handlers === 0 && found.links === 0, `${name}: ${JSON.stringify(found)}`);
  check(found.shown, `${name}: the attack's text is not shown as text`);
  await page.close();
}

async function big(browser, name) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  watch(page, name);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const begin = Date.now();
  await page.goto(url(name));
  const loaded = Date.now() - begin;
  const metrics = Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  const rows = await page.locator('#evidence details').count();
  const filtered = await page.evaluate(() => {
    const input = document.getElementById('evidence-filter');
    const begin = performance.now();
    input.value = 'line 4321';
    input.dispatchEvent(new Event('input'));
    return { time: performance.now() - begin,
             shown: [...document.querySelectorAll('#evidence details')].filter((row) => !row.hidden).length };
  });
  console.log(`${name}: ${fs.statSync(path.join(folder, name)).size} bytes, ${rows} pieces of evidence, loaded in ` +
    `${loaded} ms (script ${(metrics.ScriptDuration * 1000).toFixed(0)} ms, layout ${(metrics.LayoutDuration * 1000).toFixed(0)} ms), ` +
    `filter ${filtered.time.toFixed(0)} ms`);
  check(rows >= 5000, `${name}: ${rows} pieces of evidence`);
  check(filtered.shown === 1, `${name}: the filter shows ${filtered.shown}`);
  check(loaded < 10000 && filtered.time < 2000, `${name}: too slow`);
  await page.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  for (const name of pages) {
    if (name.startsWith('big')) { await big(browser, name); continue; }
    await looks(browser, name);
    await withoutScript(browser, name);
    await keyboard(browser, name);
    if (name.startsWith('attack')) await inert(browser, name);
    if (name.startsWith('sample')) await prints(browser, name);
  }
  await browser.close();
  console.log(`${pages.length} pages, ${checks} checks, ${failures} failed`);
  process.exit(failures === 0 ? 0 : 1);
})().catch((error) => { console.log(error); process.exit(1); });
