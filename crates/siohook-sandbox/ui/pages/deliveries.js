// What was sent, as it is sent.

import { debounce } from "../debounce.js";
import { wait } from "../clock.js";
import { prepend } from "../prepend.js";
import { get, query } from "../shared/api.js";
import { count, timeOfDay } from "../shared/format.js";
import { fill, h } from "../shared/h.js";
import { bind } from "../shared/keys.js";
import { setQuery } from "../shared/router.js";
import { on, throttle } from "../shared/store.js";
import { doing } from "../shared/toast.js";
import { VirtualList } from "../shared/virtual.js";
import { openDelivery } from "./delivery.js";
import { kindOf, statusText, summary } from "./message.js";

const PART = 200;
const NAMES = ["q", "status", "mechanism", "event", "webhook", "rule", "workflow", "contact"];

const STATUSES = [
	["", "All", () => true],
	["queued,delivering,waiting", "Waiting"],
	["exhausted,blocked", "Failed"],
	["delivered", "Delivered"],
	["cancelled", "Cancelled"],
];

const MECHANISMS = [
	["account", "Account"],
	["automation", "Automation"],
];

export default async function deliveries({ root, head, query: given, left }) {
	head("Deliveries", h("a.btn.main", { href: "/fire" }, "Fire an event ", h("kbd", "f")));
	const filter = Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""]));
	let hasMore = false;
	let loading = null;
	let generation = 0;

	const list = new VirtualList({
		label: "Messages",
		height: 58,
		row,
		select: (item) => doing(() => open(item.id))(),
		more: () => hasMore && !loading && doing(more)(),
	});
	const note = h("p.list-note.muted", { role: "status" });
	const empty = h("div.empty");
	const detail = h("article.card.detail", { "aria-label": "Message" }, placeholder());
	const split = h(
		"div.split",
		h("section.card.list-card", { "aria-label": "List" }, list.el, empty, note),
		detail,
	);

	function row(item) {
		const receiver = item.url ? `→ ${item.url}` : "";
		const about = item.email ?? (item.contact ? `contact ${item.contact}` : "");
		return [
			h(
				"div",
				h("time.num", { datetime: item.at }, timeOfDay(item.at)),
				h("span.event", item.event),
				badge(item),
			),
			h(
				"div",
				h("span", by(item)),
				h(
					"span.sub",
					item.chaos && h("span.chaos", item.chaos),
					`${about} ${receiver}`,
				),
				h(
					"span.num",
					item.tries > 1 ? count(item.tries, "attempt") : item.ms === undefined ? "" : `${item.ms} ms`,
				),
			),
		];
	}

	function badge(item) {
		return h(
			`span.badge.${kindOf(item.status)}`,
			{ "data-next": item.status === "waiting" && item.next },
			statusText(item, wait),
		);
	}

	// The list.

	const parameters = () => query(filter);

	async function load() {
		const own = (generation += 1);
		loading = get(`/messages${query({ ...filter, limit: PART })}`, left);
		const part = await loading.finally(() => {
			loading = null;
		});
		if (own !== generation) return;
		list.items = part.items.map(summary);
		hasMore = part.hasMore;
		draw();
		await counts();
	}

	async function more() {
		const own = generation;
		const last = list.items.at(-1);
		if (!last) return;
		loading = get(`/messages${query({ ...filter, limit: PART, after: last.id })}`, left);
		try {
			const part = await loading;
			if (own !== generation) return;
			const known = new Set(list.items.map((one) => one.id));
			list.items.push(...part.items.map(summary).filter((one) => !known.has(one.id)));
			hasMore = part.hasMore;
		} catch (error) {
			// The last one is not kept any more.
			if (error.status === 404) hasMore = false;
			else throw error;
		} finally {
			loading = null;
		}
		draw();
	}

	function draw() {
		const isEmpty = !list.items.length;
		list.el.hidden = isEmpty;
		empty.hidden = !isEmpty;
		if (isEmpty) fill(empty, emptyState());
		list.draw();
	}

	function emptyState() {
		if (parameters()) {
			return [
				h("p", "No message is like this."),
				h(
					"button.btn",
					{ type: "button", onclick: () => choose(Object.fromEntries(NAMES.map((name) => [name, ""]))) },
					"Show all",
				),
			];
		}
		return [
			h("p", "Nothing was sent yet. Tell the sandbox where your receiver is, and let something happen."),
			h(
				"div.actions",
				h("a.btn.main", { href: "/webhooks" }, "Create a webhook"),
				h("a.btn", { href: "/fire" }, "Fire an event"),
			),
			h("p.muted", "Or from a terminal:"),
			h("code", "siohook sandbox fire SALE_NEW --to http://localhost:3000/systeme"),
		];
	}

	const chips = h("div.chips", { role: "group", "aria-label": "Filters" });
	let byStatus = {};
	const counts = async () => {
		byStatus = await get(`/messages/count${query({ ...filter, status: "" })}`, left);
		drawChips();
	};
	const sum = (names) => names.split(",").reduce((all, name) => all + (byStatus[name] ?? 0), 0);
	function drawChips() {
		const total = Object.values(byStatus).reduce((all, one) => all + one, 0);
		const known = STATUSES.some(([value]) => value === filter.status);
		fill(
			chips,
			STATUSES.map(([value, text]) => {
				const number = value ? sum(value) : total;
				if (value && !number && filter.status !== value && value !== "exhausted,blocked") return null;
				return chip(`s-${value}`, `${text} ${number.toLocaleString("en")}`, filter.status === value, {
					status: value,
				});
			}),
			!known && chip("s-own", filter.status, true, { status: "" }),
			h("span.gap"),
			MECHANISMS.map(([value, text]) => {
				const isOn = filter.mechanism === value;
				return chip(`m-${value}`, text, isOn, { mechanism: isOn ? "" : value });
			}),
			["event", "webhook", "rule", "workflow", "contact"]
				.filter((name) => filter[name])
				.map((name) => chip(name, `${name}: ${filter[name].slice(0, 30)} ✕`, true, { [name]: "" })),
		);
		fill(note, filter.status ? count(sum(filter.status), "message") : count(total, "message"));
	}
	const chip = (key, text, isOn, change) =>
		h(
			"button.chip",
			{
				type: "button",
				"data-key": key,
				"aria-pressed": String(isOn),
				onclick: () => choose(change),
			},
			text,
		);

	const input = h("input", {
		type: "search",
		value: filter.q,
		"aria-label": "Search messages",
		placeholder: "Search: an event, an address, a URL, any text of a body",
		oninput: debounce(200, () => choose({ q: input.value.trim() })),
	});

	const choose = doing(async (change) => {
		Object.assign(filter, change);
		setQuery(filter);
		if (input.value.trim() !== filter.q) input.value = filter.q;
		drawChips();
		list.el.scrollTop = 0;
		await load();
	});

	// What happens meanwhile.

	const matches = (one, message) => {
		const has = (name, value) => !filter[name] || filter[name].split(",").includes(String(value));
		const isAbout = !filter.contact || [String(one.contact), one.email].includes(filter.contact);
		const q = filter.q.toLowerCase();
		const texts = () => [message.id, message.event, message.request?.url, message.request?.body];
		return (
			has("mechanism", one.mechanism) &&
			has("event", one.event) &&
			has("status", one.status) &&
			has("webhook", one.webhook) &&
			has("rule", one.rule) &&
			has("workflow", one.workflow) &&
			isAbout &&
			(!q || texts().some((text) => text?.toLowerCase().includes(q)))
		);
	};

	let arrived = new Map();
	const apply = throttle(50, () => {
		const news = arrived;
		arrived = new Map();
		const kept = [];
		for (const item of list.items) {
			const message = news.get(item.id);
			news.delete(item.id);
			const next = message && summary(message);
			if (!next) kept.push(item);
			else if (matches(next, message)) kept.push(next);
		}
		list.items = kept;
		const oldest = kept.at(-1)?.at ?? "";
		const fresh = [...news.values()].filter((message) => !hasMore || message.occurred_at >= oldest);
		const found = fresh
			.map((message) => [summary(message), message])
			.filter(([one, message]) => matches(one, message));
		prepend(list, found.map(([one]) => one).reverse());
		draw();
	});
	on("message", left, ({ message }) => {
		arrived.set(message.id, message);
		apply();
	});
	on("counts", left, () => counts().catch(() => {}));
	on(
		["missed", "live"],
		left,
		throttle(200, () => load().catch(() => {})),
	);
	on("tick", left, () => {
		for (const one of root.querySelectorAll(".badge[data-next]"))
			fill(one, `waiting · ${wait(one.dataset.next)}`);
	});

	// The open message.

	let closing = null;
	async function open(id) {
		setQuery({ message: id });
		closing?.abort();
		closing = new AbortController();
		split.dataset.open = "";
		await openDelivery({ root: detail, id, left: AbortSignal.any([left, closing.signal]), back });
	}
	function back() {
		closing?.abort();
		setQuery({ message: "" });
		delete split.dataset.open;
		list.selected = null;
		list.draw();
		fill(detail, placeholder());
		list.el.focus();
	}

	bind("j", "Next message", () => list.move(1), left);
	bind("k", "Message before", () => list.move(-1), left);
	bind("Escape", "Close the message", back, left);

	fill(root, h("div.filter", input, chips), split);
	await load();
	const chosen = given.get("message");
	if (chosen) {
		list.selected = chosen;
		list.draw();
		await open(chosen);
	}
}

const by = ({ webhook, rule, workflow }) =>
	webhook ? "webhook" : rule ? "rule" : workflow ? "workflow" : "direct";

const placeholder = () =>
	h(
		"div.empty.quiet",
		h("p.muted", "Choose a message to see its request, its attempts and the answers."),
		h("p.muted", h("kbd", "j"), " ", h("kbd", "k"), " go through the list."),
	);
