/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the screen of a view in its place, anew only when it must. */
import { h } from "./dom.js";
import { screenFamily, screens } from "./screens.js";

/* Whether the words on the screen still tell the problem. */
function sameProblem(screen, before, now) {
	return screen === "ask_key" ? before === now
		: before?.code === now?.code;
}

/**
 * createStage() - {element, show(view, {anew, focus}), shown, clear()}.
 * @context: a function that gives what screens need, in today's language
 * @done:    makes the screen of a person: {element, update, focus, wipe}
 */
export function createStage({ context, done }) {
	const place = h("div", { class: "place" });
	const said = h("p", { class: "said", role: "status" });
	let shown = null;
	let family = "";
	let problem = null;

	/* Only a change is spoken. */
	const say = (view) => {
		const text = shown.telling?.(view) ?? "";

		if (said.textContent !== text)
			said.textContent = text;
	};
	const clear = () => {
		shown?.wipe?.();
		shown = null;
		family = "";
		problem = null;
		place.replaceChildren();
	};
	const fresh = (view) => shown === null
		|| family !== screenFamily(view.screen)
		|| !sameProblem(view.screen, problem, view.problem);

	return {
		elements: [place, said],
		clear,
		get shown() {
			return shown;
		},
		show(view, { anew = false, focus = true } = {}) {
			if (!anew && !fresh(view)) {
				shown.update(view);
				say(view);
				return;
			}
			clear();
			family = screenFamily(view.screen);
			problem = view.problem;
			shown = view.screen === "done" ? done(view)
				: screens[view.screen](context(), view);
			place.replaceChildren(shown.element);
			say(view);
			if (focus)
				shown.focus();
		},
	};
}
