/* SPDX-License-Identifier: Apache-2.0 */
/* How the parts look, for the element's shadow and for the desk page. */

/*
 * Constructed style sheets pass a strict Content-Security-Policy, and work
 * in a shadow root and in a document alike. Every pair of colours below has
 * a contrast of 4.5 at least, 3 for lines that carry meaning.
 */
const parts = `
:host, :root {
	--bg: #eef2f5; --surface: #ffffff; --sunken: #f6f8fa;
	--ink: #13202c; --soft: #4a5a69; --line: #c9d3dc; --edge: #6b7b8a;
	--accent: #0a5a8c; --accent-ink: #ffffff; --accent-soft: #e3f0f8;
	--good: #0b6b3d; --good-ink: #ffffff; --good-soft: #e2f4ea;
	--bad: #a5131d; --bad-ink: #ffffff; --bad-soft: #fdeaea;
	--warn: #ffd37a; --warn-ink: #3b2700; --warn-soft: #fff5de;
	--warn-line: #8a5a00;
	--radius: 12px; --gap: 16px;
	color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
	:host, :root {
		--bg: #10171d; --surface: #1a242d; --sunken: #141c23;
		--ink: #eaf0f5; --soft: #aebcc8; --line: #34434f; --edge: #8496a5;
		--accent: #7cc4f2; --accent-ink: #06222f; --accent-soft: #16374a;
		--good: #0f7a47; --good-soft: #12382a;
		--bad: #b91c26; --bad-soft: #47191d;
		--warn-soft: #3a2f17; --warn-line: #ffd37a;
	}
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.icon {
	width: 1.25em; height: 1.25em; flex: none; fill: none;
	stroke: currentColor; stroke-width: 2; stroke-linecap: round;
	stroke-linejoin: round;
}
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
button, input { font: inherit; color: inherit; }
button {
	display: inline-flex; align-items: center; justify-content: center;
	gap: .5em; min-height: 44px; padding: .4em 1.2em; cursor: pointer;
	border: 2px solid var(--accent); border-radius: 10px;
}
button.primary { background: var(--accent); color: var(--accent-ink);
	font-weight: 700; }
button.secondary { background: var(--surface); color: var(--accent);
	font-weight: 600; }
button:hover { filter: brightness(1.08); }
button:disabled { cursor: default; border-color: var(--line);
	color: var(--soft); background: var(--sunken); filter: none; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h1:focus-visible { outline: none; }
summary { cursor: pointer; min-height: 44px; align-content: center;
	color: var(--accent); font-weight: 600; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace;
	font-size: .9em; overflow-wrap: anywhere; }

.title { font-size: 1.6em; line-height: 1.2; font-weight: 700;
	text-wrap: balance; }
.lead { color: var(--soft); font-size: 1.05em; line-height: 1.45;
	text-wrap: pretty; }
.lead.strong { color: var(--ink); font-weight: 600; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; }
.code { color: var(--soft); font-size: .8em; }
.badge { display: grid; place-items: center; width: 2.6em; height: 2.6em;
	border-radius: 50%; background: var(--accent-soft);
	color: var(--accent); font-size: 1.3em; flex: none; }
.note, .fault { display: flex; gap: .5em; align-items: flex-start; }
.note { padding: .6em .8em; border-radius: 10px; }
.note.bad { background: var(--bad-soft); border: 1px solid currentColor; }
.note.bad .icon, .fault .icon { margin-top: .1em; }

.message.calm .lead, .consent .lead { color: var(--ink); }
.message { display: flex; flex-direction: column; align-items: center;
	justify-content: center; text-align: center; gap: 14px; }
.message .lead { max-width: 38em; }
.message .actions { justify-content: center; margin-top: 6px; }
.message.warn .badge { background: var(--warn); color: var(--warn-ink); }

.field { display: grid; gap: 4px; }
.field label, .key-form label { font-weight: 600; }
.field input, .key-input { width: 100%; min-height: 44px;
	padding: .3em .6em; background: var(--surface);
	border: 2px solid var(--edge); border-radius: 10px; }
.key-side, .key-forms { display: grid; gap: var(--gap);
	align-content: center; }
.key-form { display: grid; gap: 8px; }
.key-input { font-size: 1.7em; font-weight: 600; letter-spacing: .06em;
	font-variant-numeric: tabular-nums; min-height: 2em; }
.key-input[aria-invalid] { border-color: var(--bad); }
.key-form .primary { justify-self: start; }
.hint { color: var(--soft); }
.fault { font-weight: 600; }
.fault:empty { display: none; }
.document form { display: grid; gap: 10px; padding: 8px 0 4px; }

.reader-picture { display: grid; justify-items: center;
	align-content: center; gap: 10px; color: var(--soft); }
.drawing { width: min(100%, 15em); height: auto; fill: var(--surface);
	stroke: var(--edge); stroke-width: 3; stroke-linecap: round;
	stroke-linejoin: round; overflow: visible; }
.drawing .slab { fill: var(--sunken); }
.drawing .line { fill: none; }
.drawing .laid { transform: translateY(-4px); }
.reader-words { text-align: center; font-weight: 600; }
.has-card .drawing { stroke: var(--accent); }
.has-card .drawing .slab { fill: var(--accent-soft); }
.has-card .drawing .laid { transform: translateY(52px); }
.has-card .reader-words { color: var(--ink); }
@media (prefers-reduced-motion: no-preference) {
	.drawing .laid { transition: transform .3s ease-out; }
	.is-waiting .reader-picture:not(.has-card) .laid {
		animation: lay 1.8s ease-in-out infinite; }
	@keyframes lay { 50% { transform: translateY(34px); } }
}

.consent { display: grid; gap: var(--gap); align-content: center; }
.consent dl { display: grid; gap: 6px; padding: 14px 18px;
	background: var(--sunken); border-radius: var(--radius); }
.consent dt { color: var(--soft); font-size: .9em; }
.consent dd { margin: 0 0 8px; font-weight: 600; }
.consent ul { padding-left: 1.2em; }

.work-side { display: grid; gap: var(--gap); align-content: center; }
progress { appearance: none; width: 100%; height: 14px; border: 0;
	border-radius: 7px; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent);
	transition: width .2s; }
progress::-moz-progress-bar { background: var(--accent); }
.steps { list-style: none; display: grid; gap: 6px; }
.step { display: flex; align-items: center; gap: .6em; padding: .35em .7em;
	border-radius: 10px; color: var(--soft); }
.step .step-state { margin-left: auto; font-size: .85em; }
.step.active { background: var(--accent-soft); color: var(--ink);
	font-weight: 700; }
.step.done { color: var(--ink); }
.step.done .icon { color: var(--good); }
.step.failed { background: var(--bad-soft); color: var(--ink);
	font-weight: 700; }
@media (prefers-color-scheme: dark) {
	.step.done .icon { color: #6fd6a0; }
}

.specimen { display: flex; align-items: center; justify-content: center;
	gap: .6em; padding: .35em 1em; letter-spacing: .03em;
	background: var(--warn-soft); color: var(--ink);
	border: 2px dashed var(--warn-line); border-radius: 10px; }
.verdict { display: flex; align-items: center; gap: 18px;
	padding: 12px 20px; border-radius: var(--radius); }
.verdict .badge { background: transparent; color: inherit;
	border: 3px solid currentColor; font-size: 1.15em; }
.verdict .badge .icon { stroke-width: 3; }
.verdict .title { letter-spacing: .02em; }
.verdict.proven { background: var(--good); color: var(--good-ink); }
.verdict.failed { background: var(--bad); color: var(--bad-ink); }
.verdict.undetermined { background: var(--warn); color: var(--warn-ink); }
.verdict .reasons { margin-left: auto; max-width: 52%; font-size: .95em;
	border-left: 2px solid currentColor; padding-left: 16px; }
.verdict .reasons ul { padding-left: 1.1em; }

.person { display: grid; grid-template-columns: auto 1fr; gap: 22px;
	align-items: start; }
.portrait { width: 168px; height: 224px; object-fit: cover;
	border-radius: 10px; background: var(--sunken);
	border: 1px solid var(--line); }
.portrait.none { display: grid; place-items: center; align-content: center;
	gap: 6px; color: var(--soft); }
.portrait.none .icon { width: 4em; height: 4em; stroke-width: 1.4; }
.person-data { display: grid; gap: 4px; min-width: 0; }
.kind { color: var(--soft); font-weight: 600; }
.name { font-size: 1.75em; line-height: 1.15; overflow-wrap: anywhere; }
.person dl { display: grid; gap: 8px 24px; margin-top: 8px;
	grid-template-columns: repeat(3, minmax(0, auto));
	justify-content: start; }
.person .row.wide, .person .row.number { grid-column: 1 / -1; }
.person dt { color: var(--soft); font-size: .85em; }
.person dd { font-weight: 600; overflow-wrap: anywhere; }
.person .row.number dd { font-size: 1.4em; letter-spacing: .04em;
	font-variant-numeric: tabular-nums; }
.person.doubtful { opacity: 1; outline: 3px dashed var(--bad);
	outline-offset: 6px; border-radius: 10px; }
.covered { display: grid; gap: 12px; justify-items: start; padding: 20px;
	border: 2px dashed var(--edge); border-radius: var(--radius); }

.checks summary { display: flex; align-items: center; gap: .8em; }
.checks .count { color: var(--soft); font-weight: 400; }
.checks table { width: 100%; border-collapse: collapse; font-size: .9em; }
.checks th, .checks td { text-align: left; padding: .35em .6em;
	border-top: 1px solid var(--line); font-weight: 400;
	vertical-align: top; }
.checks thead th { color: var(--soft); font-size: .9em; }
.checks .mark { white-space: nowrap; font-weight: 600; }
.checks .mark .icon { vertical-align: -.25em; margin-right: .4em; }
.checks .failed .mark { background: var(--bad-soft); }
.checks .undetermined .mark, .checks .aborted .mark {
	background: var(--warn-soft); }
.checks .not_supported { color: var(--soft); }
`;

/**
 * One sheet for whoever adopts it. The parts lie in a layer, so that every
 * rule of the page or of @more outweighs them, wherever it stands.
 */
export function createSheet(more = "") {
	const sheet = new CSSStyleSheet();

	sheet.replaceSync(`@layer parts {${parts}}${more}`);
	return sheet;
}
