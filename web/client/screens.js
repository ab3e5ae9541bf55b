/* SPDX-License-Identifier: Apache-2.0 */
/* Every screen without a person. Each is {element, update(view), focus()}. */
import { cardDrawing, h, icon } from "./dom.js";
import { keyForm } from "./key-form.js";
import { fraction, hasCard } from "./view.js";

const nothing = () => {};

/* A heading that takes the focus, so that a reader's voice starts there. */
export function heading(text) {
	return h("h1", { tabindex: "-1", class: "title", text });
}

function message({ name, tone, title, lines, actions = [] }) {
	const head = heading(title);
	const body = lines.filter((line) => line !== "");

	return {
		element: h("section", { class: `screen message ${tone}` },
			h("div", { class: "badge" }, icon(name)),
			head,
			...body.map((text) => h("p", { class: "lead", text })),
			h("div", { class: "actions" }, ...actions)),
		update: nothing,
		focus: () => (actions[0] ?? head).focus(),
	};
}

export function button(text, onclick, props = {}) {
	return h("button", { type: "button", class: "primary", onclick, ...props },
		h("span", { text }));
}

function starting({ say }) {
	return message({ name: "dot", tone: "calm", title: say("starting"),
		lines: [] });
}

function permission({ say, flow }) {
	return message({ name: "lock", tone: "calm",
		title: say("permission_title"), lines: [say("permission_body")],
		actions: [button(say("permission_button"), () => flow.connect())] });
}

function stopped(name, title, more) {
	return ({ say, lang, flow }, view) => message({
		name, tone: "warn", title: say(title),
		lines: [view.problem?.text(lang) ?? "",
			view.problem?.nextStep(lang) ?? "",
			more ? say(more) : ""],
		actions: [button(say("try_now"), () => flow.connect())],
	});
}

function noReader({ say, flow }) {
	return message({ name: "unplug", tone: "warn",
		title: say("no_reader_title"), lines: [say("no_reader_body")],
		actions: [button(say("try_now"), () => flow.connect())] });
}

/* The card on its reader, drawn; words beside it say the same. */
function readerPicture(say) {
	const words = h("p", { class: "reader-words" });
	const element = h("div", { class: "reader-picture" },
		cardDrawing(), words);

	return {
		element,
		update(view) {
			const here = hasCard(view);

			element.classList.toggle("has-card", here);
			words.textContent = say(here ? "card_here" : "card_absent");
		},
	};
}

function problemNote(lang, problem) {
	if (!problem)
		return null;
	return h("p", { class: "note bad", role: "alert" }, icon("warning"),
		h("span", { text: `${problem.text(lang)} ${problem.nextStep(lang)}` }));
}

function triesNote(say, problem) {
	return Number.isInteger(problem?.triesLeft)
		? h("p", { class: "note bad" }, icon("warning"), h("span",
			{ text: say("tries_left", { n: problem.triesLeft }) }))
		: null;
}

function keyScreen(context, view, onKey) {
	const { say, lang } = context;
	const form = keyForm(say, onKey);
	const picture = readerPicture(say);

	picture.update(view);
	return {
		element: h("section", { class: "screen key" },
			h("div", { class: "key-side" }, heading(say("key_title")),
				problemNote(lang, view.problem),
				triesNote(say, view.problem), form.element),
			picture.element),
		update: picture.update,
		focus: form.focus,
		scan: form.scan,
	};
}

const ready = (context, view) =>
	keyScreen(context, view, (key) => context.flow.begin(key));

const askKey = (context, view) =>
	keyScreen(context, view, (key) => context.flow.giveKey(key));

function scopeText(say, scope) {
	const age = /^age_over_([0-9]{1,3})$/.exec(scope);

	if (age)
		return say("scope_age_over", { n: age[1] });
	try {
		return say(`scope_${scope}`);
	} catch {
		return scope;
	}
}

