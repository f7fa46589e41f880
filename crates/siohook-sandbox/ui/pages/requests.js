// Calls to systeme.io's API: what was asked, what was answered, and what was ignored.

import { prepend } from "../prepend.js";
import { get } from "../shared/api.js";
import { timeOfDay } from "../shared/format.js";
import { fill, h } from "../shared/h.js";
import { pretty } from "../shared/json.js";
import { on, throttle } from "../shared/store.js";
import { VirtualList } from "../shared/virtual.js";
import { doing } from "../shared/toast.js";

const PART = 200;

export default async function requests({ root, head, left }) {
	head("API requests");
	let hasMore = false;
	let isLoading = false;
	const detail = h(
		"article.card.detail",
		{ "aria-label": "Request" },
		h("div.empty", h("p.muted", "Choose a request to see it with its answer.")),
	);
	const list = new VirtualList({
		label: "Requests",
		height: 58,
		row,
		more: () => hasMore && !isLoading && doing(more)(),
		select: (item) => {
			split.dataset.open = "";
			fill(detail, show(item));
		},
	});
	const empty = h(
		"div.empty",
		h("p", "Nothing called the API yet. It is at:"),
		h("code", `${location.origin}/api`),
		h("p.muted", "For example:"),
		h("code", `curl -H 'X-API-Key: k' ${location.origin}/api/contacts`),
	);
	const split = h("div.split", h("section.card.list-card", { "aria-label": "List" }, list.el, empty), detail);

	function row(item) {
		const note = item.ignored.length ? `ignored: ${item.ignored.join(", ")}` : (item.note ?? "");
		return [
			h(
				"div",
				h("time.num", timeOfDay(item.at)),
				h("span.event", `${item.method} ${item.path}`),
				badge(item),
			),
			h("div", h("span"), h("span.sub", note), h("span.num", `${item.ms} ms`)),
		];
	}
	const badge = ({ status }) =>
		h(`span.badge.${status < 400 ? "ok" : status < 500 ? "warn" : "bad"}`, status);

	function show(item) {
		return [
			h(
				"section",
				h(
					"div.title",
					h(
						"button.btn.quiet.back",
						{
							type: "button",
							onclick: () => {
								delete split.dataset.open;
							},
						},
						"← List",
					),
					h("h2.break", `${item.method} ${item.path}`),
					badge(item),
				),
				item.ignored.length > 0 &&
					h(
						"p.hint",
						h("b", "Ignored: "),
						item.ignored.join(", "),
						". The real API does not read this either, as far as is known.",
					),
				item.note && h("p.hint", h("b", "Note: "), item.note),
			),
			h(
				"section",
				h("h3", "Request"),
				item.request_body
					? h("pre.body", { tabindex: "0" }, pretty(item.request_body))
					: h("p.muted", "No body."),
			),
			h(
				"section",
				h("h3", "Answer"),
				item.response_body
					? h("pre.body", { tabindex: "0" }, pretty(item.response_body))
					: h("p.muted", "No body."),
			),
		];
	}

	function draw() {
		list.el.hidden = !list.items.length;
		empty.hidden = list.items.length > 0;
		list.draw();
	}
	async function load() {
		const part = await get(`/requests?limit=${PART}`, left);
		list.items = part.items;
		hasMore = part.hasMore;
		draw();
	}
	async function more() {
		isLoading = true;
		try {
			const part = await get(`/requests?limit=${PART}&after=${list.items.at(-1).id}`, left);
			list.items.push(...part.items);
			hasMore = part.hasMore;
		} finally {
			isLoading = false;
		}
		draw();
	}
	on("request", left, ({ request }) => {
		if (list.items.some((one) => one.id === request.id)) return;
		prepend(list, [request]);
		draw();
	});
	on(
		["missed", "live"],
		left,
		throttle(300, () => load().catch(() => {})),
	);
	fill(root, split);
	await load();
}
