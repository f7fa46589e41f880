// One delivery: the verdict with its steps, what came, what was answered, and what can be done.

import { bytes, call, get, post, remove } from "./shared/api.js";
import { bodyView, pairs, pre, visible } from "./shared/body.js";
import { ask, dialog } from "./shared/dialog.js";
import { dateTime, timeOfDay } from "./shared/format.js";
import { fill, h } from "./shared/h.js";
import { pretty } from "./shared/json.js";
import { bind } from "./shared/keys.js";
import { step } from "./shared/steps.js";
import { on, throttle } from "./shared/store.js";
import { tabs } from "./shared/tabs.js";
import { copy, doing, toast } from "./shared/toast.js";
import { answerOf, size, verdictOf } from "./words.js";

const KINDS = [
	["same", "The very bytes", "The receiver may know the message, and run no handler."],
	["attempt", "As another attempt", "As systeme.io tries again: the same message, a new attempt."],
	["new", "As a new message", "Handlers run again."],
];

let tab = "body";

/** Draws a delivery into an element, and keeps it current until it is left. */
export async function open({ root, id, session, left, back }) {
	const path = `/deliveries/${id}`;
	const close = () => h("button.btn.back", { type: "button", onclick: back }, "← List");
	let [one, body] = await Promise.all([get(path, left), bytes(`${path}/body`)]).catch((error) => {
		if (error.status !== 404) throw error;
		fill(root, h("div.empty", h("p", "This delivery is deleted."), close()));
		return [];
	});
	if (!one || left.aborted) return;
	const content = h("section");

	const text = async (part) => (await call("GET", `${path}/${part}`)).text();
	const button = (label, key, act, kind = "btn") =>
		h(`button.${kind}`, { type: "button", "data-key": label, onclick: doing(act) }, label, key && [" ", h("kbd", key)]);

	const download = async () => {
		const link = h("a", { download: `${id}.http` });
		link.href = URL.createObjectURL(new Blob([await bytes(`${path}/file`)]));
		link.click();
		URL.revokeObjectURL(link.href);
	};
	const erase = () =>
		ask("Delete it?", `${one.event ?? "The delivery"} ${id} goes, and what is known of its answers.`, "Delete", async () => {
			await remove(path);
			toast("Deleted");
			back();
		});

	/** What can be done: the label of a button, its key, and what it does. */
	const actions = [
		["Replay", "r", () => replayDialog(path, session), "btn.main"],
		["Copy as curl", "c", async () => copy(await text("curl"), "a command for a shell")],
		["Copy as test", "t", async () => copy(await text("test"), "a test in Rust")],
		["Copy body", "b", () => copy(new TextDecoder("utf-8", { ignoreBOM: true }).decode(body), "the body")],
		["Download", "d", download],
		["Delete", null, erase, "btn.danger"],
	];

	function draw() {
		const [kind, verdict] = verdictOf(one);
		const [answerKind, answer] = answerOf(one);
		fill(
			root,
			h(
				"section",
				h(
					"div.title",
					close(),
					h("h2", one.event ?? "unknown event"),
					h(`span.badge.${kind}`, verdict),
					h(`span.badge.${answerKind}`, answer),
				),
				h(
					"dl.facts",
					fact("Id", h("span.mono", id)),
					fact("Received", dateTime(one.received_at)),
					fact("From", [one.peer, one.client && one.client !== one.peer && `, for ${one.client}`]),
					fact("Size", size(one.bytes)),
					one.message_id && fact("Message", attempts(), "wide"),
					one.marks && fact("Marks", one.marks.join(", ")),
				),
				h("div.actions", actions.map((action) => button(...action))),
			),
			h("section", { "aria-label": "Verdict" }, h("h3", "Is it from systeme.io?"), verdictView()),
			content,
		);
		drawTabs();
	}

	function attempts() {
		const { attempts: ids, message_id: message } = one;
		const at = ids.indexOf(id);
		const link = (by, text) => ids[at + by] && [" ", h("a", { href: `/#/${ids[at + by]}` }, text)];
		return [h("span.mono", message), `, attempt ${at + 1} of ${ids.length}`, link(-1, "before"), link(1, "after")];
	}

	function verdictView() {
		const { explanation } = one;
		if (!explanation)
			return h("p.muted", "Not checked: this run has no secret and no token. Start it with --secret or --token.");
		const steps = h("ol.steps", explanation.steps.map(step));
		const hint = explanation.hint && h("p.hint", h("b", "To do: "), explanation.hint);
		if (!explanation.trusted) return [hint, steps];
		return h("details", h("summary", `Yes: ${explanation.by} ${explanation.label ?? ""}`), steps);
	}

	function drawTabs() {
		const all = [
			["body", "Body", () => (body.length ? bodyView(body) : h("p.muted", "There is no body."))],
			["headers", `Headers ${one.headers.length}`, headers],
			["answer", "Answer", answers],
			["type", "Type", type],
			["handler", "Handler", handler],
		];
		const parts = tabs("Parts of the delivery", all, tab, (name) => {
			tab = name;
		});
		all.forEach(([name, label], index) =>
			bind(String(index + 1), label.replace(/ \d+$/, ""), () => {
				tab = name;
				drawTabs();
			}, left),
		);
		fill(content, parts);
	}

	function headers() {
		const line = h("span", one.target);
		const reveal = async () => {
			fill(line, visible(await text("target")));
			showTarget.remove();
		};
		const showTarget = h("span", " ", button("show", null, reveal, "btn.tiny"));
		return [
			h("p.mono.first-line", one.method, " ", line, !one.is_target_whole && showTarget, ` ${one.version}`),
			pairs(one.headers),
			one.trailers.length > 0 && [h("h3", "Trailers"), one.trailers.map((line) => h("p.mono", visible(line)))],
		];
	}

	function answers() {
		const deeds = one.deeds.filter(({ type }) => type !== "answered");
		const sender = one.deeds.find(({ type }) => type === "answered");
		return [
			sender && h("p.first-line", "The sender was answered ", h("b", String(sender.status)), "."),
			!deeds.length && h("p.muted", "No receiver got it."),
			deeds.reverse().map((deed, index) => {
				const [kind, answer] = answerOf({ answer: deed });
				const what = deed.type === "forward" ? "passed on" : `replayed, ${deed.as}`;
				return h(
					"details.deed",
					{ open: index === 0 },
					h(
						"summary",
						h("time.num.muted", timeOfDay(deed.at)),
						` ${what} `,
						h(`span.badge.${kind}`, answer),
						h("span.muted.num", ` ${deed.elapsed_ms} ms`),
					),
					h("p.mono.break.muted", deed.to),
					deed.headers && pairs(deed.headers),
					deed.body && pre(pretty(deed.body)),
				);
			}),
		];
	}

	function type() {
		if (!one.fields) return h("p.muted", "The body is not JSON, so it has no fields.");
		return [
			h("p.first-line", one.payload ? h("code", `siohook::${one.mechanism}::${one.payload}`) : "The catalogue does not have this event."),
			one.unread.map((text) => h("p.hint", text)),
			h(
				"dl.headers.fields",
				one.fields.map(({ pointer, kind, value, is_known: isKnown }) =>
					h(
						"div",
						h("dt", pointer || "/", isKnown === false && [" ", h("span.badge.warn", "unknown")]),
						h("dd", h("span.muted", `${kind} `), visible(JSON.stringify(value))),
					),
				),
			),
		];
	}

	function handler() {
		return one.handler
			? [
					pre(one.handler),
					h("div.actions", button("Copy the handler", null, () => copy(one.handler, "the handler"))),
				]
			: h("p.muted", one.why ?? "A handler of * is called for this name.");
	}

	for (const [label, key, act] of actions) if (key) bind(key, label, doing(act), left);
	const refresh = throttle(50, () =>
		get(path, left).then(
			(next) => {
				one = next;
				draw();
			},
			() => {},
		),
	);
	const isOwn = (event) => event.id === id || (one.message_id && event.message_id === one.message_id);
	on("delivery", left, (event) => isOwn(event) && refresh());
	on("missed", left, refresh);
	draw();
}

