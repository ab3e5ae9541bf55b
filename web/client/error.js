/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that this client throws. */
import { problems, nextSteps } from "./problems.js";

/*
 * What only the caller's side can see. A page that is not registered gets no
 * readable answer from the service, so "not running" and "not registered"
 * look alike to it, on purpose of the service.
 */
const ownProblems = Object.freeze({
	"service_unreachable": {
		retryable: true, next: "start_service",
		vi: "Không kết nối được dịch vụ đọc thẻ trên máy này.",
		en: "The card service of this machine cannot be reached.",
	},
	"service_timeout": {
		retryable: true, next: "start_service",
		vi: "Dịch vụ đọc thẻ trả lời quá chậm.",
		en: "The card service took too long to answer.",
	},
	"permission_denied": {
		retryable: false, next: "allow_loopback",
		vi: "Trình duyệt đang chặn trang này kết nối tới máy đọc thẻ.",
		en: "The browser keeps this page from the card service.",
	},
	"protocol_error": {
		retryable: false, next: "call_support",
		vi: "Câu trả lời của dịch vụ đọc thẻ không hiểu được.",
		en: "The card service's answer is not understood.",
	},
	"consent_missing": {
		retryable: true, next: "ask_consent",
		vi: "Chưa hỏi ý kiến người dân.",
		en: "The citizen's consent was not taken.",
	},
});

const ownSteps = Object.freeze({
	"start_service": {
		vi: "Khởi động cccdd, và kiểm tra trang này đã được đăng ký: "
			+ "cccd rp list",
		en: "Start cccdd, and see that this page is registered: "
			+ "cccd rp list",
	},
	"allow_loopback": {
		vi: "Mở biểu tượng cạnh thanh địa chỉ, cho phép truy cập "
			+ "thiết bị này, rồi tải lại trang.",
		en: "Open the icon beside the address bar, allow access to "
			+ "this device, then reload the page.",
	},
});

const isText = (value) => typeof value === "string" && value !== "";

function row(code) {
	if (Object.hasOwn(problems, code))
		return problems[code];
	return Object.hasOwn(ownProblems, code) ? ownProblems[code] : null;
}

function step(code) {
	if (Object.hasOwn(nextSteps, code))
		return nextSteps[code];
	return Object.hasOwn(ownSteps, code) ? ownSteps[code] : { vi: "", en: "" };
}

function messagesOf(problem, known) {
	const given = problem.messages;

	return Object.freeze({
		vi: isText(given?.vi) ? given.vi : known.vi,
		en: isText(given?.en) ? given.en : known.en,
	});
}

/**
 * One problem: code, status, stage, retryable, triesLeft, next, messages
 * {vi, en}, nextText {vi, en}, retryAfter (seconds), traceId. The message
 * is English and holds no personal data.
 */
export class CccdError extends Error {
	constructor(code, problem = {}, options = {}) {
		const known = row(code) ?? row("internal");
		const messages = messagesOf(problem, known);

		super(messages.en, options);
		this.name = "CccdError";
		this.code = code;
		this.status = Number.isInteger(problem.status)
			? problem.status : known.status ?? 0;
		this.retryable = typeof problem.retryable === "boolean"
			? problem.retryable : known.retryable;
		this.next = isText(problem.next) ? problem.next : known.next;
		this.stage = isText(problem.stage) ? problem.stage : "";
		this.triesLeft = Number.isInteger(problem.tries_left)
			? problem.tries_left : null;
		this.traceId = isText(problem.trace_id)
			? problem.trace_id : null;
		this.retryAfter = options.retryAfter ?? null;
		this.messages = messages;
		this.nextText = Object.freeze({ ...step(this.next) });
	}

	/** The sentence in one language, "vi" unless "en". */
	text(lang) {
		return this.messages[lang === "en" ? "en" : "vi"];
	}

	/** What the person at the desk can do, or "". */
	nextStep(lang) {
		return this.nextText[lang === "en" ? "en" : "vi"];
	}

	/** From a problem document, RFC 9457; anything else is a surprise. */
	static fromProblem(problem, options) {
		const code = isText(problem?.code) ? problem.code
			: "protocol_error";

		return new CccdError(code, problem ?? {}, options);
	}
}

/** Every code with its texts, for help pages. */
export const allProblems = Object.freeze({ ...problems, ...ownProblems });
