/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the client that need no service. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { createWedge, faultOf, groupDigits, keyFromText }
	from "../../web/client/access-key.js";
import * as client from "../../web/client/cccd.js";
import { CccdError, allProblems, accessKeyOf, makeNonce }
	from "../../web/client/cccd.js";
import { isoDate } from "../../web/client/key-form.js";
import { personName, personRows, reasonsOf, showDate }
	from "../../web/client/person.js";
import { requestOf } from "../../web/client/read.js";
import { SseParser } from "../../web/client/sse.js";
import { createSay, textKeys } from "../../web/client/texts.js";
import { createBackoff, createGuard, sleep } from "../../web/client/time.js";
import { firstView, fraction, hasCard, outcomeOf, reduce }
	from "../../web/client/view.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFile(new URL(path, root), "utf8");
const sample = async (name) =>
	JSON.parse(await read(`tests/web/samples/${name}.json`));

const STREAM = "\uFEFF: hello\r\nid: 7\r\nevent: card.present\r\n"
	+ "data: {\"a\":\r\ndata:  1}\r\n\r\nid\rdata\r\rretry: 250\n"
	+ "data:x\nunknown: y\n\nevent: empty\n\n";
const EVENTS = [
	{ type: "card.present", id: "7", data: "{\"a\":\n 1}" },
	{ type: "message", id: "", data: "" },
	{ type: "message", id: "", data: "x" },
];

test("sse parser takes a stream cut at any place", () => {
	for (let size = 1; size <= STREAM.length; size++) {
		const parser = new SseParser();
		const events = [];

		for (let at = 0; at < STREAM.length; at += size)
			events.push(...parser.push(STREAM.slice(at, at + size)));
		assert.deepEqual(events, EVENTS, `in pieces of ${size}`);
		assert.equal(parser.retry, 250);
	}
});

test("sse parser keeps the last id and refuses one with NUL", () => {
	const parser = new SseParser();

	assert.deepEqual(parser.push("id: 3\ndata: a\n\nid: 4\0\ndata: b\n\n")
		.map(({ id }) => id), ["3", "3"]);
});

test("sse parser refuses an endless line and an endless event", () => {
	assert.throws(() => new SseParser().push("data: ".padEnd(70000, "x")),
		RangeError);
	const parser = new SseParser();

	assert.throws(() => {
		for (let i = 0; i < 100; i++)
			parser.push(`data: ${"x".repeat(1000)}\n`);
	}, RangeError);
});

test("backoff grows, has a cap, spreads and starts anew", () => {
	for (const random of [0, 0.5, 0.999]) {
		const pauses = createBackoff(
			{ first: 100, cap: 1000, random: () => random });
		const seen = Array.from({ length: 40 }, () => pauses.next());

		seen.forEach((ms, n) => {
			const whole = Math.min(1000, 100 * 2 ** Math.min(n, 30));

			assert.ok(ms >= whole / 2 && ms <= whole, `${n}: ${ms}`);
		});
		pauses.reset();
		assert.equal(pauses.next(), seen[0]);
	}
});

test("sleep ends at once when it is aborted, before and after", async () => {
	const controller = new AbortController();
	const asleep = sleep(1e6, controller.signal);

	controller.abort(new Error("enough"));
	await assert.rejects(asleep, /enough/);
	await assert.rejects(sleep(1e6, controller.signal), /enough/);
	await sleep(1);
});

test("guard aborts late or with its signal, and says which", async () => {
	const late = createGuard();
	const left = new AbortController();
	const followed = createGuard(left.signal);

	late.touch(1);
	await new Promise((end) => late.signal.addEventListener("abort", end));
	assert.equal(late.late, true);
	left.abort();
	assert.equal(followed.signal.aborted, true);
	assert.equal(followed.late, false);
	assert.equal(createGuard(left.signal).signal.aborted, true);
});

test("error takes the service's words and ignores what it does not know",
	() => {
		const error = CccdError.fromProblem({ code: "reader_busy",
			status: 409, retryable: true, next: "wait_and_retry",
			stage: "pace", tries_left: 2, trace_id: "t",
			messages: { vi: "Bận.", en: "Busy." }, more: [1] },
		{ retryAfter: 3 });

		assert.deepEqual([error.code, error.status, error.retryable,
			error.stage, error.triesLeft, error.traceId,
			error.retryAfter, error.text("vi"), error.text("en")],
		["reader_busy", 409, true, "pace", 2, "t", 3, "Bận.", "Busy."]);
		assert.match(error.nextStep(), /Đóng chương trình/);
		assert.ok(error instanceof Error);
	});

