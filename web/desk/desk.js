/* SPDX-License-Identifier: Apache-2.0 */
/* The reception page: one citizen after the other, by keyboard alone. */
import { createWedge, keyFromText } from "../client/access-key.js";
import { createClient, makeNonce } from "../client/cccd.js";
import { h, icon } from "../client/dom.js";
import { createFlow } from "../client/flow.js";
import { checksFold, personView, specimenBanner, verdictBand }
	from "../client/person.js";
import { createStage } from "../client/stage.js";
import { createSheet } from "../client/style.js";
import { createSay } from "../client/texts.js";
import { hasCard } from "../client/view.js";
import { copyButtons } from "./copies.js";
import { createIdle } from "./idle.js";
import { createRegistryCheck } from "./registry-check.js";
import { createRegistryPanel } from "./registry-panel.js";
import { fillSlip } from "./slip.js";

/* Screens that hold something of a citizen, and so do not stay for ever. */
const PERSONAL = new Set(["done", "error", "ask_key", "consent"]);

class Desk {
	#config;
	#lang;
	#say;
	#flow;
	#stage;
	#idle;
	#wedge = createWedge();
	#parts = null;
	#check = null;
	#timed = "";
	#top = document.querySelector(".top");
	#bottom = document.querySelector(".bottom");
	#slip = document.querySelector(".slip");
	#live = h("p", { class: "said live", role: "status" });
	#count = h("p", { class: "count-down", hidden: true });