const fact = (name, value, kind) => h("div", { class: kind }, h("dt", name), h("dd", value));

/** Asks how, and where to. A URL that is typed is read once more before anything goes there. */
function replayDialog(path, session) {
	dialog("Replay", (close) => {
		const kind = choice("How", KINDS);
		const hint = h("p.hint-text");
		const tell = () => fill(hint, KINDS.find(([value]) => value === kind.input.value)[2]);
		kind.input.addEventListener("change", tell);
		tell();
		const places = [...session.targets.map((url, index) => [String(index), url]), ["", "Another URL"]];
		const target = choice("To", places);
		const url = h("input.mono", { id: "url", type: "url", placeholder: "http://127.0.0.1:3000/systeme" });
		const typed = h("div.field", h("label", { for: "url" }, "URL"), url);
		const error = h("p.error", { role: "alert" });
		const swap = () => {
			typed.hidden = target.input.value !== "";
		};
		target.input.addEventListener("change", swap);
		swap();
		const send = async (number) => {
			const deed = await post(`${path}/replay`, { as: kind.input.value, target: number });
			const [mark, answer] = answerOf({ answer: deed });
			toast(`Replayed: ${answer}`, mark);
			close();
		};
		const run = async (event) => {
			event.preventDefault();
			fill(error);
			try {
				if (target.input.value) return await send(Number(target.input.value));
				const to = url.value.trim();
				const check = await post("/targets", { url: to }).catch((fault) => fault);
				if (check.at === "/url") throw check;
				ask("Send there?", `The delivery goes to ${to}, with what it knows of a customer.`, "Send it", async () => {
					session.targets = (await post("/targets", { url: to, confirmed: true })).targets;
					await send(session.targets.length - 1);
				});
			} catch (fault) {
				fill(error, fault.message);
			}
		};
		return h(
			"form",
			{ onsubmit: run },
			kind.el,
			hint,
			target.el,
			typed,
			error,
			h("div.actions", h("button.btn.main", "Send")),
		);
	});
}

/** A choice with a label. */
export function choice(label, options) {
	const id = `choice-${label.toLowerCase()}`;
	const input = h("select", { id }, options.map(([value, text]) => h("option", { value }, text)));
	return { input, el: h("div.field", h("label", { for: id }, label), input) };
}
