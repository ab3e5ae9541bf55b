/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events as text arrives: the HTML standard, 9.2.6. */

/* Longer than any event of the service; more is somebody else talking. */
const EVENT_MAX = 65536;

/**
 * Takes text in pieces of any length and gives back whole events. An event
 * is {type, id, data}; id is the last one seen, "" before the first.
 */
export class SseParser {
	#line = "";
	#afterReturn = false;
	#first = true;
	#type = "";
	#data = [];
	#size = 0;
	#id = "";
	retry = null;

	push(text) {
		const events = [];

		if (this.#first && text !== "") {
			this.#first = false;
			if (text.startsWith("\uFEFF"))
				text = text.slice(1);
		}
		for (const piece of this.#lines(text))
			this.#take(piece, events);
		return events;
	}

	/* CR, LF and CR LF end a line, also when split between two pieces. */
	* #lines(text) {
		let from = 0;

		for (let i = 0; i < text.length; i++) {
			const c = text[i];

			if (c === "\n" && this.#afterReturn) {
				this.#afterReturn = false;
				from = i + 1;
				continue;
			}
			this.#afterReturn = c === "\r";
			if (c !== "\n" && c !== "\r")
				continue;
			yield this.#line + text.slice(from, i);
			this.#line = "";
			from = i + 1;
		}
		this.#line += text.slice(from);
		if (this.#line.length + this.#size > EVENT_MAX)
			throw new RangeError("an event is too long");
	}

	#take(line, events) {
		if (line === "") {
			this.#dispatch(events);
			return;
		}
		const colon = line.indexOf(":");
		if (colon === 0)
			return;
		const name = colon < 0 ? line : line.slice(0, colon);
		let value = colon < 0 ? "" : line.slice(colon + 1);
		if (value.startsWith(" "))
			value = value.slice(1);
		this.#field(name, value);
	}

	#field(name, value) {
		if (name === "data") {
			this.#data.push(value);
			this.#size += value.length + 1;
			if (this.#size > EVENT_MAX)
				throw new RangeError("an event is too long");
		} else if (name === "event") {
			this.#type = value;
		} else if (name === "id" && !value.includes("\0")) {
			this.#id = value;
		} else if (name === "retry" && /^[0-9]{1,9}$/.test(value)) {
			this.retry = Number(value);
		}
	}

	#dispatch(events) {
		if (this.#data.length > 0)
			events.push({
				type: this.#type || "message",
				id: this.#id,
				data: this.#data.join("\n"),
			});
		this.#type = "";
		this.#data = [];
		this.#size = 0;
	}
}
