#include "report/html_assets.hpp"

namespace rdptriage::report {

const std::string_view kHtmlStyle = R"css(
:root { --paper: #fff; --ink: #1c2127; --soft: #5b6570; --line: #dfe4e9; --panel: #f6f8fa;
  --bad: #b3261e; --bad-soft: #fcebea; --good: #19713a; --good-soft: #e8f5ec; --warn: #7a4f00;
  --warn-soft: #fdf3df; --link: #0b57d0; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e9ec; --soft: #a0aab4; --line: #333a41; --panel: #1d2227;
    --bad: #ff9a91; --bad-soft: #3b1f1d; --good: #7fdc9b; --good-soft: #1b3323; --warn: #f2c26b;
    --warn-soft: #372a12; --link: #8ab4f8; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 58rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2rem); line-height: 1.2; margin: .25rem 0 .75rem;
  letter-spacing: -.01em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0; } p, li { overflow-wrap: anywhere; }
a { color: var(--link); }
.kicker, .soft, .meta { color: var(--soft); }
.kicker, .meta, .soft { font-size: .9rem; }
.facts { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; color: var(--soft); font-size: .95rem; }
.verdict { font-weight: 600; border-radius: 999px; padding: .1rem .7rem; color: var(--soft); background: var(--panel); }
.verdict.diagnosed, .verdict.suspected { color: var(--bad); background: var(--bad-soft); }
.verdict.inconclusive { color: var(--warn); background: var(--warn-soft); }
.verdict.no_failure_found { color: var(--good); background: var(--good-soft); }
.lead { font-size: 1.05rem; max-width: 46rem; margin-top: .75rem; }
.card { border: 1px solid var(--line); border-radius: 10px; padding: 0 1.25rem 1rem; margin-top: 1.5rem; }
.card > h2 { margin-top: 1.1rem; }
.meta { display: flex; flex-wrap: wrap; gap: .1rem .9rem; margin: 0; }
code, pre, .mono { font-family: ui-monospace, "Cascadia Mono", Consolas, Menlo, monospace; font-size: .875rem; }
pre { background: var(--panel); border-radius: 6px; margin: .4rem 0; padding: .6rem .75rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre[data-shell]::before { content: attr(data-shell); display: block; font: .75rem system-ui, sans-serif; color: var(--soft); margin-bottom: .2rem; }
pre.context { color: var(--soft); font-size: .8rem; }
.context .line { display: block; padding-left: 3rem; text-indent: -3rem; }
.context .own { color: var(--ink); font-weight: 600; }
.context .number { display: inline-block; width: 2.5rem; text-align: right; text-indent: 0; color: var(--soft); font-weight: 400; user-select: none; }
ol.proof { list-style: none; margin: 0; padding: 0; }
ol.proof li { border-left: 3px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: .75rem 0; }
ol.proof .mono { margin: .15rem 0 0; }
.command { display: flex; gap: .5rem; align-items: flex-start; }
.command pre { flex: 1; min-width: 0; }
button { font: inherit; font-size: .85rem; margin-top: .4rem; padding: .35rem .8rem; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:hover { border-color: var(--soft); }
button:focus-visible, a:focus-visible, summary:focus-visible, input:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
ol.path { list-style: none; display: flex; flex-wrap: wrap; gap: .35rem; padding: 0; margin: .5rem 0; }
ol.path li { border: 1px solid var(--line); border-radius: 999px; padding: .1rem .7rem; font-size: .85rem; color: var(--soft); }
ol.path li.passed { color: var(--good); background: var(--good-soft); border-color: transparent; }
ol.path li.failed { color: var(--paper); background: var(--bad); border-color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td.mono, td.path { overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; }
td.short { white-space: nowrap; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
ol.steps { padding-left: 1.3rem; margin: 0; } ol.steps > li { margin: 1rem 0; }
.risk { border: 1px solid var(--line); border-radius: 999px; padding: 0 .55rem; font-size: .8rem; white-space: nowrap; }
.risk.disruptive, .risk.lowers_security { color: var(--bad); border-color: currentColor; }
.check { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: .75rem; }
.sources { margin: .75rem 0 0; }
details.evidence, details.other, details.cause { border-bottom: 1px solid var(--line); padding: .45rem 0; }
.meta > *, .facts > * { min-width: 0; overflow-wrap: anywhere; }
details.evidence { content-visibility: auto; contain-intrinsic-size: auto 2.5rem; }
details.other .card { margin-top: .75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
details.evidence summary { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
details.evidence[open] summary .mono { display: none; }
.when, .where { color: var(--soft); font-size: .875rem; margin-right: .5rem; font-variant-numeric: tabular-nums; }
details.evidence:target { background: var(--panel); }
.why { margin-top: .75rem; font-size: .95rem; }
svg { width: 100%; height: auto; display: block; }
.timeline svg { min-width: 40rem; }
svg text { fill: var(--soft); font-size: 12px; }
svg .lane { stroke: var(--line); } svg .mark { fill: var(--link); } svg .mark.failed { fill: var(--bad); }
svg .mark.passed { fill: var(--good); }
svg.bar { display: inline-block; width: 6rem; height: .6rem; vertical-align: middle; background: var(--panel); }
svg.bar rect { fill: var(--link); }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
footer { color: var(--soft); font-size: .85rem; padding-top: 2.5rem; padding-bottom: 2.5rem; }
.no-script button, .no-script .tools { display: none; }
@media (max-width: 40rem) { main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  .card { padding: 0 .9rem .75rem; } .command { flex-direction: column; gap: 0; } .command pre { width: 100%; }
  details.evidence summary { white-space: normal; } details.evidence summary .mono { display: block; }
  td.short { white-space: normal; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --panel: #f4f4f4;
    --bad: #a11; --good: #161; --bad-soft: #fff; --good-soft: #fff; --warn-soft: #fff; }
  button, .tools, .why, .appendix, details.other { display: none; }
  html { font-size: 12.5px; } body { font-size: 1rem; line-height: 1.4; } header { padding-top: 0; } main, header, footer { max-width: none; padding: 0; }
  h1 { font-size: 1.7rem; } h2 { margin-top: .8rem; break-after: avoid; } .card { padding: 0 .8rem .5rem; margin-top: .8rem; }
  ol.steps > li { margin: .5rem 0; } li, tr, .command { break-inside: avoid; } footer { padding: 1rem 0 0; } }
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