	constructor(config) {
		this.#config = config;
		this.#check = config.gateway ? createRegistryCheck() : null;
		this.#stage = createStage({ context: () => this.#context(),
			done: (view) => this.#done(view) });
		this.#idle = createIdle({ seconds: config.idleSeconds ?? 120,
			onCount: (left) => this.#counted(left),
			onOver: () => this.#over() });
		this.#flow = createFlow({
			client: createClient({ base: config.base }),
			request: () => this.#request(),
			onView: (view) => this.#show(view),
		});
		document.querySelector(".main").append(...this.#stage.elements,
			this.#live);
		this.#speak(config.language === "en" ? "en" : "vi");
		this.#listen();
		this.#flow.start();
	}

	/* With the gateway's nonce, the assertion is good for one check there. */
	async #request() {
		const { request, gateway } = this.#config;
		const nonce = await this.#check?.nonce() ?? null;

		return { reader: "any", ...request,
			...nonce === null ? {} : { audience: gateway.audience },
			nonce: nonce ?? makeNonce() };
	}

	#context() {
		return { say: this.#say, lang: this.#lang, flow: this.#flow,
			config: this.#config, again: () => this.#next() };
	}

	/* Everything is said in one language at a time. */
	#speak(lang) {
		this.#lang = lang;
		this.#say = createSay(lang);
		document.documentElement.lang = lang;
		this.#drawTop();
		this.#drawBottom();
	}

	#switch() {
		this.#speak(this.#lang === "en" ? "vi" : "en");
		this.#show(this.#flow.view, true);
		this.#top.querySelector("button").focus();
	}

	#announce(text) {
		this.#live.textContent = "";
		this.#live.classList.remove("fresh");
		/* The same words again are news again. */
		requestAnimationFrame(() => {
			this.#live.textContent = text;
			this.#live.classList.add("fresh");
		});
	}

	#drawTop() {
		this.#top.replaceChildren(
			icon("card"),
			h("p", { class: "place-name" },
				h("strong", { text: this.#config.organisation ?? "" }),
				h("span", { text: this.#config.desk ?? "" })),
			h("p", { class: "pill" }),
			h("button", { type: "button", class: "quiet",
				lang: this.#lang === "en" ? "vi" : "en",
				text: this.#say("other_language"),
				onclick: () => this.#switch() }));
	}

	#drawPill(view) {
		const offline = ["starting", "permission", "blocked", "unreachable"]
			.includes(view.screen);
		const [key, name] = offline ? ["reader_offline", "unplug"]
			: view.readers.length === 0 ? ["reader_none", "unplug"]
				: hasCard(view) ? ["reader_card", "card"]
					: ["reader_ready", "plug"];
		const pill = this.#top.querySelector(".pill");

		pill.className = `pill ${key}`;
		pill.replaceChildren(icon(name),
			h("span", { text: this.#say(key) }));
	}

	#drawBottom() {
		const key = (name, text, work) => h("button",
			{ type: "button", class: "quiet", onclick: work },
			h("kbd", { text: name }), h("span", { text: this.#say(text) }));

		this.#bottom.replaceChildren(
			key("F2", "next_citizen", () => this.#next()),
			key("F4", "keys_copy", () => this.#parts?.copies?.first()),
			key("F8", "keys_checks", () => this.#fold()),
			key("F9", "print", () => this.#print()),
			this.#count);
		this.#drawKeys();
	}

	/* Keys that would do nothing now look it. */
	#drawKeys() {
		const [next, copy, checks, print] =
			this.#bottom.querySelectorAll("button");
		const { screen } = this.#flow?.view ?? { screen: "starting" };

		next.disabled = !this.#flow?.underWay && !PERSONAL.has(screen);
		copy.disabled = !this.#parts?.copies;
		checks.disabled = this.#parts === null;
		print.disabled = this.#parts === null || !this.#parts.printable;
	}

	#show(view, anew = false) {
		/* What belonged to the last citizen goes before anything else. */
		if (view.screen !== "done") {
			this.#parts = null;
			this.#check?.forget();
			fillSlip(this.#slip, null, this.#context());
		}
		this.#stage.show(view, { anew });
		this.#drawPill(view);
		this.#drawKeys();
		document.body.dataset.screen = view.screen;
		document.body.dataset.outcome = view.outcome ?? "";
		this.#time(view.screen);
	}

	/* A card that is taken away is no sign of a person at the desk. */
	#time(screen) {
		if (!PERSONAL.has(screen))
			this.#idle.end();
		else if (screen !== this.#timed)
			this.#idle.begin();
		this.#timed = screen;
	}

	#done(view) {
		const say = this.#say;
		const band = verdictBand(view, say, this.#lang);
		const person = personView(view, say);
		const copies = copyButtons(view, say, (text) => this.#announce(text));
		const registry = createRegistryPanel(say, this.#lang,
			this.#config.sourceText);
		const checks = checksFold(view.result, say, this.#lang);

		band.words.append(registry.top);
		this.#check?.look(view.token, (answer) => registry.show(answer));
		this.#parts = { copies, checks, registry,
			printable: view.outcome !== "failed" };
		fillSlip(this.#slip, view, this.#context());
		return {
			wipe: person.wipe,
			element: h("section", { class: "result" },
				specimenBanner(view.result, say), band.element,
				h("div", { class: "columns" },
					h("div", { class: "card" }, ...person.elements),
					h("div", { class: "side" }, registry.element,
						copies?.element ?? null)),
				checks),
			update() {},
			focus: () => band.title.focus(),
		};
	}

	#next() {
		this.#flow.next();
		getSelection().removeAllRanges();
	}

	#over() {
		this.#next();
		this.#announce(this.#say("cleared"));
	}

	#counted(left) {
		const first = this.#count.hidden;

		this.#count.hidden = left === null;
		if (left === null)
			return;
		this.#count.textContent = this.#say("idle", { n: left });
		if (first)
			this.#announce(this.#say("idle_soon"));
	}

	#fold() {
		const checks = this.#parts?.checks;

		if (!checks)
			return;
		checks.open = !checks.open;
		if (checks.open) {
			checks.scrollIntoView({ block: "start" });
			checks.querySelector("summary")
				.focus({ preventScroll: true });
		}
	}

	#print() {
		if (this.#parts?.printable)
			print();
	}

	/* A scan while a person is shown begins with the next one at once. */
	#scanned(text) {
		const { shown } = this.#stage;
		const key = keyFromText(text);

		if (shown?.scan)
			shown.scan(text);
		else if (key !== null && !this.#flow.underWay
			&& ["done", "error"].includes(this.#flow.view.screen))
			this.#flow.begin(key);
	}

	#typed(event) {
		const field = event.target instanceof HTMLInputElement;
		const keys = { F2: () => this.#next(), F8: () => this.#fold(),
			F4: () => this.#parts?.copies?.first(),
			F9: () => this.#print() };

		this.#idle.touch();
		if (event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (Object.hasOwn(keys, event.key)) {
			event.preventDefault();
			keys[event.key]();
		} else if (event.key === "Escape") {
			if (this.#flow.underWay || PERSONAL.has(this.#flow.view.screen))
				this.#next();
		} else if (!field) {
			this.#typedOutside(event);
		}
	}

	/* Digits typed beside the field go into it; a fast burst is a scan. */
	#typedOutside(event) {
		const text = this.#wedge.feed(event.key, event.timeStamp);

		if (text !== null) {
			event.preventDefault();
			event.stopPropagation();
			this.#scanned(text);
		} else if (/^[0-9A-Za-z]$/.test(event.key)
			&& ["ready", "ask_key"].includes(this.#flow.view.screen)) {
			this.#stage.shown.focus();
		}
	}

	#listen() {
		/* In capture: a scanner's Enter must not press a button. */
		addEventListener("keydown", (event) => this.#typed(event), true);
		addEventListener("pointerdown", () => this.#idle.touch());
		/* A page taken out of the back-forward cache shows nobody. */
		addEventListener("pageshow", (event) => event.persisted
			&& location.reload());
		addEventListener("pagehide", () => this.#stage.clear());
	}

	/** For the check against the population database. */
	get registry() {
		return this.#parts?.registry ?? null;
	}

	get view() {
		return this.#flow.view;
	}
}

document.adoptedStyleSheets = [createSheet()];
const answer = await fetch("desk.json", { cache: "no-store" });

globalThis.desk = new Desk(await answer.json());