test("error of a code not known still has words", () => {
	const error = CccdError.fromProblem({ code: "of_the_future", status: 499,
		next: "of_the_future" });

	assert.equal(error.code, "of_the_future");
	assert.equal(error.text(), allProblems.internal.vi);
	assert.equal(error.nextStep(), "");
	for (const odd of [null, 5, "x", [], { code: 7 }])
		assert.equal(CccdError.fromProblem(odd).code, "protocol_error");
	assert.equal(new CccdError("constructor").text(),
		allProblems.internal.vi);
});

test("every problem has both languages and a step that has them", () => {
	for (const code of Object.keys(allProblems)) {
		const error = new CccdError(code);

		assert.notEqual(error.text("vi"), "", code);
		assert.notEqual(error.text("en"), "", code);
		assert.notEqual(error.text("vi"), error.text("en"), code);
		if (error.next !== "none")
			assert.notEqual(error.nextStep("vi"), "", code);
	}
});

test("every problem of the schema is known", async () => {
	const schema = JSON.parse(await read("docs/api/problem.schema.json"));

	for (const code of schema.properties.code.enum)
		assert.ok(Object.hasOwn(allProblems, code), code);
});

test("access key of options is one, and never a PIN", () => {
	assert.deepEqual(accessKeyOf({ can: "000001" }),
		{ type: "can", value: "000001" });
	assert.equal(accessKeyOf({ scopes: [] }), null);
	assert.throws(() => accessKeyOf({ can: "1", qr: "2" }), CccdError);
	assert.throws(() => accessKeyOf({ pin: "1234" }), CccdError);
});

test("request of options says only what was given", () => {
	assert.deepEqual(requestOf({ rp: "a", scopes: ["id"], nonce: "n",
		requiredChecks: ["data_groups"], idNumber: "001199000001",
		signal: null, audience: undefined, via: "websocket" }),
	{ rp: "a", scopes: ["id"], nonce: "n",
		required_checks: ["data_groups"] });
	assert.deepEqual(requestOf({ rp: "a", reader: "any", scopes: ["raw"],
		nonce: "n", requestJwt: "e.y.s" }),
	{ rp: "a", reader: "any", request_jwt: "e.y.s" });
});

const MRZ = "IDVNM1990000016001199000001<<8\n"
	+ "9901017F3901018VNM<<<<<<<<<<<6\nNGUYEN<<THI<MAU<<<<<<<<<<<<<<<";
const QR = "001199000001|001000001|Nguyễn Thị Mẫu|01011999|Nữ|"
	+ "Số 1 phố Mẫu, Hà Nội|10052022";

test("a typed or scanned text is taken for what it is", () => {
	const kinds = [
		["001199000001", "id_number"], [" 001 199 000 001 ", "id_number"],
		["001.199.000.001", "id_number"], ["000001", "can"],
		[MRZ, "mrz"], [MRZ.toLowerCase(), "mrz"],
		[MRZ.replaceAll("\n", " "), "mrz"],
		["199000001699010173901018", "mrz"], [QR, "qr"],
		/* Through Telex, and with a bar that a layout has changed. */
		["001199000001}001000001}Nguyễn Thị Maaux}01011999}Nuwx}", "qr"],
		["", null], ["00119900000", null], ["0011990000012", null],
		["Nguyễn Thị Mẫu", null],
	];

	for (const [text, type] of kinds)
		assert.equal(keyFromText(text)?.type ?? null, type, text);
	assert.equal(keyFromText(" 001 199 000 001").value, "001199000001");
	assert.equal(keyFromText(QR).value, QR, "as it arrived");
	assert.deepEqual(faultOf("00119"), { fault: "digits", digits: 5 });
	assert.equal(faultOf("  ").fault, "empty");
	assert.equal(faultOf("abc").fault, "unknown");
	assert.equal(groupDigits("001199000001").replaceAll("\u00A0", " "),
		"001 199 000 001");
	assert.equal(groupDigits("C1234567"), "C1234567");
});

test("wedge hears a scanner and not a person", () => {
	const type = (wedge, text, gap, from = 0) => [...text].reduce(
		(at, key) => (assert.equal(wedge.feed(key, at), null), at + gap),
		from);
	const scanner = createWedge();
	const at = type(scanner, QR, 4);

	assert.equal(scanner.feed("Shift", at), null);
	assert.equal(scanner.feed("Enter", at + 4), QR);
	assert.equal(scanner.feed("Enter", at + 8), null, "only once");
	const person = createWedge();

	assert.equal(person.feed("Enter", type(person, QR, 180)), null);
	const short = createWedge();

	assert.equal(short.feed("Enter", type(short, "00119", 4)), null);
	const broken = createWedge();

	broken.feed("ArrowLeft", type(broken, QR.slice(0, 30), 4));
	assert.equal(broken.feed("Enter", 124), null);
});

