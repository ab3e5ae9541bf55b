/* SPDX-License-Identifier: Apache-2.0 */
/* What the population database says about the person, or why it does not. */
import { h, icon } from "../client/dom.js";
import { hasText } from "../client/texts.js";
import { showDate } from "../client/person.js";

const MARKS = Object.freeze({ pending: "wave", match: "check",
	mismatch: "cross", not_found: "question", undetermined: "warning" });

const FIELDS = Object.freeze({ name: "full_name",
	date_of_birth: "date_of_birth", sex: "sex",
	residence: "place_of_residence" });

function fieldRow(say, [field, word]) {
	const key = `registry_field_${word}`;

	return h("div", { class: `row ${word}` },
		h("dt", { text: Object.hasOwn(FIELDS, field)
			? say(FIELDS[field]) : field }),
		h("dd", { text: hasText(key) ? say(key) : String(word) }));
}

/**
 * createRegistryPanel() - {element, show(answer), clear()}; hidden until it
 * is shown, so a desk without a gateway never sees it.
 *
 * @answer: {registry, fields, observed_at, source} as the gateway gives it,
 * or {registry: "pending"}. A word not known is "undetermined": nothing but
 * "match" is a match.
 */
export function createRegistryPanel(say) {
	const element = h("section", { class: "registry", hidden: true,
		"aria-live": "polite", "aria-label": say("registry") });

	return {
		element,
		clear() {
			element.hidden = true;
			element.replaceChildren();
		},
		show({ registry, fields = {}, observed_at: at = "", source = "" }) {
			const state = Object.hasOwn(MARKS, registry)
				? registry : "undetermined";
			const when = [source, showDate(at.slice(0, 10))]
				.filter(Boolean).join(" · ");

			element.className = `registry ${state}`;
			element.replaceChildren(
				h("h2", { text: say("registry") }),
				h("p", { class: "word" }, icon(MARKS[state]),
					h("strong", { text: say(`registry_${state}`) })),
				h("dl", {}, ...Object.entries(fields)
					.map((entry) => fieldRow(say, entry))),
				h("p", { class: "when", text: when }));
			element.hidden = false;
		},
	};
}
