/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the desk that need no service. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { createSay } from "../../web/client/texts.js";
import { sleep } from "../../web/client/time.js";
import { copiesOf } from "../../web/desk/copies.js";
import { createIdle } from "../../web/desk/idle.js";
import { createRegistryCheck } from "../../web/desk/registry-check.js";
import { rowsOf, sourceText, whyText } from "../../web/desk/registry-panel.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFile(new URL(path, root), "utf8");
const sample = async (name) =>
	JSON.parse(await read(`tests/web/samples/${name}.json`));

test("copies are the renderings, word for word", async () => {
	const result = await sample("proven");
	const copies = copiesOf(result);

	assert.deepEqual(copies.map(({ key }) => key), ["copy_number",
		"copy_csdldc", "copy_bhyt", "copy_xml130", "copy_fhir"]);
	assert.equal(copies[0].text, "001199000001");
	for (const { key, text } of copies.slice(1))
		assert.deepEqual(JSON.parse(text),
			result.renderings[key.slice(5)]);
	assert.deepEqual(copiesOf({}), []);
});

test("idle seconds run out once, and a touch begins them anew", () => {
	const counts = [];
	let over = 0;
	let tick = null;
	const idle = createIdle({ seconds: 40, onCount: (n) => counts.push(n),
		onOver: () => over++, every: (work) => (tick = work, 1),
		stop: () => (tick = null) });

	idle.begin();
	for (let i = 0; i < 10; i++)
		tick();
	assert.equal(counts.at(-1), 30);
	idle.touch();
	assert.equal(counts.at(-1), null);
	for (let i = 0; i < 39; i++)
		tick();
	assert.equal(over, 0);
	tick();
	assert.equal(over, 1);
	assert.equal(tick, null);
	const never = createIdle({ seconds: 0, onCount() {}, onOver() {},
		every: () => assert.fail("counts") });

	never.begin();
	never.touch();
});

/* A server of the page that answers by the path, and what it was asked. */
function registryServer(answers) {
	const asked = [];
	const fetch = async (path, { body, signal }) => {
		asked.push([path, JSON.parse(body)]);
		const answer = await answers[path]?.(signal);

		if (answer === undefined)
			throw new TypeError("Failed to fetch");
		return { ok: (answer.status ?? 200) < 300,
			json: async () => answer.body };
	};

	return { asked, check: createRegistryCheck({ fetch }) };
}

const told = (check, token) => new Promise((resolve) => {
	const all = [];

	check.look(token, (answer) => {
		all.push(answer);
		if (answer.registry !== "pending")
			resolve(all);
	});
});

const NONCE = () => ({ body: { nonce: "n".repeat(43) } });

test("an assertion is sent once, however often it is looked at", async () => {
	const { asked, check } = registryServer({ "registry/nonce": NONCE,
		"registry/check": () => ({ body: { registry: "match" } }) });

	assert.equal(await check.nonce(), "n".repeat(43));
	assert.deepEqual((await told(check, "a.b.c"))
		.map(({ registry }) => registry), ["pending", "match"]);
	assert.deepEqual(await told(check, "a.b.c"), [{ registry: "match" }]);
	assert.deepEqual(asked, [["registry/nonce", {}],
		["registry/check", { assertion: "a.b.c" }]]);
});

test("without a nonce nothing is asked of the registry", async () => {
	const problem = { status: 503, body: { code: "store_unavailable",
		messages: { vi: "Không kết nối được.", en: "Not reached." } } };
	const cases = [[() => problem, /^Không kết nối được\. \(store_unavail/],
		[() => undefined, /^Máy chủ của trang/],
		[() => ({ body: {} }), /^Máy chủ của trang/],
		[() => ({ body: null }), /^Máy chủ của trang/]];

	for (const [nonce, words] of cases) {
		const { asked, check } = registryServer({
			"registry/nonce": nonce });

		assert.equal(await check.nonce(), null);
		const [, answer] = await told(check, "a.b.c");

		assert.equal(answer.registry, "undetermined");
		assert.match(whyText(answer, createSay("vi"), "vi"), words);
		assert.equal(asked.length, 1);
		/* One bad turn is no reason for the next. */
		assert.equal(asked[0][0], "registry/nonce");
	}
});

test("what comes for a citizen who has left is not told", async () => {
	let stopped = null;
	let begun = null;
	const here = new Promise((resolve) => {
		begun = resolve;
	});
	const { check } = registryServer({ "registry/nonce": NONCE,
		"registry/check": (signal) => new Promise((resolve, reject) => {
			stopped = signal;
			signal.addEventListener("abort", () => reject(signal.reason));
			begun();
		}) });
	const all = [];

	await check.nonce();
	check.look("a.b.c", (answer) => all.push(answer.registry));
	await here;
	check.forget();
	await sleep(0);
	assert.equal(stopped.aborted, true);
	assert.deepEqual(all, ["pending"]);
});

test("every reason of the connectors has a sentence of its own", async () => {
	const text = await read("docs/gateway-connectors.md");
	const table = text.slice(text.indexOf("| Reason |"));
	const codes = [...table.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
	const say = createSay("vi");

	assert.ok(codes.length > 20);
	for (const code of codes.filter((one) => one !== "unsupported"))
		assert.doesNotMatch(whyText({ reason: code }, say, "vi"),
			/^Chưa có câu trả lời/, code);
	assert.match(whyText({ reason: "of_the_future" }, say, "vi"),
		/^Chưa có câu trả lời.*of_the_future/);
	assert.equal(whyText({}, say, "vi"), "");
});

test("a check shows what was compared, what differs first", () => {
	assert.deepEqual(rowsOf({ id_number: "match", name: "missing",
		date_of_birth: "differs", origin: "missing" }),
	[["date_of_birth", "differs"], ["name", "missing"],
		["id_number", "match"]]);
	assert.deepEqual(rowsOf({ name: "missing", date_of_birth: "missing" }),
		[]);
	assert.deepEqual(rowsOf(undefined), []);
});

test("a source has the desk's words, or its own name", async () => {
	const { sourceText: texts } = JSON.parse(
		await read("web/desk/desk.json"));

	assert.match(sourceText("stand-in", texts, "vi"), /giả lập/);
	assert.match(sourceText("stand-in", texts, "en"), /^Stand-in/);
	for (const name of ["pilot", "", "constructor", "__proto__"])
		assert.equal(sourceText(name, texts, "vi"), name);
	assert.equal(sourceText("pilot", undefined, "vi"), "pilot");
	assert.equal(sourceText("a", { a: { vi: "A" } }, "en"), "a");
});
