// A message in a few words, as lists need it. The rest is read when a message is opened.

const STATUS = {
	queued: "plain",
	delivering: "plain",
	waiting: "warn",
	delivered: "ok",
	exhausted: "bad",
	cancelled: "plain",
	blocked: "bad",
};

const OUTCOMES = {
	timeout: "timed out",
	refused: "connection refused",
	dns: "no such host",
	tls: "TLS failed",
	reset: "connection reset",
	blocked: "blocked",
};

/** What came of an attempt: `500`, or why there is no status. */
export function outcome(attempt) {
	return attempt.outcome === "status"
		? String(attempt.status)
		: (OUTCOMES[attempt.outcome] ?? attempt.outcome);
}

export const isGood = (attempt) =>
	attempt.outcome === "status" && attempt.status >= 200 && attempt.status < 300;

/** The e-mail address in the body of a request. */
function emailOf(request) {
	try {
		const body = JSON.parse(request.body);
		const data = body.data ?? body;
		const contact = data.contact?.contact ?? data.contact ?? data.customer;
		return typeof contact?.email === "string" ? contact.email : null;
	} catch {
		return null;
	}
}

/** The host and the path of a URL, without its query. */
function shortUrl(url) {
	return url.replace(/^https?:\/\//, "").replace(/\?.*$/, "");
}

/** What went wrong on purpose, in words: `chaos: damage body`. Empty if nothing did. */
export function chaosText(hits) {
	const words = [...new Set(hits)].map((hit) => hit.replaceAll("_", " "));
	return words.length > 0 ? `chaos: ${words.join(", ")}` : "";
}

/** The part of a message that a row shows. */
export function summary(message) {
	const { id, mechanism, event, status, contact, webhook, rule, workflow } = message;
	const last = message.attempts.at(-1);
	return {
		id,
		mechanism,
		event,
		status,
		contact,
		webhook,
		rule,
		workflow,
		at: message.occurred_at,
		next: message.next_attempt_at,
		email: message.request && emailOf(message.request),
		url: message.request && shortUrl(message.request.url),
		tries: message.attempts.length,
		result: last && outcome(last),
		ms: last?.ms,
		chaos: chaosText([...message.chaos, ...message.attempts.flatMap((one) => one.chaos)]),
	};
}

export const kindOf = (status) => STATUS[status] ?? "plain";

/** The words of a badge: `200 · done`, `waiting · 58 s`. */
export function statusText({ status, result, next }, wait) {
	if (status === "waiting" && next) return `waiting · ${wait(next)}`;
	const words = { delivered: "delivered", exhausted: "failed", queued: "queued", delivering: "sending" };
	const text = words[status] ?? status;
	const isStatus = /^\d+$/.test(result ?? "");
	return isStatus ? `${result} · ${text}` : result && status === "exhausted" ? result : text;
}
