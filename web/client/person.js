/* SPDX-License-Identifier: Apache-2.0 */
/* The person, the plain verdict, and the checks folded below. */
import { groupDigits } from "./access-key.js";
import { h, icon } from "./dom.js";
import { heading } from "./screens.js";
import { hasText } from "./texts.js";
import { checks as checkWords, reasons as reasonWords } from "./words.js";

const isText = (value) => typeof value === "string" && value !== "";

/** 1999-01-31 as 31/01/1999; a year or a month alone stays what it is. */
export function showDate(text) {
	return isText(text) ? text.split("-").reverse().join("/") : "";
}

const word = (table, code, lang) => Object.hasOwn(table, code)
	? table[code][lang] : code;

const reasonText = (code, lang) => word(reasonWords, code, lang);

/* Rows of the table of a person: member, and how it is shown. */
const place = (value) => isText(value?.text) ? value.text : "";
const ROWS = Object.freeze([
	["id_number", (v) => groupDigits(v), "number"],
	["document_number", (v) => v],
	["date_of_birth", showDate],
	["sex", (v, say, identity) => isText(identity.sex_text)
		? identity.sex_text : hasText(v) ? say(v) : ""],
	["nationality", (v) => v],
	["place_of_residence", place, "wide"],
	["place_of_origin", place, "wide"],
	["date_of_issue", showDate],
	["date_of_expiry", (v, say, identity) => identity.no_expiry
		? say("no_expiry") : showDate(v)],
	["old_numbers", (v) => Array.isArray(v) ? v.join(", ") : ""],
	["ethnicity", (v) => v],
	["religion", (v) => v],
	["personal_features", (v) => v, "wide"],
	["father_name", (v) => v],
	["mother_name", (v) => v],
	["spouse_name", (v) => v],
]);

/** personRows() - [{member, label, text, kind}], only what is there. */
export function personRows(identity, say) {
	const rows = [];

	for (const [member, show, kind = ""] of ROWS) {
		/* The number of an ID card is the end of its document number. */
		if (member === "document_number" && isText(identity.id_number))
			continue;
		if (!Object.hasOwn(identity, member))
			continue;
		const text = show(identity[member], say, identity);

		if (isText(text))
			rows.push({ member, label: say(member), text, kind });
	}
	return rows;
}

/** personName() - with diacritics, or the MRZ's where there is no other. */
export function personName(identity) {
	if (isText(identity.full_name))
		return identity.full_name;
	const { primary = "", secondary = "" } = identity.name_mrz ?? {};

	return `${primary} ${secondary}`.trim();
}

function portraitOf(view, say) {
	if (view.portrait) {
		const url = URL.createObjectURL(view.portrait);

		return { element: h("img", { class: "portrait", src: url,
			alt: say("portrait_alt") }),
		wipe: () => URL.revokeObjectURL(url) };
	}
	return { element: h("div", { class: "portrait none" }, icon("person"),
		h("span", { text: say("portrait_none") })), wipe: () => {} };
}

export function kindText(identity, say) {
	const key = `kind_${identity.document_kind ?? "other"}`;

	return say(hasText(key) ? key : "kind_other");
}

function personCard(view, say) {
	const identity = view.result.identity ?? {};
	const portrait = portraitOf(view, say);
	const name = personName(identity);

	return {
		wipe: portrait.wipe,
		element: h("section", { class: "person", "aria-label": say("person") },
			portrait.element,
			h("div", { class: "person-data" },
				name === "" ? null
					: h("h2", { class: "name", lang: "vi", text: name }),
				h("dl", {}, ...personRows(identity, say).map((row) =>
					h("div", { class: `row ${row.kind}` },
						h("dt", { text: row.kind === "number"
							? kindText(identity, say) : row.label }),
						h("dd", { lang: "vi", text: row.text })))))),
	};
}

const MARKS = Object.freeze({ proven: "check", failed: "cross",
	undetermined: "question" });

/**
 * reasonsOf() - why it is not proven, in plain words, each once: of the
 * checks that count and did not pass, and of what looks like a copied chip.
 */
