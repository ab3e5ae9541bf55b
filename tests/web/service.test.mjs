/* SPDX-License-Identifier: Apache-2.0 */
/* The client against a service: a scripted one, over a Unix socket. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";

import { createFlow } from "../../web/client/flow.js";
import { CccdError, createNodeClient, makeNonce }
	from "../../web/client/node.js";
import { createTransport } from "../../web/client/transport.js";

const program = new URL("stand_in.py", import.meta.url).pathname;
const QUICK = { first: 1, cap: 20 };

/* A service of its own for every test: {client, set(name, value), log()}. */
async function withService(work) {
	const folder = await mkdtemp(join(tmpdir(), "cccd-web-"));
	const socketPath = join(folder, "api.sock");
	const python = spawn("python3", [program, "--socket", socketPath],
		{ stdio: ["pipe", "pipe", "inherit"] });
	const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
	const ask = async (name, value) => {
		python.stdin.write(value === undefined ? `${name}\n`
			: `${name} ${JSON.stringify(value)}\n`);
		return JSON.parse((await lines.next()).value);
	};

	try {
		assert.match((await lines.next()).value, /^ready /);
		await work({ ask, socketPath,
			client: createNodeClient({ socketPath, backoff: QUICK }) });
	} finally {
		python.stdin.end();
		await once(python, "exit");
		await rm(folder, { recursive: true });
	}
}

const request = () => ({ rp: "desk.demo", purpose: "reception",
	scopes: ["id", "demographic", "portrait"],
	nonce: Buffer.alloc(32, 7).toString("base64url") });

