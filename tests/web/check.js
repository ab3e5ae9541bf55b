/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people need to use a screen, as far as a program can tell: WCAG 2.2
 * contrast (1.4.3), names (4.1.2), target size (2.5.8), reflow (1.4.10),
 * headings, language and ids. Runs inside the page; returns the faults.
 */
const faults = [];
const roots = [document];

for (const root of roots)
	for (const one of root.querySelectorAll("*"))
		if (one.shadowRoot)
			roots.push(one.shadowRoot);

const all = (selector) => roots.flatMap((root) =>
	[...root.querySelectorAll(selector)]);
const shown = (one) => one.checkVisibility({ visibilityProperty: true,
	opacityProperty: true }) && one.getBoundingClientRect().width > 1;
const name = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal
	?? one.className} "${(one.innerText ?? "").slice(0, 30)}"`;

/* Any colour of CSS as [red, green, blue, alpha], by painting it. */
const canvas = new OffscreenCanvas(1, 1).getContext("2d",
	{ willReadFrequently: true });

function colour(text) {
	canvas.clearRect(0, 0, 1, 1);
	canvas.fillStyle = text;
	canvas.fillRect(0, 0, 1, 1);
	const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;

	return [r, g, b, a / 255];
}

function parentOf(one) {
	return one.parentElement ?? one.getRootNode().host ?? null;
}

function backgroundOf(one) {
	for (let at = one; at; at = parentOf(at)) {
		const [r, g, b, a] = colour(getComputedStyle(at).backgroundColor);

		if (a > 0.99)
			return [r, g, b];
	}
	return matchMedia("(prefers-color-scheme: dark)").matches
		? [18, 18, 18] : [255, 255, 255];
}

function light([r, g, b]) {
	const part = (v) => v / 255 <= 0.04045 ? v / 255 / 12.92
		: ((v / 255 + 0.055) / 1.055) ** 2.4;

	return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

function contrast(a, b) {
	const [low, high] = [light(a), light(b)].sort((x, y) => x - y);

	return (high + 0.05) / (low + 0.05);
}

const hasOwnText = (one) => [...one.childNodes].some((node) =>
	node.nodeType === 3 && node.textContent.trim() !== "");

for (const one of all("body *")) {
	if (!shown(one) || !hasOwnText(one) || one.closest(":disabled, .said"))
		continue;
	const style = getComputedStyle(one);
	const size = parseFloat(style.fontSize);
	const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
	const ratio = contrast(colour(style.color), backgroundOf(one));

	if (ratio < (large ? 3 : 4.5))
		faults.push(`contrast ${ratio.toFixed(2)}: ${name(one)}`);
	if (size < 11)
		faults.push(`text of ${size} px: ${name(one)}`);
}

/* The lines of a field and of a drawing carry meaning: 1.4.11. */
for (const one of all("input, .drawing")) {
	if (!shown(one))
		continue;
	const style = getComputedStyle(one);
	const line = one.tagName === "INPUT" ? style.borderTopColor
		: style.stroke;
	const ratio = contrast(colour(line), backgroundOf(parentOf(one)));

	if (ratio < 3)
		faults.push(`line ${ratio.toFixed(2)}: ${name(one)}`);
}

for (const one of all("button, input, summary, a, progress, img")) {
	const box = one.getBoundingClientRect();

	if (!shown(one))
		continue;
	const label = one.labels?.[0]?.textContent ?? one.getAttribute("alt")
		?? one.getAttribute("aria-label") ?? one.innerText ?? "";

	if (label.trim() === "")
		faults.push(`without a name: ${name(one)}`);
	if (one.matches("button, input, summary, a")
		&& (box.width < 24 || box.height < 24))
		faults.push(`too small, ${box.width} x ${box.height}: ${name(one)}`);
	if (one.matches("button") && one.scrollWidth > one.clientWidth + 1)
		faults.push(`words cut off: ${name(one)}`);
}

for (const root of roots) {
	const ids = [...root.querySelectorAll("[id]")].map(({ id }) => id);

	if (new Set(ids).size !== ids.length)
		faults.push("an id stands twice");
	for (const one of root.querySelectorAll("[aria-describedby]"))
		for (const id of one.getAttribute("aria-describedby").split(" "))
			if (!root.getElementById(id))
				faults.push(`describedby nothing: ${id}`);
}

for (const one of all("svg"))
	if (one.getAttribute("aria-hidden") !== "true")
		faults.push(`a picture that speaks: ${name(one)}`);

if (all("h1").filter(shown).length !== 1)
	faults.push(`${all("h1").filter(shown).length} first headings`);
if (!["vi", "en"].includes(document.documentElement.lang))
	faults.push("no language");
if (document.title === "")
	faults.push("no title");
if (all("[style]").length > 0)
	faults.push(`inline style: ${name(all("[style]")[0])}`);
if (all("[tabindex]").some((one) => one.tabIndex > 0))
	faults.push("a tabindex of its own");
for (const one of [document.documentElement, ...all("main, section, .card")])
	if (shown(one) && one.scrollWidth > one.clientWidth + 1)
		faults.push(`wider than its place: ${name(one)}`);
return faults;
