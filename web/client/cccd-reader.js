/* SPDX-License-Identifier: Apache-2.0 */
/* <cccd-reader>: a drop-in that asks, reads and hands the result over. */
import { createClient, makeNonce } from "./cccd.js";
import { h } from "./dom.js";
import { createFlow } from "./flow.js";
import { checksFold, personView, specimenBanner, verdictBand }
	from "./person.js";
import { button } from "./screens.js";
import { createStage } from "./stage.js";
import { createSheet } from "./style.js";
import { createSay } from "./texts.js";

const own = `
:host { display: block; container-type: inline-size;
	font: 17px/1.45 system-ui, "Noto Sans", sans-serif;
	color: var(--ink); background: var(--surface);
	border: 1px solid var(--line); border-radius: var(--radius);
	padding: 20px; }
:host([hidden]) { display: none; }
.screen, .result { display: grid; gap: var(--gap); }
.message { min-height: 240px; }
.result .actions { margin-top: 4px; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden;
	clip-path: inset(50%); white-space: nowrap; }
@container (width > 620px) {
	.screen.key, .screen.working { grid-template-columns: 1.4fr 1fr; }
}
@container (width < 560px) {
	.person, .verdict { display: grid; grid-template-columns: 1fr; }
	.person dl { grid-template-columns: repeat(2, minmax(0, auto)); }
	.verdict .reasons { margin: 0; max-width: none; }
}
`;

const words = (text) => (text ?? "").split(/\s+/).filter(Boolean);

const Base = globalThis.HTMLElement ?? class {};

/**
 * Attributes: base, lang, rp, purpose, scopes, audience, reader, format,
 * person ("hidden" keeps the person from this page: only events tell).
 * Properties: makeNonce (function; the element's own "nonce" is the CSP's),
 * requestJwt (text or function), consent ({textId, actor, text}), client.
 * Methods: start(), next(), read(key).
 * Events, none of them bubbling out of the page's own tree: cccd-state
 * {screen}, cccd-result {result, token, portrait, outcome}, cccd-error
 * {problem}.
 */
export class CccdReader extends Base {
	static observedAttributes = ["lang"];

	makeNonce = null;
	requestJwt = null;
	consent = null;
	client = null;
	#root;
	#flow = null;
	#stage = createStage({ context: () => this.#context(),
		done: (view) => this.#done(view) });

	constructor() {
		super();
		this.#root = this.attachShadow({ mode: "open" });
		this.#root.adoptedStyleSheets = [createSheet(own)];
		this.#root.append(...this.#stage.elements);
	}

	connectedCallback() {
		/* Whoever sets properties after the tag gets the time for it. */
		queueMicrotask(() => this.isConnected && this.start());
	}

	disconnectedCallback() {
		this.#flow?.stop();
		this.#flow = null;
		this.#stage.clear();
	}

	attributeChangedCallback() {
		if (this.#flow !== null)
			this.#show(this.#flow.view, true);
	}

	/* Only who was in here is taken along; a page keeps its focus. */
	#show(view, anew) {
		this.#stage.show(view,
			{ anew, focus: this.#root.activeElement !== null });
	}

	get screen() {
		return this.#flow?.view.screen ?? "";
	}

	get #lang() {
		return this.getAttribute("lang") === "en" ? "en" : "vi";
	}

	async #request() {
		const value = async (given) =>
			typeof given === "function" ? given() : given;
		const text = (name) => this.getAttribute(name) ?? undefined;

		return {
			rp: text("rp"), purpose: text("purpose"),
			audience: text("audience"), reader: text("reader") ?? "any",
			format: text("format") ?? "jwt",
			scopes: words(text("scopes")),
			nonce: await value(this.makeNonce) ?? makeNonce(),
			requestJwt: await value(this.requestJwt) ?? undefined,
		};
	}

	start() {
		if (this.#flow !== null)
			return;
		const base = this.getAttribute("base") ?? undefined;

		this.#flow = createFlow({
			client: this.client ?? createClient({ base }),
			request: () => this.#request(),
			onView: (view, input) => this.#changed(view, input),
		});
		this.#flow.start();
	}

	next() {
		this.#flow?.next();
	}

	read(key) {
		return this.#flow?.begin(key);
	}

	#tell(name, detail) {
		this.dispatchEvent(new CustomEvent(name, { detail }));
	}

	#changed(view, input) {
		this.#show(view, false);
		if (input.type === "done")
			this.#tell("cccd-result", { result: view.result,
				token: view.token, portrait: view.portrait,
				outcome: view.outcome });
		else if (input.type === "failed")
			this.#tell("cccd-error", { problem: view.problem });
		this.#tell("cccd-state", { screen: view.screen });
	}

	#context() {
		return { say: createSay(this.#lang), lang: this.#lang,
			flow: this.#flow, again: () => this.next(),
			config: { consent: this.consent, purposeText: null, request: {
				purpose: this.getAttribute("purpose"),
				scopes: words(this.getAttribute("scopes")) } } };
	}

	#done(view) {
		const { say, lang } = this.#context();
		const band = verdictBand(view, say, lang);
		const hidden = this.getAttribute("person") === "hidden";
		const person = hidden ? null : personView(view, say);

		return {
			wipe: person?.wipe,
			element: h("section", { class: "result" },
				specimenBanner(view.result, say), band.element,
				...person?.elements ?? [],
				checksFold(view.result, say, lang),
				h("div", { class: "actions" },
					button(say("next_citizen"), () => this.next()))),
			update() {},
			focus: () => band.title.focus(),
		};
	}
}

if (globalThis.customElements && !customElements.get("cccd-reader"))
	customElements.define("cccd-reader", CccdReader);
