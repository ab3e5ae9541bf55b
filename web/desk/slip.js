/* SPDX-License-Identifier: Apache-2.0 */
/* The slip of paper that goes with the citizen. */
import { groupDigits } from "../client/access-key.js";
import { h } from "../client/dom.js";
import { kindText, personName, personRows, reasonsOf }
	from "../client/person.js";

/* A slip is carried about: no family, no beliefs, no earlier numbers. */
const MEMBERS = new Set(["date_of_birth", "sex", "nationality",
	"place_of_residence", "date_of_issue", "date_of_expiry"]);

/** localTime() - date and time of the desk's place, or "". */
export function localTime(text, lang) {
	const time = new Date(text);

	return Number.isNaN(time.getTime()) ? "" : time.toLocaleString(
		lang === "en" ? "en-GB" : "vi-VN",
		{ dateStyle: "short", timeStyle: "short" });
}

/** fillSlip() - what printing this page gives; empty without a person. */
export function fillSlip(slip, view, { say, lang, config }) {
	slip.replaceChildren();
	if (view === null || view.outcome === "failed")
		return;
	const { result } = view;
	const identity = result.identity ?? {};
	const row = (label, text) => h("div", {},
		h("dt", { text: label }), h("dd", { text }));
	const number = identity.id_number
		? groupDigits(identity.id_number) : identity.document_number ?? "";

	slip.append(
		h("p", { class: "place-name",
			text: [config.organisation, config.desk].filter(Boolean)
				.join(" · ") }),
		h("h1", { text: say("slip_title") }),
		result.specimen === true
			? h("p", { class: "specimen", text: say("specimen") }) : "",
		h("p", { class: "verdict-word", text: say(view.outcome) }),
		view.outcome === "proven" ? "" : h("p", {
			text: reasonsOf(result, lang).join("; ") }),
		h("dl", {},
			row(kindText(identity, say), number),
			row(say("full_name"), personName(identity)),
			...personRows(identity, say)
				.filter(({ member }) => MEMBERS.has(member))
				.map(({ label, text }) => row(label, text)),
			row(say("slip_time"), localTime(result.time?.finished, lang)),
			row(say("transaction"), result.transaction ?? "")),
		h("p", { class: "small", text: say("slip_note") }));
}