test("dates are read as people write them here", () => {
	assert.equal(isoDate("31/12/1999"), "1999-12-31");
	assert.equal(isoDate(" 1-2-2000 "), "2000-02-01");
	for (const bad of ["31/02/1999", "1999-12-31", "12/31/1999", ""])
		assert.equal(isoDate(bad), null, bad);
	assert.equal(showDate("1999-12-31"), "31/12/1999");
	assert.equal(showDate("1999"), "1999");
	assert.equal(showDate(null), "");
});

/* A view after a list of inputs. */
const after = (...inputs) => inputs.reduce(reduce, firstView());
const reader = { id: "a", name: "A", kind: "pcsc", state: "idle",
	card_present: false };
const connected = { type: "connected", readers: [reader] };
const begin = { type: "begin", scopes: ["id", "portrait"] };

test("view follows readers and cards while nobody is served", () => {
	assert.equal(after(connected).screen, "ready");
	assert.equal(after({ type: "connected", readers: [] }).screen,
		"no_reader");
	assert.equal(after({ type: "connected", readers:
		[{ ...reader, state: "unavailable" }] }).screen, "no_reader");
	assert.equal(after(connected, { type: "reader.removed", reader }).screen,
		"no_reader");
	assert.equal(after({ type: "connected", readers: [] },
		{ type: "reader.added", reader }).screen, "ready");
	assert.equal(hasCard(after(connected,
		{ type: "card.present", reader: { id: "a" } })), true);
	assert.equal(hasCard(after(connected,
		{ type: "card.present", reader: { id: "a" } },
		{ type: "card.removed", reader: { id: "a" } })), false);
	assert.equal(after(connected, { type: "card.present" }).screen, "ready");
});

test("view goes through a read, and its steps with it", () => {
	const reading = after(connected, begin,
		{ type: "session.state", state: "reading" },
		{ type: "step.started", step: "pace" },
		{ type: "step.started", step: "dg14" },
		{ type: "step.started", step: "dg13" });

	assert.equal(reading.screen, "reading");
	assert.deepEqual(reading.steps.map(({ id, state }) => `${id} ${state}`),
		["open done", "chip done", "data active", "signature todo",
			"portrait todo"]);
	const before = fraction(reading);
	const portrait = [{ type: "step.started", step: "portrait" },
		{ type: "progress", file: "dg2", done: 50, total: 100 }]
		.reduce(reduce, reading);

	assert.ok(before > 0.2 && before < fraction(portrait));
	assert.ok(fraction(portrait) < 1);
	const lifted = reduce(reading, { type: "prompt.required", kind: "card" });

	assert.equal(lifted.lost, true);
	assert.equal(reduce(lifted,
		{ type: "session.state", state: "reading" }).lost, false);
	const failed = reduce(reading, { type: "step.finished",
		step: "conclude", check: "chip_authentication", verdict: "failed" });

	assert.equal(failed.steps[1].state, "failed");
	assert.equal(after(connected, { type: "begin", scopes: ["id"] })
		.steps.length, 4, "no portrait, no step for it");
});

test("view keeps an open question whatever older events tell", () => {
	const asked = after(connected, begin,
		{ type: "ask_key", problem: null },
		{ type: "session.state", state: "awaiting_card" });

	assert.equal(asked.screen, "ask_key");
	assert.equal(after(connected, begin, { type: "ask_consent" },
		{ type: "session.state", state: "awaiting_consent" }).screen,
	"consent");
	assert.equal(after(connected, begin,
		{ type: "session.state", state: "awaiting_consent" }).screen,
	"agent");
});

test("view forgets the person at once", async () => {
	const result = await sample("proven");
	const done = after(connected, begin, { type: "done", result,
		token: "t", portrait: {}, portraitProblem: null });

	assert.equal(done.outcome, "proven");
	for (const input of [{ type: "reset" }, begin,
		{ type: "failed", problem: new CccdError("card_mute") }]) {
		const text = JSON.stringify(reduce(done, input));

		assert.doesNotMatch(text, /Nguy|001199|"t"/, input.type);
	}
	/* What readers do does not take the person off the screen. */
	for (const input of [{ type: "reader.removed", reader }, connected,
		{ type: "unreachable", problem: new CccdError("service_timeout") },
		{ type: "step.started", step: "pace", unknown: 1 }]) {
		const next = reduce(done, input);

		assert.equal(next.result, result, input.type);
	}
	assert.equal(reduce(done, { type: "of.the.future" }), done);
	assert.equal(reduce(done, { type: "toString" }), done);
});

