/* SPDX-License-Identifier: Apache-2.0 */
/* One value in the forms that the desk's other systems want. */
import { h, icon } from "../client/dom.js";

const ORDER = Object.freeze(["csdldc", "bhyt", "xml130", "fhir"]);

/** copiesOf() - [{key, text}]: the number, then what was rendered. */
export function copiesOf(result) {
	const { identity = {}, renderings = {} } = result;
	const number = identity.id_number ?? identity.document_number;
	const copies = number ? [{ key: "copy_number", text: number }] : [];

	for (const name of ORDER)
		if (Object.hasOwn(renderings, name))
			copies.push({ key: `copy_${name}`,
				text: JSON.stringify(renderings[name], null, 2) });
	return copies;
}

/**
 * copyButtons() - a section, or null when there is nothing to copy. What
 * failed its proof is not copied anywhere.
 */
export function copyButtons(view, say, announce) {
	if (view.outcome === "failed")
		return null;
	const copies = copiesOf(view.result);
	const copy = async ({ key, text }) => {
		try {
			await navigator.clipboard.writeText(text);
			announce(say("copied", { what: say(key) }));
		} catch {
			announce(say("copy_failed"));
		}
	};

	if (copies.length === 0)
		return null;
	return {
		first: () => copy(copies[0]),
		element: h("section", { class: "copies" },
			h("h2", { text: say("copy") }),
			h("div", { class: "buttons" }, ...copies.map((one) =>
				h("button", { type: "button", class: "secondary",
					"aria-keyshortcuts": one === copies[0] ? "F4" : null,
					onclick: () => copy(one) },
				icon("copy"), h("span", { text: say(one.key) }))))),
	};
}