function consent({ say, lang, flow, config }, view) {
	const { textId = "", actor = "", text } = config.consent ?? {};
	const answer = (granted) => flow.giveConsent(
		{ granted, text_id: textId, actor });
	const head = heading(say("consent_title"));
	const yes = button(say("consent_yes"), () => answer(true));
	const scopes = view.granted.length > 0 ? view.granted
		: config.request.scopes ?? [];

	return {
		element: h("section", { class: "screen consent" },
			head,
			text ? h("p", { class: "lead", text: text[lang] }) : null,
			h("dl", {},
				h("dt", { text: say("consent_purpose") }),
				h("dd", { text: config.purposeText?.[lang]
					?? config.request.purpose ?? "" }),
				h("dt", { text: say("consent_scopes") }),
				h("dd", {}, h("ul", {}, ...scopes.map((scope) =>
					h("li", { text: scopeText(say, scope) }))))),
			h("div", { class: "actions" }, yes,
				button(say("consent_no"), () => answer(false),
					{ class: "secondary" }))),
		update: nothing,
		/* Not on a button: a scanner's Enter consents to nothing. */
		focus: () => head.focus(),
	};
}

function agent({ say, flow }) {
	return message({ name: "person", tone: "calm",
		title: say("agent_title"), lines: [say("agent_body")],
		actions: [button(say("cancel"), () => flow.next(),
			{ class: "secondary", "aria-keyshortcuts": "Escape" })] });
}

const STEP_ICONS = { todo: "dot", active: "wave", done: "check",
	failed: "cross" };

function stepList(say) {
	const list = h("ol", { class: "steps", "aria-label": say("steps_title") });

	return {
		element: list,
		update({ steps }) {
			list.replaceChildren(...steps.map(({ id, state }) => h("li",
				{ class: `step ${state}`,
					"aria-current": state === "active" ? "step" : null },
				icon(STEP_ICONS[state]),
				h("span", { class: "step-name",
					text: say(`step_${id}`) }),
				h("span", { class: "step-state",
					text: say(`state_${state}`) }))));
		},
	};
}

function workTitle(view) {
	if (view.lost)
		return "lost_title";
	if (view.screen === "waiting_card")
		return hasCard(view) ? "opening" : "waiting_title";
	return `${view.screen}_title`;
}

/* Waiting, reading and verifying are one screen whose words change. */
function working({ say, flow }, first) {
	const title = heading("");
	const body = h("p", { class: "lead" });
	const bar = h("progress", { max: "100", value: 0,
		"aria-label": say("progress_label") });
	const steps = stepList(say);
	const picture = readerPicture(say);
	const element = h("section", { class: "screen working" },
		h("div", { class: "work-side" }, title, body, bar, steps.element,
			h("div", { class: "actions" },
				button(say("cancel"), () => flow.next(),
					{ class: "secondary", "aria-keyshortcuts": "Escape" }))),
		picture.element);
	const update = (view) => {
		const key = workTitle(view);
		const waits = key === "waiting_title" || key === "lost_title";

		title.textContent = say(key);
		body.textContent = waits ? say("waiting_body") : "";
		body.hidden = !waits;
		element.classList.toggle("is-waiting", waits);
		bar.value = Math.round(fraction(view) * 100);
		steps.update(view);
		picture.update(view);
	};

	update(first);
	return { element, update, focus: () => title.focus(),
		telling: (view) => say(workTitle(view)) };
}

function error({ say, lang, flow, again }, { problem }) {
	const retry = button(say("retry"), () => again());
	const next = button(say("next_citizen"), () => flow.next(),
		{ class: problem.retryable ? "secondary" : "primary",
			"aria-keyshortcuts": "F2" });

	return {
		element: h("section", { class: "screen message warn", role: "alert" },
			h("div", { class: "badge" }, icon("warning")),
			heading(say("error_title")),
			h("p", { class: "lead strong", text: problem.text(lang) }),
			h("p", { class: "lead", text: problem.nextStep(lang) }),
			h("div", { class: "actions" },
				problem.retryable ? retry : null, next),
			h("p", { class: "code" }, `${say("error_code")}: `,
				h("code", { text: problem.code
					+ (problem.stage ? ` · ${problem.stage}` : "")
					+ (problem.traceId ? ` · ${problem.traceId}` : "") }))),
		update: nothing,
		focus: () => (problem.retryable ? retry : next).focus(),
	};
}

/** By the screen of the view; "done" is in person.js. */
export const screens = Object.freeze({
	starting, permission,
	blocked: stopped("lock", "blocked_title", null),
	unreachable: stopped("unplug", "unreachable_title", "unreachable_retry"),
	no_reader: noReader, ready, consent, agent, ask_key: askKey,
	waiting_card: working, reading: working, verifying: working, error,
});

/** Screens that share one element keep it when one becomes the other. */
export const screenFamily = (screen) =>
	["reading", "verifying"].includes(screen) ? "waiting_card" : screen;
