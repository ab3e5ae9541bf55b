/* SPDX-License-Identifier: Apache-2.0 */
/* Elements without markup text: nothing of a card is ever parsed as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * h() - an element. Members of @props: "on…" listeners, "text", "value" and
 * "checked" as properties, everything else an attribute; null, false and
 * undefined are left out.
 */
export function h(tag, props = {}, ...children) {
	const element = document.createElement(tag);

	for (const [name, value] of Object.entries(props)) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (name === "text")
			element.textContent = value;
		else if (name === "value" || name === "checked")
			element[name] = value;
		else
			element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children.flat()
		.filter((child) => child !== null && child !== undefined));
	return element;
}

/* 24 x 24, drawn with lines of one width. */
const PATHS = Object.freeze({
	check: ["M4 12.5l5.5 5.5L20 6.5"],
	cross: ["M5 5l14 14", "M19 5L5 19"],
	question: ["M8.5 9a3.5 3.5 0 1 1 5 3.2c-1.1.6-1.5 1.2-1.5 2.6",
		"M12 18.6v.1"],
	warning: ["M12 4L2.5 20h19z", "M12 10v5", "M12 17.6v.1"],
	minus: ["M6 12h12"],
	dot: ["M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6z"],
	card: ["M3 5.5h18v13H3z", "M6 9.5h4v4H6z", "M13 10h5", "M13 13h5",
		"M6 16h12"],
	plug: ["M9 3v5", "M15 3v5", "M6 8h12v3a6 6 0 0 1-12 0z", "M12 17v4"],
	unplug: ["M4 4l16 16", "M9 3v3", "M15 3v5", "M8 8h-2v3a6 6 0 0 0 9 5.2",
		"M18 8v3", "M12 17v4"],
	lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
	copy: ["M9 9h11v11H9z", "M15 9V4H4v11h5"],
	print: ["M7 9V4h10v5", "M7 17H4V9h16v8h-3", "M7 14h10v6H7z"],
	person: ["M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8z",
		"M4 20c1-4 4-6 8-6s7 2 8 6"],
	wave: ["M8 15a6 6 0 0 1 8 0", "M5 11.5a10 10 0 0 1 14 0",
		"M12 18.5v.1"],
	next: ["M5 12h14", "M13 6l6 6l-6 6"],
});

function drawn(viewBox, name) {
	const svg = document.createElementNS(SVG, "svg");

	svg.setAttribute("viewBox", viewBox);
	svg.setAttribute("class", name);
	svg.setAttribute("aria-hidden", "true");
	svg.setAttribute("focusable", "false");
	return svg;
}

function stroke(parent, name, d) {
	const path = document.createElementNS(SVG, "path");

	path.setAttribute("class", name);
	path.setAttribute("d", d);
	parent.append(path);
}

/** cardDrawing() - a card above its reader; style.js lays it down. */
export function cardDrawing() {
	const svg = drawn("0 0 240 216", "drawing");
	const card = document.createElementNS(SVG, "g");

	stroke(svg, "slab", "M32 118h176q12 0 14 12l8 64q2 14-12 14H22"
		+ "q-14 0-12-14l8-64q2-12 14-12z");
	stroke(svg, "line", "M104 190a24 24 0 0 1 32 0M94 178a40 40 0 0 1 52 0"
		+ "M120 199v.1");
	card.setAttribute("class", "laid");
	stroke(card, "face", "M58 8h124q10 0 10 10v76q0 10-10 10H58"
		+ "q-10 0-10-10V18q0-10 10-10z");
	stroke(card, "line", "M64 30h30v36H64zM72 66q7-14 14 0M79 40a5 5 0 1 1"
		+ " 0 10a5 5 0 0 1 0-10zM110 32h64M110 48h64M110 64h40M64 84h110");
	svg.append(card);
	return svg;
}

/** icon() - decoration only: words beside it say the same. */
export function icon(name) {
	const svg = drawn("0 0 24 24", `icon icon-${name}`);

	for (const d of PATHS[name])
		stroke(svg, "line", d);
	return svg;
}
