/* SPDX-License-Identifier: Apache-2.0 */
/* The field for a number, a scan or MRZ lines, and the three of a document. */
import { faultOf, keyFromText } from "./access-key.js";
import { h, icon } from "./dom.js";

/* First lines of a zone that a scanner sends one by one, each with Enter. */
function isPartOfMrz(text) {
	const joined = text.toUpperCase().replace(/\s+/g, "");

	return /^[A-Z][A-Z0-9<]+$/.test(joined)
		&& [30, 60, 44, 36].includes(joined.length);
}

const DATE = /^\s*(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})\s*$/;

/* 31/12/1999 as 1999-12-31; null when it is no date. */
export function isoDate(text) {
	const parts = DATE.exec(text);

	if (parts === null)
		return null;
	const [, day, month, year] = parts.map(Number);
	const date = new Date(Date.UTC(year, month - 1, day));

	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
		? date.toISOString().slice(0, 10) : null;
}

const quiet = Object.freeze({ autocomplete: "off", autocapitalize: "off",
	autocorrect: "off", spellcheck: "false" });

let count = 0;

function labelled(label, props) {
	const id = `field-${++count}`;
	const input = h("input", { type: "text", id, ...quiet, ...props });

	return { input, element: h("div", { class: "field" },
		h("label", { for: id, text: label }), input) };
}

function documentForm(say, onKey) {
	const number = labelled(say("document_number"), {});
	const birth = labelled(say("document_birth"), { inputmode: "numeric" });
	const expiry = labelled(say("document_expiry"), { inputmode: "numeric" });
	const fault = h("p", { class: "fault", role: "alert" });
	const submit = (event) => {
		const none = expiry.input.value.trim() === "";
		const value = { number: number.input.value.trim(),
			birth: isoDate(birth.input.value),
			expiry: none ? "none" : isoDate(expiry.input.value) };

		event.preventDefault();
		fault.textContent = "";
		if (value.number === "" || !value.birth || !value.expiry)
			fault.textContent = say("document_fault");
		else
			onKey({ type: "document", value });
	};

	return h("details", { class: "document" },
		h("summary", { text: say("document_summary") }),
		h("form", { onsubmit: submit, ...quiet },
			number.element, birth.element, expiry.element, fault,
			h("button", { type: "submit", class: "secondary" },
				h("span", { text: say("key_button") }))));
}

/**
 * keyForm() - {element, focus(), scan(text)}.
 * @onKey: is given {type, value}; the field is emptied then
 */
export function keyForm(say, onKey) {
	const id = `key-${++count}`;
	const input = h("input", { type: "text", id, inputmode: "text", ...quiet,
		class: "key-input", "aria-describedby": `${id}-hint ${id}-fault` });
	const hint = h("p", { class: "hint", id: `${id}-hint`,
		text: say("key_hint") });
	const fault = h("p", { class: "fault", id: `${id}-fault`, role: "alert" });

	const refuse = (text) => {
		const { fault: kind, digits } = faultOf(text);

		fault.replaceChildren(icon("warning"), h("span",
			{ text: say(`key_fault_${kind}`, { n: digits }) }));
		input.setAttribute("aria-invalid", "true");
		input.focus();
	};
	const take = (text) => {
		const key = keyFromText(text);

		if (key === null) {
			refuse(text);
			return;
		}
		input.value = "";
		onKey(key);
	};
	const submit = (event) => {
		event.preventDefault();
		if (isPartOfMrz(input.value) && keyFromText(input.value) === null)
			input.value += " ";
		else
			take(input.value);
	};

	input.addEventListener("input", () => {
		const digits = input.value.replace(/[\s.-]+/g, "");

		fault.replaceChildren();
		input.removeAttribute("aria-invalid");
		hint.textContent = /^\d{1,12}$/.test(digits)
			? say("key_count", { n: digits.length }) : say("key_hint");
	});
	return {
		element: h("div", { class: "key-forms" },
			h("form", { class: "key-form", onsubmit: submit, ...quiet },
				h("label", { for: id, text: say("key_label") }),
				input, hint, fault,
				h("button", { type: "submit", class: "primary" },
					icon("card"), h("span", { text: say("key_button") }))),
			documentForm(say, onKey)),
		focus: () => input.focus(),
		scan: take,
	};
}
