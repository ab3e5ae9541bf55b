/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest honest front end: docs/front-end.md. */
import { CccdError, createClient } from "./client/cccd.js";

const cccd = createClient({ base: document.documentElement.dataset.cccd });
const form = document.querySelector("#reception");
const said = document.querySelector("#said");
const citizen = document.querySelector("#citizen");
let reading = null;

async function backEnd(path, body) {
	const answer = await fetch(path, { method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body) });

	if (!answer.ok)
		throw new Error(`${path}: ${answer.status}`);
	return answer.json();
}

async function readCitizen(idNumber, signal) {
	/* Nonce, scopes and purpose are the back end's: it signs them. */
	const { rp, requestJwt } = await backEnd("/reception/begin", {});

	said.textContent = "Đặt thẻ lên đầu đọc và giữ yên.";
	const { token } = await cccd.read({ rp, requestJwt, idNumber, signal,
		consent: { textId: "reception-1", actor: "desk-1" },
		onProgress: ({ type }) => {
			if (type === "step.started")
				said.textContent = "Đang đọc, giữ yên thẻ.";
		} });

	/* What counts is what the back end says after it has verified. */
	return backEnd("/reception/finish", { token });
}

form.addEventListener("submit", async (event) => {
	event.preventDefault();
	reading?.abort();
	const mine = reading = new AbortController();
	const number = form.elements.number.value;

	form.reset();
	citizen.textContent = "";
	try {
		const { proven, name } = await readCitizen(number, mine.signal);

		said.textContent = proven ? "Đã chứng thực." : "KHÔNG dùng thẻ này.";
		citizen.textContent = proven ? name : "";
	} catch (error) {
		if (mine !== reading)
			return;
		said.textContent = error instanceof CccdError
			? `${error.text("vi")} ${error.nextStep("vi")} (${error.code})`
			: "Máy chủ không trả lời.";
	}
});

document.querySelector("#cancel").addEventListener("click",
	() => reading?.abort());