test("only the word successful is proven", () => {
	const words = { successful: "proven", failed: "failed",
		undetermined: "undetermined", aborted: "undetermined",
		not_supported: "undetermined", Successful: "undetermined",
		better: "undetermined" };

	for (const [overall, outcome] of Object.entries(words))
		assert.equal(outcomeOf({ overall }), outcome, overall);
	assert.equal(outcomeOf(null), "undetermined");
	assert.equal(outcomeOf({ overall: true }), "undetermined");
});

test("view tells what keeps a page from the service", () => {
	const unreachable = (code) => after({ type: "unreachable",
		problem: new CccdError(code) }).screen;

	assert.equal(unreachable("service_unreachable"), "unreachable");
	assert.equal(unreachable("permission_denied"), "blocked");
	assert.equal(after({ type: "permission" }).screen, "permission");
	assert.equal(after({ type: "permission" }, connected).screen, "ready");
});

test("reasons are plain, each once, and the wrong before the missing",
	async () => {
		assert.deepEqual(reasonsOf(await sample("proven"), "vi"), []);
		assert.deepEqual(reasonsOf(await sample("undetermined"), "vi"),
			["chưa có chứng thư CSCA của cơ quan cấp",
				"khoá chưa được chữ ký bảo đảm"]);
		assert.deepEqual(reasonsOf(await sample("clone"), "en"),
			["the chip did not prove its key",
				"the chip did not prove its key: perhaps a clone"]);
		assert.deepEqual(reasonsOf({ overall: "failed", checks: {
			future_check: { verdict: "failed", mode: "mandatory",
				reason: "of_the_future" } } }, "vi"), ["of_the_future"]);
	});

test("rows of a person show what is there, as people write it", async () => {
	const { identity } = await sample("proven");
	const rows = Object.fromEntries(personRows(identity, createSay("vi"))
		.map(({ member, text }) => [member, text]));

	assert.equal(personName(identity), "Nguyễn Thị Mẫu");
	assert.equal(rows.date_of_birth, "01/01/1999");
	assert.equal(rows.sex, "Nữ");
	assert.equal(rows.document_number, undefined);
	assert.deepEqual(personRows({ date_of_expiry: null, no_expiry: true,
		sex: "female", old_numbers: ["1", "2"], place_of_origin: null,
		toString: "x" }, createSay("en")).map(({ text }) => text),
	["female", "no expiry", "1, 2"]);
	assert.equal(personName({ name_mrz: { primary: "NGUYEN",
		secondary: "THI MAU" } }), "NGUYEN THI MAU");
	assert.equal(personName({}), "");
});

test("every sentence stands in both languages with the same gaps", () => {
	const [vi, en] = [createSay("vi"), createSay("en")];
	const gaps = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

	for (const key of textKeys) {
		assert.notEqual(vi(key), "", key);
		assert.deepEqual(gaps(vi(key)), gaps(en(key)), key);
	}
	assert.throws(() => vi("no_such_key"), RangeError);
	assert.equal(vi("idle", { n: 5 }), "Tự xoá sau 5 giây");
});

test("every key that a module says is a sentence", async () => {
	const files = ["client/screens.js", "client/key-form.js",
		"client/person.js", "client/cccd-reader.js", "desk/desk.js",
		"desk/copies.js", "desk/slip.js", "desk/registry-panel.js",
		"desk/registry-check.js"];

	for (const file of files)
		for (const [, key] of (await read(`web/${file}`))
			.matchAll(/\bsay\("([a-z_0-9]+)"/g))
			assert.ok(textKeys.includes(key), `${file}: ${key}`);
});

test("nonce is 256 random bits in base64url", () => {
	const nonce = makeNonce({ getRandomValues: (b) => b.fill(0xFB) });

	assert.match(nonce, /^[A-Za-z0-9_-]{43}$/);
});

test("types name every export", async () => {
	const types = await read("web/client/cccd.d.ts");

	for (const name of Object.keys(client))
		assert.match(types, new RegExp(
			`export (class|const|function) ${name}\\b`), name);
	for (const name of Object.keys(client.createClient()))
		assert.match(types, new RegExp(`\\b${name}[(:]`), name);
});

test("no module writes to the console, parses markup or sets a style",
	async () => {
		const { readdir } = await import("node:fs/promises");

		for (const folder of ["web/client/", "web/desk/"])
			for (const file of await readdir(new URL(folder, root))) {
				if (!file.endsWith(".js"))
					continue;
				assert.doesNotMatch(await read(folder + file),
					/console\.|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\b|localStorage|sessionStorage|document\.cookie/,
					folder + file);
			}
	});
