/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry says about the person, or why it does not. */
import { h, icon } from "../client/dom.js";
import { hasText } from "../client/texts.js";
import { localTime } from "./slip.js";

const MARKS = Object.freeze({ pending: "wave", match: "check",
	mismatch: "cross", not_found: "question", undetermined: "warning" });

/* States that the person at the desk must not overlook. */
const ALARMS = Object.freeze(["mismatch", "not_found"]);

const FIELDS = Object.freeze({ id_number: "id_number",
	name: "full_name", date_of_birth: "date_of_birth", sex: "sex",
	old_number: "old_numbers",
	residence: "place_of_residence", origin: "place_of_origin",
	father_name: "father_name", mother_name: "mother_name",
	spouse_name: "spouse_name" });

/* Told even when the registry lacks them. */
const CORE = Object.freeze(["name", "date_of_birth"]);
const ORDER = Object.freeze(["differs", "missing", "match"]);

/* Sentences for the gateway's reasons; see docs/gateway-connectors.md. */
const REASONS = Object.freeze({
	ambiguous: ["ambiguous"], other_person: ["other_person"],
	data: ["question_incomplete", "field_missing"],
	network: ["name_unresolved", "unreachable", "broken_off"],
	time_out: ["time_out"], circuit_open: ["circuit_open"],
	tls: ["tls", "tls_untrusted", "tls_expired", "tls_client"],
	refused: ["unauthorised", "token", "refused"],
	answer: ["fault", "http_status", "redirected", "content_type",
		"too_large", "malformed", "forbidden_markup", "namespace",
		"database"],
	gateway: ["gateway"],
});

function fieldRow(say, [field, word]) {
	const key = `registry_field_${word}`;

	return h("div", { class: `row ${word}` },
		h("dt", { text: Object.hasOwn(FIELDS, field)
			? say(FIELDS[field]) : field }),
		h("dd", { text: hasText(key) ? say(key) : String(word) }));
}

/**
 * rowsOf() - [field, word] as the desk shows them: what differs first, and
 * nothing of what neither side has. Where nothing was compared, "no name"
 * would be read as something about the person.
 */
export function rowsOf(fields) {
	const all = Object.entries(fields ?? {});

	if (all.every(([, word]) => word === "missing"))
		return [];
	return all.filter(([field, word]) => word !== "missing"
		|| CORE.includes(field))
		.sort(([, a], [, b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

/** sourceText() - a connector's name in the desk's words, or as it is. */
export function sourceText(name, texts, lang) {
	const own = texts && Object.hasOwn(texts, name) ? texts[name] : null;

	return own?.[lang] ?? name;
}

/** whyText() - why there is no answer, in plain words, or "". */
export function whyText({ reason, problem }, say, lang) {
	if (problem)
		return `${problem.text(lang)} (${problem.code})`;
	if (typeof reason !== "string")
		return "";
	const [word] = Object.entries(REASONS)
		.find(([, codes]) => codes.includes(reason)) ?? ["other"];

	return `${say(`registry_why_${word}`)} (${reason})`;
}

/* What to do, and by which name the administrator finds it. */
function whatNow({ request_id: id }, say) {
	return [h("p", { class: "why now", text: say("registry_what_now") }),
		...typeof id === "string" && id !== "" ? [h("p", {
			class: "request",
			text: `${say("registry_request")}: ${id}` })] : []];
}

/**
 * createRegistryPanel() - {element, top, show(answer), clear()}; hidden until
 * it is shown, so a desk without a gateway never sees it. @top is a line for
 * the banner of the verdict, there for "mismatch" and "not_found".
 *
 * @answer: {registry, fields, observed_at, source, reason, request_id} as the
 * gateway gives it, {registry: "pending"}, or "undetermined" with a problem.
 * A word not known is "undetermined": nothing but "match" is a match.
 * @sources: {name: {vi, en}}, what the desk calls the gateway's connectors.
 */
export function createRegistryPanel(say, lang, sources = {}) {
	const element = h("section", { class: "registry", hidden: true,
		"aria-live": "polite", "aria-label": say("registry") });
	const top = h("p", { class: "registry-top", hidden: true });

	const alarm = (state) => {
		top.hidden = !ALARMS.includes(state);
		top.replaceChildren(...top.hidden ? [] : [icon(MARKS[state]),
			h("strong", { text: say(`registry_top_${state}`) })]);
	};

	return {
		element,
		top,
		clear() {
			alarm(null);
			element.hidden = true;
			element.replaceChildren();
		},
		show(answer) {
			const { registry, fields, observed_at: at = "", source = "" }
				= answer;
			const state = Object.hasOwn(MARKS, registry)
				? registry : "undetermined";
			const when = [sourceText(source, sources, lang),
				localTime(at, lang)].filter(Boolean);
			const why = state === "undetermined"
				? whyText(answer, say, lang) : "";

			element.className = `registry ${state}`;
			element.replaceChildren(
				h("h2", { text: say("registry") }),
				h("p", { class: "word" }, icon(MARKS[state]),
					h("strong", { text: say(`registry_${state}`) })),
				...why === "" ? [] : [h("p", { class: "why",
					text: why })],
				...state === "undetermined"
					? whatNow(answer, say) : [],
				h("dl", {}, ...rowsOf(fields)
					.map((entry) => fieldRow(say, entry))),
				h("p", { class: "when" }, ...when.map((text) =>
					h("span", { text }))));
			element.hidden = false;
			alarm(state);
		},
	};
}
