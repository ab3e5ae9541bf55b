/* SPDX-License-Identifier: Apache-2.0 */
/* What a desk shows, as a value, and how each event changes it. */

/*
 * A person follows five things, not the twenty steps of a read. The portrait
 * is among them only where it was granted.
 */
export const STEPS = Object.freeze({
	open: ["atr_info", "card_access", "pace", "card_security",
		"application", "bac", "survey_master_file",
		"survey_card_security", "survey_application"],
	chip: ["sod", "dg14", "chip_auth", "dg15", "active_auth"],
	data: ["dg1", "dg13", "com", "other_groups"],
	signature: ["passive_auth", "access_info"],
	portrait: ["portrait", "dg2"],
});

/* Checks that are told when all is concluded, where they belong. */
const CHECKS = Object.freeze({
	open: ["access_control", "secure_messaging"],
	chip: ["active_authentication", "chip_authentication", "pace_cam",
		"chip_genuineness"],
	data: ["mrz_consistency", "cross_data_consistency", "document_expiry"],
});

/* Screens without a person: a change of readers may change them. */
const IDLE = new Set(["starting", "permission", "blocked", "unreachable",
	"no_reader", "ready"]);
const UNDER_WAY = new Set(["waiting_card", "ask_key", "consent", "agent",
	"reading", "verifying"]);

export const isUnderWay = (view) => UNDER_WAY.has(view.screen);

/** firstView() - before anything is known. */
export function firstView() {
	return { screen: "starting", readers: [], problem: null, ...noPerson() };
}

/* All that belongs to one citizen; setting it anew forgets the last one. */
function noPerson() {
	return { steps: [], progress: null, lost: false, granted: [],
		outcome: null, result: null, token: null, portrait: null,
		portraitProblem: null };
}

export const hasCard = (view) =>
	view.readers.some((reader) => reader.card_present === true);

/* Whether a reader can be used; a broken one says what is wrong with it. */
const isUsable = (reader) => !["unavailable", "error", "gone"]
	.includes(reader.state);

function idleScreen(readers) {
	return readers.some(isUsable) ? "ready" : "no_reader";
}

function withReaders(view, readers) {
	return { ...view, readers, ...IDLE.has(view.screen)
		? { screen: idleScreen(readers), problem: null } : {} };
}

function readerEvent(view, { type, reader }) {
	if (!reader || typeof reader.id !== "string")
		return view;
	const others = view.readers.filter(({ id }) => id !== reader.id);
	const known = view.readers.find(({ id }) => id === reader.id);
	const changed = { ...known, ...reader };

	if (type === "reader.removed")
		return withReaders(view, others);
	if (type === "card.present")
		changed.card_present = true;
	if (type === "card.removed")
		changed.card_present = false;
	if (known)
		return withReaders(view, view.readers.map(
			(one) => one.id === reader.id ? changed : one));
	return withReaders(view, [...others, changed]);
}

function firstSteps(granted) {
	return Object.keys(STEPS)
		.filter((id) => id !== "portrait" || granted.includes(id))
		.map((id) => ({ id, state: "todo" }));
}

function groupOf({ step, check }) {
	if (check !== undefined)
		return Object.keys(CHECKS).find((id) => CHECKS[id].includes(check))
			?? "signature";
	return Object.keys(STEPS).find((id) => STEPS[id].includes(step)) ?? "data";
}

function stepStarted(view, event) {
	const active = groupOf(event);
	const steps = view.steps.map((one) => {
		if (one.state === "failed")
			return one;
		if (one.id === active)
			return { ...one, state: "active" };
		return one.state === "active" ? { ...one, state: "done" } : one;
	});

	return { ...view, screen: "reading", steps, lost: false, problem: null };
}

function stepFinished(view, event) {
	if (event.verdict !== "failed")
		return view;
	const failed = groupOf(event);

	return { ...view, steps: view.steps.map((one) =>
		one.id === failed ? { ...one, state: "failed" } : one) };
}