test("read gives result, token and portrait", () => withService(
	async ({ client, ask }) => {
		const seen = [];
		const { result, token, portrait, portraitProblem } =
			await client.read({ ...request(), idNumber: "001199000001",
				onProgress: ({ type }) => seen.push(type) });

		assert.equal(result.overall, "successful");
		assert.equal(result.identity.full_name, "Nguyễn Thị Mẫu");
		assert.equal(token.split(".").length, 3);
		assert.equal(portrait.type, "image/jpeg");
		assert.deepEqual([...new Uint8Array(
			await portrait.arrayBuffer())].slice(0, 2), [0xFF, 0xD8]);
		assert.equal(portraitProblem, null);
		for (const type of ["stream.open", "session.state", "step.started",
			"progress", "result.ready"])
			assert.ok(seen.includes(type), type);
		const log = await ask("log");

		/* Host and Origin as on a Unix socket, and no secret in an address. */
		for (const [, path, headers] of log) {
			assert.equal(headers.Host, "localhost");
			assert.equal(headers.Origin, undefined);
			assert.doesNotMatch(path, /[?#]|001199/);
		}
	}));

test("read of plain JSON has no token", () => withService(
	async ({ client }) => {
		const taken = await client.read({ ...request(), format: "json",
			scopes: ["id"], can: "000001" });

		assert.equal(taken.token, null);
		assert.equal(taken.portrait, null);
		assert.equal(taken.result.overall, "successful");
	}));

test("read asks again for a key that the card refused", () => withService(
	async ({ client, ask }) => {
		const asked = [];

		await ask("reject_keys", 2);
		const { result } = await client.read({ ...request(),
			idNumber: "001199000002", onAccessKey: ({ problem }) => {
				asked.push(problem?.code);
				return asked.length === 1 ? { can: "000002" }
					: { type: "id_number", value: "001199000001" };
			} });

		assert.equal(result.overall, "successful");
		assert.deepEqual(asked,
			["access_key_rejected", "access_key_rejected"]);
		assert.deepEqual((await ask("keys")).map(({ value }) => value),
			["001199000002", "000002", "001199000001"]);
	}));

test("read without a key asks for one, or ends as the card's refusal",
	() => withService(async ({ client, ask }) => {
		const { result } = await client.read({ ...request(),
			onAccessKey: ({ problem }) => {
				assert.equal(problem, null);
				return { can: "000001" };
			} });

		assert.equal(result.overall, "successful");
		await assert.rejects(client.read(request()),
			{ code: "access_key_missing" });
		await ask("reject_keys", 1);
		await assert.rejects(client.read({ ...request(), can: "000002" }),
			{ code: "access_key_rejected", next: "ask_access_key" });
		assert.equal((await ask("cancelled")).length, 2);
	}));

test("read takes the operator's consent, and a refusal ends it",
	() => withService(async ({ client, ask }) => {
		await ask("consent", true);
		const consent = { text_id: "t-1", actor: "desk-1" };
		const options = { ...request(), can: "000001" };

		assert.equal((await client.read({ ...options, consent }))
			.result.overall, "successful");
		await assert.rejects(client.read({ ...options, consent:
			async () => ({ ...consent, granted: false }) }),
		{ code: "consent_refused" });
		await assert.rejects(client.read(options),
			{ code: "consent_missing" });
	}));

test("read throws the service's problem, typed and in two languages",
	() => withService(async ({ client, ask }) => {
		await ask("fail_at", "dg13");
		await ask("fail_with", ["card_removed"]);
		await assert.rejects(client.read({ ...request(), can: "000001" }),
			(error) => {
				assert.ok(error instanceof CccdError);
				assert.equal(error.code, "card_removed");
				assert.equal(error.stage, "dg13");
				assert.equal(error.retryable, true);
				assert.match(error.text("vi"), /nhấc ra/);
				assert.match(error.nextStep("en"), /Lay the card/);
				return true;
			});
		await ask("create_problem", "reader_busy");
		await assert.rejects(client.read({ ...request(), can: "000001" }),
			{ code: "reader_busy", retryAfter: 2 });
	}));

test("a failed card is a result and no error", () => withService(
	async ({ client, ask }) => {
		await ask("sample", "failed");
		const { result } = await client.read(
			{ ...request(), can: "000001" });

		assert.equal(result.overall, "failed");
	}));

test("a portrait that does not come leaves the person", () => withService(
	async ({ client, ask }) => {
		await ask("portrait", null);
		const taken = await client.read({ ...request(), can: "000001" });

		assert.equal(taken.portrait, null);
		assert.equal(taken.portraitProblem.code,
			"result_already_delivered");
		assert.equal(taken.result.overall, "successful");
	}));

test("abort cancels the session at the service", () => withService(
	async ({ client, ask }) => {
		const controller = new AbortController();

		await ask("hold_at", "dg13");
		await assert.rejects(client.read({ ...request(), can: "000001",
			signal: controller.signal,
			onProgress: ({ step }) => step === "dg13"
				&& controller.abort() }),
		{ code: "cancelled" });
		assert.equal((await ask("cancelled")).length, 1);
		await assert.rejects(client.read({ ...request(), can: "000001",
			signal: controller.signal }), { code: "cancelled" });
		assert.equal((await ask("cancelled")).length, 1, "none was begun");
	}));

test("read goes on after its stream was cut, and misses nothing",
	() => withService(async ({ client, ask }) => {
		const seen = [];
		let cut = null;

		await ask("hold_at", "dg13");
		const { result } = await client.read({ ...request(), can: "000001",
			onProgress: (event) => {
				seen.push(event);
				if (event.type === "step.started" && event.step === "dg13")
					cut = ask("cut_streams");
				else if (event.type === "stream.open" && cut !== null)
					cut = cut.then(() => ask("release"));
			} });

		assert.equal(result.overall, "successful");
		assert.ok(seen.some(({ type }) => type === "stream.lost"));
		const steps = seen.filter(({ type }) => type === "step.started")
			.map(({ step }) => step);

		assert.equal(new Set(steps).size, steps.length, "none twice");
		assert.ok(steps.includes("portrait"));
		const resumed = (await ask("log")).filter(([, path, headers]) =>
			path === "/v1/events" && headers["Last-Event-ID"]);

		assert.equal(resumed.length, 1);
	}));

test("events of readers come without a token, and end by abort",
	() => withService(async ({ client, ask }) => {
		const controller = new AbortController();
		const seen = [];

		await client.events({ signal: controller.signal,
			onStatus: (status) => status === "open"
				&& ask("lay_card", false),
			onEvent: ({ type, id, body }) => {
				if (type === "heartbeat")
					return;
				seen.push([type, Number(id) > 0, body.reader.id]);
				controller.abort();
			} });
		assert.deepEqual(seen, [["card.removed", true, "usb-1"]]);
		assert.equal((await ask("log")).filter(([, , headers]) =>
			headers.Authorization).length, 0);
	}));

test("events end at once when coming again would not help",
	() => withService(async ({ client, socketPath }) => {
		const session = await client.createSession(
			{ rp: "a", purpose: "b", scopes: ["id"], nonce: "n" });
		const { Session } = await import("../../web/client/session.js");
		const { createNodeFetch } = await import("../../web/client/node.js");
		const wrong = new Session({ backoff: QUICK,
			transport: createTransport({ base: "http://localhost",
				fetch: createNodeFetch({ socketPath }) }) },
		{ session_id: session.id, session_token: "wrong", state: "created" });

		await assert.rejects(wrong.events({}), { code: "token_invalid" });
		await assert.rejects(wrong.status(), { code: "token_invalid" });
		await session.cancel();
	}));

test("session keeps its token to itself", () => withService(
	async ({ client }) => {
		const session = await client.createSession(
			{ rp: "a", purpose: "b", scopes: ["id"], nonce: "n" });
		const { inspect } = await import("node:util");

		assert.equal(session.created.session_token, undefined);
		for (const text of [JSON.stringify(session),
			inspect(session, { showHidden: true, depth: 9 })])
			assert.doesNotMatch(text, /token/i);
		await session.cancel();
		await session.cancel();
	}));

test("flow serves one citizen after the other", () => withService(
	async ({ client, ask }) => {
		const screens = [];
		let waiting = [];
		const until = (screen) => new Promise((resolve) => {
			waiting.push({ screen, resolve });
		});
		const flow = createFlow({ client, backoff: QUICK,
			request: async () => ({ ...request(), nonce: makeNonce() }),
			onView: (view) => {
				screens.push(view.screen);
				waiting = waiting.filter(({ screen, resolve }) =>
					screen !== view.screen || resolve(view));
			} });

		let ready = until("ready");
		const started = flow.start();

		await ready;
		let end = until("done");
		flow.begin({ type: "can", value: "000001" });
		assert.equal((await end).outcome, "proven");
		flow.next();
		assert.equal(flow.view.screen, "ready");
		assert.equal(flow.view.result, null);

		await ask("fail_at", "sod");
		end = until("error");
		flow.begin({ type: "can", value: "000001" });
		assert.equal((await end).problem.code, "card_mute");
		await ask("fail_at", null);

		/* Leaving in the middle cancels, and nothing of it comes later. */
		await ask("hold_at", "dg13");
		const held = until("reading");

		flow.begin({ type: "can", value: "000001" });
		await held;
		flow.next();
		assert.equal(flow.view.screen, "ready");
		await ask("release");
		end = until("done");
		flow.begin({ type: "can", value: "000001" });
		await end;
		flow.stop();
		await started;
		assert.ok(!screens.slice(screens.lastIndexOf("waiting_card"))
			.includes("error"));
	}));

test("flow says that the service is gone, and finds it again",
	async () => {
		const folder = await mkdtemp(join(tmpdir(), "cccd-web-"));
		const socketPath = join(folder, "api.sock");
		const seen = [];
		let python = null;
		const flow = createFlow({ request: {},
			client: createNodeClient({ socketPath, backoff: QUICK }),
			backoff: QUICK,
			onView: (view) => {
				seen.push(view.screen);
				if (view.screen === "unreachable" && python === null)
					python = spawn("python3",
						[program, "--socket", socketPath]);
				else if (view.screen === "ready")
					flow.stop();
			} });

		await flow.start();
		assert.equal(seen[0], "starting");
		assert.equal(seen.at(-1), "ready");
		assert.ok(seen.includes("unreachable"));
		python.stdin.end();
		await once(python, "exit");
		await rm(folder, { recursive: true });
	});

test("flow takes no list of readers that an event overtook", async () => {
	const reader = { id: "r1", name: "One", kind: "pcsc",
		card_present: false, usable: true };
	const lists = [[reader], [reader], []];
	const seen = [];
	let follow = null;
	const flow = createFlow({ request: {}, backoff: QUICK,
		onView: (view) => seen.push(view.screen),
		client: {
			permission: async () => "granted",
			health: async () => ({}),
			/* The second answer is on its way when the reader leaves. */
			readers: async () => {
				const list = lists.shift();

				if (lists.length === 1)
					follow.onEvent({ type: "reader.removed",
						body: { reader } });
				return list;
			},
			events: (options) => {
				follow = options;
				follow.onStatus("open");
				return new Promise((resolve) =>
					options.signal.addEventListener("abort", resolve));
			},
		} });
	const started = flow.start();

	/* Nothing here waits for anything but promises. */
	await new Promise(setImmediate);
	assert.equal(flow.view.screen, "no_reader");
	assert.deepEqual(lists, []);
	assert.equal(seen.at(-1), "no_reader");
	flow.stop();
	await started;
});

test("flow tells what its caller's own function threw", async () => {
	let view = null;
	const flow = createFlow({ client: {}, onView: (next) => (view = next),
		request: () => {
			throw new TypeError("no nonce today");
		} });

	await flow.begin({ type: "can", value: "000001" });
	assert.equal(view.screen, "error");
	assert.equal(view.problem.code, "internal");
	assert.match(view.problem.cause.message, /no nonce/);
});

/* Answers of a door, one after the other. */
function doorOf(...answers) {
	const calls = [];

	return { calls, fetch: async (address, init) => {
		calls.push({ address, ...init });
		const answer = answers.shift();

		if (answer instanceof Error)
			throw answer;
		return answer;
	} };
}

const codeOf = (fetch) => createTransport({ base: "http://x", fetch })
	.json("GET", "/v1/info").then(() => "none", ({ code }) => code);

test("refusals without a body have a code all the same", async () => {
	const answers = [
		[new Response("", { status: 403 }), "origin_not_registered"],
		[new Response("", { status: 421 }), "misdirected_host"],
		[new Response("", { status: 500 }), "protocol_error"],
		[new Response("<html>", { status: 502 }), "protocol_error"],
		[new Response("{\"code\":7}", { status: 400 }), "protocol_error"],
		[new Response("not json"), "protocol_error"],
		[new Response("{\"code\":\"purpose_not_allowed\"}",
			{ status: 403 }), "purpose_not_allowed"],
		[new TypeError("Failed to fetch"), "service_unreachable"],
	];

	for (const [answer, code] of answers)
		assert.equal(await codeOf(doorOf(answer).fetch), code);
});

test("a request sends no cookie, keeps no copy, follows no redirect",
	async () => {
		const door = doorOf(new Response("{}"));

		await createTransport({ base: "http://x", fetch: door.fetch,
			origin: "https://desk.example" }).json("POST", "/v1/sessions",
			{ body: { a: 1 }, token: "secret" });
		const [call] = door.calls;

		assert.equal(call.credentials, "omit");
		assert.equal(call.cache, "no-store");
		assert.equal(call.redirect, "error");
		assert.equal(call.referrerPolicy, "no-referrer");
		assert.equal(call.headers.Authorization, "Bearer secret");
		assert.equal(call.headers.Origin, "https://desk.example");
		assert.doesNotMatch(call.address, /secret/);
	});

test("a silent service is given up", async () => {
	const transport = createTransport({ base: "http://x",
		fetch: (address, { signal }) => new Promise((resolve, reject) =>
			signal.addEventListener("abort", () => reject(
				new DOMException("aborted", "AbortError")))) });

	await assert.rejects(transport.json("GET", "/v1/info", { deadline: 5 }),
		{ code: "service_timeout" });
});

test("creating again after a lost answer uses the same idempotency key",
	async () => {
		const door = doorOf(new TypeError("lost"), new Response(
			"{\"session_id\":\"i\",\"session_token\":\"t\",\"state\":\"created\"}",
			{ status: 201 }), new Response("{}", { status: 201 }));
		const client = createNodeClient({ base: "http://x",
			fetch: door.fetch });
		const session = await client.createSession({ rp: "a" });

		assert.equal(session.id, "i");
		const keys = door.calls.map(({ headers }) =>
			headers["Idempotency-Key"]);

		assert.match(keys[0], /^[A-Za-z0-9._~-]{20,128}$/);
		assert.equal(keys[0], keys[1]);
		await assert.rejects(client.createSession({ rp: "a" }),
			{ code: "protocol_error" });
		assert.notEqual(door.calls[2].headers["Idempotency-Key"], keys[0]);
	});

test("permission: denied is told, a prompt has no deadline", async () => {
	const permissions = (...states) => ({ query: async ({ name }) => {
		if (name !== "local-network-access")
			throw new TypeError("unknown");
		return { state: states.length > 1 ? states.shift() : states[0] };
	} });
	const health = (states, answer) => createNodeClient({ base: "http://x",
		fetch: doorOf(answer).fetch, permissions: permissions(...states) })
		.health();

	await assert.rejects(health(["denied"], null),
		{ code: "permission_denied" });
	await assert.rejects(health(["prompt", "denied"],
		new TypeError("Failed to fetch")), { code: "permission_denied" });
	await assert.rejects(health(["prompt"], new TypeError("refused")),
		{ code: "service_unreachable" });
	assert.deepEqual(await health(["prompt", "granted"],
		new Response("{\"status\":\"ok\",\"api_level\":1}")),
	{ status: "ok", api_level: 1, permission: "granted" });
});
