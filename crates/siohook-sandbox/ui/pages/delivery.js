// One message: its attempts, the request as it was sent, the answer, and the signature.

import { until, skipTo } from "../clock.js";
import { length } from "../length.js";
import { bytes, get, post } from "../shared/api.js";
import { bodyView, pairs, pre } from "../shared/body.js";
import { dateTime, timeOfDay } from "../shared/format.js";
import { fill, h } from "../shared/h.js";
import { bind } from "../shared/keys.js";
import { go } from "../shared/router.js";
import { on, throttle } from "../shared/store.js";
import { tabs } from "../shared/tabs.js";
import { copy, doing, toast } from "../shared/toast.js";
import { curl, rustTest } from "./copies.js";
import { chaosText, isGood, kindOf, outcome, statusText, summary } from "./message.js";
import { signature } from "./signature.js";
import { answerView, split } from "./wire.js";

let tab = "body";

/** Draws a message into an element, and keeps it current until it is left. */
export async function openDelivery({ root, id, left, back }) {
	let message = await get(`/messages/${id}`, left);
	let chosen = null;
	const source = await sourceOf(message);
	const shown = { wire: null };

	const top = h("section");
	const attempts = h("section");
	const content = h("section");
	fill(root, top, attempts, content);

	const draw = async () => {
		drawTop();
		drawAttempts();
		await drawContent();
	};

	function drawTop() {
		const { status } = message;
		const isWaiting = status === "waiting";
		fill(
			top,
			h(
				"div.title",
				h("button.btn.quiet.back", { type: "button", onclick: back }, "← List"),
				h("h2", message.event),
				h(
					`span.badge.${kindOf(status)}`,
					isWaiting
						? `waiting for attempt ${message.attempts.length + 1}`
						: statusText(summary(message), length),
				),
				onPurpose(message.chaos),
			),
			h(
				"dl.facts",
				fact(
					"Contact",
					message.contact
						? h(
								"a",
								{ href: `/contacts/${message.contact}` },
								summary(message).email ?? String(message.contact),
							)
						: "–",
				),
				fact(source.kind, source.link),
				fact("Happened", dateTime(message.occurred_at)),
				fact("To", h("span.mono", message.request?.url ?? "–"), "wide"),
				fact("Message id", h("span.mono", message.id), "wide"),
			),
			h(
				"div.actions",
				h(
					"button.btn",
					{ type: "button", "data-key": "send", onclick: send },
					isWaiting ? "Send now" : "Resend",
					" ",
					h("kbd", "s"),
				),
				h("button.btn", { type: "button", "data-key": "new", onclick: sendAsNew }, "Send as new"),
				message.request &&
					h(
						"button.btn",
						{ type: "button", "data-key": "curl", onclick: copyCurl },
						"Copy as curl ",
						h("kbd", "c"),
					),
				message.request &&
					h(
						"button.btn",
						{ type: "button", "data-key": "test", onclick: copyTest },
						"Copy as Rust test ",
						h("kbd", "t"),
					),
			),
		);
	}

	function drawAttempts() {
		const last = message.attempts.at(-1);
		const hint = last && !isGood(last) && last.hint;
		const next = message.status === "waiting" && message.next_attempt_at;
		fill(
			attempts,
			h("h3", "Attempts"),
			message.attempts.length || next
				? h("ol.attempts", message.attempts.map(attemptRow), next && nextRow(next))
				: h("p.muted", message.status === "queued" ? "It waits for its turn." : "No attempt was made."),
			hint && h("p.hint", h("b", "To look at: "), hint),
		);
	}

	function attemptRow(attempt) {
		const isOpen = attempt.n === (chosen ?? message.attempts.at(-1).n);
		return h(
			`li.${isGood(attempt) ? "ok" : "bad"}`,
			h(
				"button.attempt",
				{
					type: "button",
					"data-key": `attempt-${attempt.n}`,
					"aria-pressed": String(isOpen),
					onclick: () => {
						chosen = attempt.n;
						draw();
					},
				},
				h("time.num.muted", timeOfDay(attempt.at)),
				h("span.said", h("b", outcome(attempt)), " ", said(attempt), onPurpose(attempt.chaos)),
				h("span.num.muted", `${attempt.ms} ms`),
			),
		);
	}

	function nextRow(next) {
		return h(
			"li.next",
			h("time.num.muted", timeOfDay(next)),
			h("span.muted", "next attempt in ", h("span", { "data-until": next }, length(until(next)))),
			h(
				"button.btn.quiet",
				{ type: "button", "data-key": "skip", onclick: doing(() => skipTo(next)) },
				"skip to it",
			),
		);
	}

	async function drawContent() {
		const attempt = message.attempts.find((one) => one.n === (chosen ?? message.attempts.length));
		if (!attempt) return fill(content, h("p.muted", "There is nothing to show before the first attempt."));
		const key = `${message.id}/${attempt.n}`;
		if (shown.wire?.key !== key) {
			const raw = await bytes(`/messages/${message.id}/attempts/${attempt.n}/request`).catch(() => null);
			shown.wire = { key, ...split(raw) };
		}
		const { head, body, raw } = shown.wire;
		if (!raw) return fill(content, h("p.muted", attempt.error ?? "Nothing was sent."));
		const headers = head
			.split("\r\n")
			.slice(1)
			.filter(Boolean)
			.map((line) => line.split(/: ?(.*)/s).slice(0, 2));
		const heading = message.attempts.length > 1 ? `Request of attempt ${attempt.n}` : "Request";
		fill(
			content,
			h("h3", heading),
			tabs(
				"Parts of the attempt",
				[
					["body", "Body", () => bodyView(body)],
					[
						"headers",
						`Headers ${headers.length}`,
						() => [h("p.mono.first-line", head.split("\r\n")[0]), pairs(headers)],
					],
					["raw", "Raw", () => pre(new TextDecoder().decode(raw))],
					["answer", "Answer", () => answerView(attempt)],
					[
						"signature",
						"Signature",
						() => signature({ message, attempt: attempt.n, secret: source.secret }),
					],
				],
				tab,
				(name) => {
					tab = name;
				},
			),
		);
	}

	// What can be done.

	const send = doing(async () => {
		await post(`/messages/${message.id}/resend`, { wait: "2s" });
		chosen = null;
		toast("Sent again");
	});
	const sendAsNew = doing(async () => {
		const { id: other } = await post(`/messages/${message.id}/resend`, { as_new: true });
		go(`/?message=${other}`);
	});
	const copyCurl = doing(() => copy(curl(message.request), "the request as curl"));
	const copyTest = doing(() => copy(rustTest(message), "a Rust test"));
	bind("s", "Send the message now", send, left);
	bind("c", "Copy the request as curl", copyCurl, left);
	bind("t", "Copy the message as a Rust test", copyTest, left);

	on("message", left, (event) => {
		if (event.message.id !== id) return;
		message = event.message;
		refresh();
	});
	const refresh = throttle(50, () => left.aborted || draw());
	on("missed", left, () =>
		get(`/messages/${id}`, left).then(
			(one) => {
				message = one;
				refresh();
			},
			() => {},
		),
	);
	on("tick", left, () => {
		for (const one of root.querySelectorAll("[data-until]")) {
			const seconds = until(one.dataset.until);
			fill(one, seconds > 0 ? length(seconds) : "a moment");
		}
	});
	await draw();
}

