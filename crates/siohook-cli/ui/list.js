// The list: what came, the latest on top.

import { open } from "./delivery.js";
import { get, query } from "./shared/api.js";
import { count, timeOfDay } from "./shared/format.js";
import { fill, h } from "./shared/h.js";
import { bind } from "./shared/keys.js";
import { debounce, on, throttle } from "./shared/store.js";
import { doing } from "./shared/toast.js";
import { VirtualList } from "./shared/virtual.js";
import { answerOf, size, verdictOf } from "./words.js";

const TITLE = "siohook";

export async function deliveries(root, session) {
	let hasMore = false;
	let loading = null;
	let generation = 0;
	let unseen = 0;
	const list = new VirtualList({
		label: "Deliveries",
		height: 58,
		row,
		select: (item) => go(item.id),
		more: () => hasMore && !loading && doing(more)(),
	});
	const note = h("p.list-note.muted", { role: "status" });
	const empty = h("div.empty");
	const detail = h("article.card.detail", { "aria-label": "Delivery" });
	const split = h(
		"div.split",
		h("section.card.list-card", { "aria-label": "List" }, list.el, empty, note),
		detail,
	);

	function row(item) {
		const [kind, verdict] = verdictOf(item);
		const [answerKind, answer] = answerOf(item);
		const again = item.attempt > 1 ? `attempt ${item.attempt} · ` : "";
		return [
			h(
				"div",
				h("time.num", { datetime: item.received_at }, timeOfDay(item.received_at)),
				h("span.event", item.event ?? "unknown event"),
				h(`span.badge.${answerKind}`, answer),
			),
			h(
				"div",
				h("span.mono", item.id),
				h("span.sub", `${again}${size(item.bytes)}${item.client ? ` · ${item.client}` : ""}`),
				h("span", { class: `verdict ${kind}` }, verdict),
			),
		];
	}

	// The list.

	const input = h("input", {
		type: "search",
		"aria-label": "Filter",
		placeholder: "Filter: event:SALE_* is:failed is:refused since:2h any text",
		oninput: debounce(200, () => filter(input.value)),
	});
	const chips = h("div.chips", { role: "group", "aria-label": "Filters" });
	const error = h("p.error", { role: "alert" });

	async function load() {
		const own = (generation += 1);
		loading = get(`/deliveries${query({ q: input.value.trim() })}`);
		try {
			const part = await loading;
			if (own !== generation) return;
			fill(error);
			list.items = part.deliveries;
			hasMore = part.has_more;
			draw(part.counts);
		} catch (fault) {
			if (fault.status !== 422) throw fault;
			fill(error, fault.message);
		} finally {
			loading = null;
		}
	}

	async function more() {
		const own = generation;
		const last = list.items.at(-1);
		if (!last) return;
		loading = get(`/deliveries${query({ q: input.value.trim(), before: last.id })}`);
		try {
			const part = await loading;
			if (own !== generation) return;
			list.items.push(...part.deliveries);
			hasMore = part.has_more;
			list.draw();
		} finally {
			loading = null;
		}
	}

	function draw(counts) {
		const isEmpty = !list.items.length;
		list.el.hidden = isEmpty;
		empty.hidden = !isEmpty;
		if (isEmpty) fill(empty, counts.all ? nothingFound() : emptyState(session));
		split.classList.toggle("alone", !counts.all);
		fill(note, count(counts.all, "delivery").replace("deliverys", "deliveries"));
		fill(
			chips,
			chip("", `All ${counts.all}`),
			chip("is:refused", `Refused ${counts.refused}`),
			chip("is:failed", `Failed ${counts.failed}`),
		);
		list.draw();
	}

	const chip = (q, text) =>
		h(
			"button.chip",
			{
				type: "button",
				"data-key": q,
				"aria-pressed": String(input.value.trim() === q),
				onclick: () => filter(q),
			},
			text,
		);

	const filter = doing(async (q) => {
		if (input.value !== q) input.value = q;
		list.el.scrollTop = 0;
		await load();
	});

	const nothingFound = () => [
		h("p", "No delivery is like this."),
		h("button.btn", { type: "button", onclick: () => filter("") }, "Show all"),
	];

	// What happens meanwhile. A list that is scrolled stays where it is.

	const known = () => new Map(list.items.map((item, index) => [item.id, index]));
	const reload = throttle(100, () => load().catch(() => {}));
	on("delivery", null, (item) => {
		const at = known().get(item.id);
		if (at === undefined) {
			if (document.hidden) document.title = `(${(unseen += 1)}) ${TITLE}`;
			if (list.el.scrollTop > 0 && !input.value) list.prepend([item]);
			else reload();
		} else {
			list.items[at] = item;
			list.draw();
			reload();
		}
	});
	on(["deleted", "missed"], null, reload);
	addEventListener("visibilitychange", () => {
		unseen = 0;
		document.title = TITLE;
	});

	// The open delivery has its id in the address.

	const go = (id) => {
		history.replaceState(null, "", id ? `#/${id}` : location.pathname);
		show();
	};
	let leaving = new AbortController();
	function show() {
		const id = location.hash.match(/^#\/([0-9a-z]{6})$/)?.[1];
		leaving.abort();
		leaving = new AbortController();
		list.selected = id ?? null;
		list.draw();
		if (id) {
			split.dataset.open = "";
			doing(() => open({ root: detail, id, session, left: leaving.signal, back: () => go() }))();
		} else {
			delete split.dataset.open;
			fill(detail, placeholder());
		}
	}
	addEventListener("hashchange", show);
	bind("j", "Next delivery", () => list.move(1));
	bind("k", "Delivery before", () => list.move(-1));
	bind("g", "Latest delivery", () => list.choose(0));
	bind("Escape", "Close the delivery", () => go());

	fill(root, h("div.filter", input, chips, error), split);
	await load();
	show();
	return { newest: () => (input.value ? null : list.items[0]?.id) };
}

const placeholder = () =>
	h(
		"div.empty.quiet",
		h("p.muted", "Choose a delivery to see what came, whether it is from systeme.io, and what was answered."),
		h("p.muted", h("kbd", "j"), " ", h("kbd", "k"), " go through the list."),
	);

function emptyState({ endpoint }) {
	return [
		h("h2", "Nothing has arrived yet"),
		h("p", "Let a tunnel lead to this machine:"),
		h("code", `cloudflared tunnel --url ${endpoint}`),
		h(
			"p",
			"Then give its address to systeme.io: in Settings, Webhooks for the events of the account, or as the action Send webhook of an automation.",
		),
		h("p", "Or send a sample from here:"),
		h("code", `siohook trigger SALE_NEW --to ${endpoint}`),
	];
}