export function reasonsOf(result, lang) {
	const found = [];

	for (const [id, check] of Object.entries(result.checks ?? {})) {
		const { verdict, mode, reason } = check ?? {};
		const missing = verdict === "not_supported" && mode === "mandatory";

		if (mode === "evaluatory" || verdict === "successful"
			|| (verdict === "not_supported" && !missing))
			continue;
		found.push({ failed: verdict === "failed",
			text: isText(reason) ? reasonText(reason, lang)
				: word(checkWords, id, lang) });
	}
	for (const reason of result.clone_suspicion?.reasons ?? [])
		found.push({ failed: true, text: reasonText(reason, lang) });
	/* What is wrong weighs more than what is missing. */
	const wrong = found.filter(({ failed }) => failed);
	const told = result.overall === "failed" && wrong.length > 0
		? wrong : found;

	return [...new Set(told.map(({ text }) => text))];
}

/** The verdict: a word, a mark and a colour, never the colour alone. */
export function verdictBand(view, say, lang) {
	const { outcome, result } = view;
	const reasons = outcome === "proven" ? [] : reasonsOf(result, lang);
	const title = heading(say(outcome));
	const words = h("div", { class: "verdict-words" }, title,
		h("p", { text: say(`${outcome}_body`) }));

	return {
		title,
		words,
		element: h("header", { class: `verdict ${outcome}`, role: "status" },
			h("div", { class: "badge" }, icon(MARKS[outcome])),
			words,
			reasons.length === 0 ? null
				: h("div", { class: "reasons" },
					h("p", { text: `${say("because")}:` }),
					h("ul", {}, ...reasons.slice(0, 4).map((text) =>
						h("li", { text }))))),
	};
}

export function specimenBanner(result, say) {
	return result.specimen === true
		? h("p", { class: "specimen" }, icon("warning"),
			h("strong", { text: say("specimen") })) : null;
}

const VERDICT_ICONS = Object.freeze({ successful: "check", failed: "cross",
	undetermined: "question", not_supported: "minus", aborted: "warning" });

function checkRow([id, check], say, lang) {
	const known = Object.hasOwn(VERDICT_ICONS, check.verdict);
	const verdict = known ? say(`verdict_${check.verdict}`)
		: String(check.verdict);
	const more = [isText(check.reason) ? reasonText(check.reason, lang) : "",
		check.mode === "evaluatory" ? say("not_counted") : ""];

	return h("tr", { class: known ? check.verdict : "undetermined" },
		h("th", { scope: "row", text: word(checkWords, id, lang) }),
		h("td", { class: "mark" },
			icon(VERDICT_ICONS[check.verdict] ?? "question"),
			h("span", { text: verdict })),
		h("td", { text: more.filter((text) => text !== "").join(" · ") }));
}

/* What did not pass stands first. */
const WEIGHT = Object.freeze({ failed: 0, aborted: 1, undetermined: 2,
	successful: 3, not_supported: 4 });

/** The fold of checks, an element <details>. */
export function checksFold(result, say, lang) {
	const weight = ([, { verdict }]) => WEIGHT[verdict] ?? 2;
	const rows = Object.entries(result.checks ?? {})
		.filter(([, check]) => check !== null && typeof check === "object")
		.sort((a, b) => weight(a) - weight(b));
	const passed = rows.filter(([, { verdict }]) => verdict === "successful");
	const head = ["check", "verdict", "reason"].map((key) =>
		h("th", { scope: "col", text: say(key) }));

	return h("details", { class: "checks" },
		h("summary", { "aria-keyshortcuts": "F8" },
			h("span", { text: say("checks") }),
			h("span", { class: "count", text: say("checks_count",
				{ n: rows.length, m: passed.length }) })),
		h("table", {}, h("thead", {}, h("tr", {}, ...head)),
			h("tbody", {}, ...rows.map((row) => checkRow(row, say, lang)))),
		h("p", { class: "code" }, `${say("transaction")}: `,
			h("code", { text: result.transaction ?? "" })));
}

/*
 * What a card says that failed its proof is covered, so that nobody types it
 * over by habit.
 */
function cover(element, say) {
	const show = h("button", { type: "button", class: "secondary" },
		h("span", { text: say("show_anyway") }));
	const box = h("div", { class: "covered" },
		h("p", { text: say("held_back") }), show);

	element.hidden = true;
	show.addEventListener("click", () => {
		element.hidden = false;
		box.remove();
	});
	return [box, element];
}

/** personView() - {card: [elements], wipe()} for the screen "done". */
export function personView(view, say) {
	const card = personCard(view, say);

	card.element.classList.toggle("doubtful", view.outcome === "failed");
	return { wipe: card.wipe, elements: view.outcome === "failed"
		? cover(card.element, say) : [card.element] };
}