/** What sends a message, with a link to it. */
async function sourceOf({ webhook, rule, workflow }) {
	if (webhook) {
		const found = await get(`/webhooks/${webhook}`).catch(() => null);
		return {
			kind: "Webhook",
			link: found ? h("a", { href: `/webhooks/${webhook}` }, found.name) : "deleted",
			secret: found?.secret,
		};
	}
	if (rule) return { kind: "Rule", link: h("a", { href: `/automations?rule=${rule}` }, `Rule ${rule}`) };
	if (workflow) {
		const found = await get(`/workflows/${workflow}`).catch(() => null);
		return {
			kind: "Workflow",
			link: found ? h("a", { href: `/automations/workflows/${workflow}` }, found.name) : "deleted",
		};
	}
	return { kind: "Sent by", link: "Fire, to a URL of its own" };
}

const fact = (name, value, kind) => h("div", { class: kind }, h("dt", name), h("dd", value));

/** Says what went wrong on purpose. */
const onPurpose = (hits) => hits.length > 0 && h("span.chaos", ` ${chaosText(hits)}`);

/** What the receiver said, in short. */
function said(attempt) {
	if (attempt.error) return h("span.muted", attempt.error);
	const line = reason(attempt.body) ?? attempt.body.trim().split("\n")[0];
	const resent = attempt.resent ? " (resent)" : "";
	return h("span.muted", line.length > 80 ? `${line.slice(0, 80)}…` : line, resent);
}

/** The texts of a JSON answer that say what happened. */
function reason(body) {
	try {
		const answer = JSON.parse(body);
		const texts = ["outcome", "error", "reason", "message", "detail"].map((name) => answer[name]);
		return texts.filter((text) => typeof text === "string").join(": ") || null;
	} catch {
		return null;
	}
}