/* A question that is open stays, whatever older events still tell. */
const ASKING = new Set(["ask_key", "consent"]);

const begun = (view) => view.steps.some(({ state }) => state !== "todo");

function sessionState(view, { state }) {
	if (!UNDER_WAY.has(view.screen))
		return view;
	if (state === "reading" || state === "verifying")
		return { ...view, screen: state, lost: false };
	if (ASKING.has(view.screen) || begun(view))
		return view;
	return { ...view,
		screen: state === "awaiting_consent" ? "agent" : "waiting_card" };
}

/* In the middle of a read the card is wanted back. */
function prompt(view, { kind }) {
	return kind === "card" && UNDER_WAY.has(view.screen) && begun(view)
		? { ...view, lost: true } : view;
}

/**
 * outcomeOf() - what a desk may do: "proven", "failed" or "undetermined".
 * Only the one word "successful" is proven; a word not known is not.
 */
export function outcomeOf(result) {
	if (result?.overall === "successful")
		return "proven";
	return result?.overall === "failed" ? "failed" : "undetermined";
}

function done(view, { result, token, portrait, portraitProblem }) {
	return { ...view, screen: "done", outcome: outcomeOf(result), result,
		token, portrait, portraitProblem, progress: null, lost: false,
		steps: view.steps.map((one) =>
			one.state === "active" ? { ...one, state: "done" } : one) };
}

const reducers = Object.freeze({
	permission: (view) => ({ ...view, screen: "permission" }),
	connected: (view, { readers }) => withReaders(view, readers),
	/* The page goes on showing a person whom it has already. */
	unreachable: (view, { problem }) => IDLE.has(view.screen)
		? { ...view, problem, readers: [],
			screen: problem.code === "permission_denied"
				? "blocked" : "unreachable" }
		: { ...view, readers: [] },
	"reader.added": readerEvent,
	"reader.removed": readerEvent,
	"card.present": readerEvent,
	"card.removed": readerEvent,
	begin: (view, { scopes }) => ({ ...view, ...noPerson(), problem: null,
		screen: "waiting_card", steps: firstSteps(scopes ?? []) }),
	granted: (view, { granted }) => ({ ...view, granted,
		steps: begun(view) ? view.steps : firstSteps(granted) }),
	"session.state": sessionState,
	"prompt.required": prompt,
	"step.started": stepStarted,
	"step.finished": stepFinished,
	progress: (view, { file, done: bytes, total }) => ({ ...view,
		progress: { file, done: bytes, total } }),
	ask_key: (view, { problem }) => ({ ...view, screen: "ask_key", problem }),
	ask_consent: (view) => ({ ...view, screen: "consent" }),
	answered: (view) => ({ ...view, screen: "waiting_card", problem: null,
		steps: firstSteps(view.granted) }),
	done,
	failed: (view, { problem }) => ({ ...view, ...noPerson(),
		steps: view.steps, screen: "error", problem }),
	reset: (view) => ({ ...view, ...noPerson(), problem: null,
		screen: idleScreen(view.readers) }),
});

/** reduce() - the view after an input; inputs not known change nothing. */
export function reduce(view, input) {
	return Object.hasOwn(reducers, input.type)
		? reducers[input.type](view, input) : view;
}

/** fraction() - how far the read is, 0 to 1: whole steps and the file. */
export function fraction(view) {
	if (view.steps.length === 0)
		return 0;
	/* The portrait is most of the bytes. */
	const weight = (id) => id === "portrait" ? 4 : 1;
	const { done: bytes = 0, total = 0 } = view.progress ?? {};
	const part = total > 0 ? Math.min(bytes / total, 1) : 0;
	let all = 0;
	let sum = 0;

	for (const { id, state } of view.steps) {
		all += weight(id);
		if (state === "done" || state === "failed")
			sum += weight(id);
		else if (state === "active")
			sum += weight(id) * (id === "portrait" ? part : 0.5);
	}
	return sum / all;
}
