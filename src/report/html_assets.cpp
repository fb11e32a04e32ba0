#include "report/html_assets.hpp"

namespace rdptriage::report {

const std::string_view kHtmlStyle = R"css(
:root { --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --panel: #f6f8fa;
  --bad: #b3261e; --good: #1a7f37; --warn: #8a5a00; --link: #0b57d0; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e4e7ea; --soft: #9aa4ae; --line: #343a41; --panel: #1c2126;
    --bad: #ff8a80; --good: #6fdd8b; --warn: #f0b95b; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, svg.bar { display: inline-block; width: 6rem; height: .6rem; vertical-align: middle; background: var(--panel); }
svg.bar rect { fill: var(--link); } td.number { text-align: right; font-variant-numeric: tabular-nums; }
footer { max-width: 56rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .25rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
.kicker, .soft { color: var(--soft); }
.kicker { font-size: .9rem; }
.verdict { font-weight: 600; }
.diagnosed, .suspected, .failed { color: var(--bad); }
.inconclusive { color: var(--warn); }
.no_failure_found, .passed { color: var(--good); }
code, pre, .mono { font-family: ui-monospace, "Cascadia Mono", Consolas, Menlo, monospace; font-size: .875rem; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0;
  padding: .6rem .75rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.command { display: flex; gap: .5rem; align-items: flex-start; }
.command pre { flex: 1; min-width: 0; }
button { font: inherit; font-size: .85rem; margin-top: .4rem; padding: .35rem .7rem; color: var(--ink);
  background: var(--panel); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:focus-visible, a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; }
ol.path { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem .4rem; padding: 0; margin: .5rem 0; }
ol.path li { border: 1px solid var(--line); border-radius: 6px; padding: .1rem .5rem; font-size: .85rem; color: var(--soft); }
ol.path li.passed { color: var(--good); border-color: currentColor; }
ol.path li.failed { color: var(--paper); background: var(--bad); border-color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.short { white-space: nowrap; width: 1%; }
th { color: var(--soft); font-weight: 500; }
.scroll { overflow-x: auto; }
ol.steps { padding-left: 1.4rem; } ol.steps > li { margin: .75rem 0; }
.risk { font-size: .8rem; border: 1px solid var(--line); border-radius: 999px; padding: 0 .5rem; white-space: nowrap; }
.risk.disruptive, .risk.lowers_security { color: var(--bad); border-color: currentColor; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; }
svg .lane { stroke: var(--line); } svg .mark { fill: var(--link); } svg .mark.failed { fill: var(--bad); }
svg .mark.passed { fill: var(--good); }
footer { color: var(--soft); font-size: .85rem; padding-top: 2rem; padding-bottom: 2rem; }
.no-script button { display: none; }
@media (max-width: 40rem) { td.short { white-space: normal; } }
@media print { button, .tools { display: none; } body { font-size: 10.5pt; } header { padding-top: 0; }
  h2 { margin-top: 1rem; break-after: avoid; } .card, li, tr { break-inside: avoid; } pre { border-color: #bbb; }
  details.appendix, section.appendix { display: none; } }
)css";

const std::string_view kHtmlScript = R"js(
'use strict';
document.body.classList.remove('no-script');
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    const label = button.textContent;
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}
for (const svg of document.querySelectorAll('svg[data-zoom]')) {
  const [x, y, width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  let left = x, span = width;
  const show = () => svg.setAttribute('viewBox', `${left} ${y} ${span} ${height}`);
  const zoom = (factor) => {
    const middle = left + span / 2;
    span = Math.min(width, Math.max(width / 64, span * factor));
    left = Math.min(x + width - span, Math.max(x, middle - span / 2));
    show();
  };
  const move = (part) => { left = Math.min(x + width - span, Math.max(x, left + span * part)); show(); };
  const keys = { '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), ArrowLeft: () => move(-0.25),
                 ArrowRight: () => move(0.25), 0: () => { left = x; span = width; show(); } };
  svg.setAttribute('tabindex', '0');
  svg.addEventListener('keydown', (event) => {
    if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });
  for (const button of svg.parentElement.querySelectorAll('button[data-key]')) {
    button.addEventListener('click', () => keys[button.dataset.key]());
  }
}
const filter = document.getElementById('evidence-filter');
if (filter) {
  const rows = [...document.querySelectorAll('#evidence details')];
  filter.addEventListener('input', () => {
    const wanted = filter.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
)js";

}  // namespace rdptriage::report
