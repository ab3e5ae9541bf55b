/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by the letter of RFC 8259. JSON.parse keeps the last of two members
 * with one name and other readers the first, so that one text means two
 * things: here it means nothing. */

const DEPTH_MAX = 16;
const MEMBERS_MAX = 256;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANKS = /[ \t\r\n]*/y;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

class Reader {
	constructor(text) {
		this.text = text;
		this.at = 0;
	}

	fail() {
		throw new SyntaxError(`not strictly JSON at ${this.at}`);
	}

	take(pattern) {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.text);
		if (found === null)
			this.fail();
		this.at = pattern.lastIndex;
		return found[0];
	}

	/* After blanks. */
	peek() {
		this.take(BLANKS);
		return this.text[this.at];
	}

	expect(letter) {
		if (this.peek() !== letter)
			this.fail();
		this.at++;
	}

	string() {
		const value = JSON.parse(this.take(STRING));
		/* An escaped NUL ends a text for readers in C. */
		if (value.includes("\0") || LONE.test(value))
			this.fail();
		return value;
	}

	literal() {
		for (const [word, value] of
			[["true", true], ["false", false], ["null", null]]) {
			if (!this.text.startsWith(word, this.at))
				continue;
			this.at += word.length;
			return value;
		}
		return this.fail();
	}

	value(depth) {
		const letter = this.peek();
		if (letter === "{")
			return this.object(depth + 1);
		if (letter === "[")
			return this.array(depth + 1);
		if (letter === '"')
			return this.string();
		if (letter === "-" || (letter >= "0" && letter <= "9"))
			return Number(this.take(NUMBER));
		return this.literal();
	}

	/* Items up to the closing letter. */
	items(depth, close, one) {
		if (depth > DEPTH_MAX)
			this.fail();
		this.at++;
		if (this.peek() === close) {
			this.at++;
			return;
		}
		for (;;) {
			one();
			if (this.peek() === close) {
				this.at++;
				return;
			}
			this.expect(",");
		}
	}

	array(depth) {
		const array = [];
		this.items(depth, "]", () => array.push(this.value(depth)));
		return array;
	}

	object(depth) {
		/* A Map first: "__proto__" is a name like any other. */
		const members = new Map();
		this.items(depth, "}", () => {
			this.take(BLANKS);
			const from = this.at;
			const name = this.string();
			/* Escapes hide a name from whoever looks for its letters. */
			if (this.text.slice(from, this.at).includes("\\") ||
				members.has(name) ||
				members.size >= MEMBERS_MAX)
				this.fail();
			this.expect(":");
			members.set(name, this.value(depth));
		});
		return Object.fromEntries(members);
	}
}

/** One JSON object out of bytes; throws SyntaxError or TypeError. */
export function parseObject(bytes) {
	const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
		.decode(bytes);
	const reader = new Reader(text);
	if (reader.peek() !== "{")
		reader.fail();
	const object = reader.object(1);
	if (reader.peek() !== undefined)
		reader.fail();
	return object;
}
