// The list: what came, the latest on top. Attempts of one message are one row.

import { open } from "./delivery.js";
import { get, query } from "./shared/api.js";
import { timeOfDay } from "./shared/format.js";
import { fill, h } from "./shared/h.js";
import { bind } from "./shared/keys.js";
import { on, throttle } from "./shared/store.js";
import { doing } from "./shared/toast.js";
import { VirtualList } from "./shared/virtual.js";
import { answerOf, size, verdictOf } from "./words.js";

const TITLE = "siohook";

export async function deliveries(root, session) {
	/** Attempts of one message each, the latest one first. */
	let groups = [];
	let hasMore = false;
	let isLoading = false;
	let generation = 0;
	/** Messages whose attempts are shown. */
	const unfolded = new Set();
	const unseen = new Set();
	const list = new VirtualList({
		label: "Deliveries",
		height: 58,
		row,
		select: (item) => go(item.id),
		more: () => hasMore && !isLoading && doing(more)(),
	});
	const note = h("span", { role: "status" });
	const place = h("span");
	const empty = h("div.empty");
	const detail = h("article.card.detail", { "aria-label": "Delivery" });
	const split = h(
		"div.split",
		h("section.card.list-card", { "aria-label": "List" }, list.el, empty, h("div.list-note.muted", note, place)),
		detail,
	);

	function row(item) {
		const [kind, verdict] = verdictOf(item);
		const [answerKind, answer] = answerOf(item);
		const { group } = item;
		const fold = (event) => {
			event.stopPropagation();
			toggle(group);
		};
		return [
			h(
				"div",
				h("time.num", { datetime: item.received_at }, timeOfDay(item.received_at)),
				h("span.event", item.event ?? "unknown event"),
				h(`span.badge.${answerKind}`, answer),
			),
			h(
				"div",
				h("span.mono", !group && "↳ ", item.id),
				h(
					"span.sub",
					group?.[1]
						? [h("span.fold", { onclick: fold }, `${isOpen(group) ? "▾" : "▸"} ${group.length} attempts`), " · "]
						: (item.attempt > 1 || !group) && `attempt ${item.attempt} · `,
					size(item.bytes),
					item.client && ` · ${item.client}`,
				),
				h("span", { class: `verdict ${kind}` }, verdict),
			),
		];
	}

	// The list.

	const input = h("input", {
		type: "search",
		"aria-label": "Filter",
		placeholder: "Filter: event:SALE_* is:failed is:refused since:2h any text",
		oninput: throttle(200, () => filter(input.value)),
	});
	const chips = h("div.chips", { role: "group", "aria-label": "Filters" });
	const error = h("p.error", { role: "alert" });

	/** Asks for a part. Returns nothing if the list was asked for anew meanwhile. */
	async function ask(before) {
		if (!before) generation += 1;
		const own = generation;
		isLoading = true;
		try {
			const part = await get(`/deliveries${query({ q: input.value.trim(), before })}`);
			part.groups = part.deliveries.map(({ earlier = [], ...latest }) => [latest, ...earlier]);
			if (own === generation) return part;
		} finally {
			if (own === generation) isLoading = false;
		}
	}

	let loading;
	const load = () => (loading = read());

	async function read() {
		try {
			const part = await ask();
			if (!part) return loading;
			fill(error);
			if (follows()) show(part);
			else merge(part);
			draw(part.counts);
		} catch (fault) {
			if (fault.status !== 422) throw fault;
			fill(error, fault.message);
		}
	}

	async function more() {
		// The place of a group is that of its latest attempt when it was loaded.
		const last = groups.flatMap((group) => group.find((one) => !isNew(one)) ?? []).at(-1);
		const part = last && (await ask(last.id));
		if (!part) return;
		groups.push(...part.groups);
		hasMore = part.has_more;
		lay();
	}

	// At the top, the list follows what comes. A list that is scrolled stays where it is.

	let since = 0;
	let news = "";
	const follows = () => list.el.scrollTop === 0;
	const isNew = ({ received_at: time }) => Date.parse(time) > since;

	function show(part) {
		({ groups, has_more: hasMore } = part);
		since = groups.length ? Date.parse(groups[0][0].received_at) : 0;
		news = "";
	}

	function merge({ groups: found, has_more: isPart }) {
		const places = new Map(groups.flatMap((group, place) => group.map(({ id }) => [id, place])));
		for (const group of found) {
			const known = group.find(({ id }) => places.has(id));
			if (known) groups[places.get(known.id)] = group;
		}
		const count = found.filter(([latest]) => isNew(latest)).length;
		news = count ? `${count}${isPart && count === found.length ? "+" : ""} new` : "";
	}

	const latest = doing(async () => {
		list.el.scrollTop = 0;
		await load();
	});

	function drawPlace() {
		const text = [`↑ ${news || "Latest"} `, h("kbd", "g")];
		fill(place, follows() ? "following" : h(`button.btn.tiny${news && ".main"}`, { type: "button", onclick: latest }, text));
	}

	let wasFollowing = true;
	list.el.addEventListener("scroll", () => {
		if (follows() === wasFollowing) return;
		wasFollowing = follows();
		drawPlace();
		if (wasFollowing && news) latest();
	});

	// Attempts of one message are one row, unless they are unfolded or one of them is open.

	const has = (group, id) => group.some((one) => one.id === id);
	const isOpen = ([{ message_id: message }, ...earlier]) => unfolded.has(message) || has(earlier, list.selected);

	function lay() {
		list.items = groups.flatMap((group) => {
			const [first, ...earlier] = group;
			return [{ ...first, group }, ...(isOpen(group) ? earlier : [])];
		});
		list.draw();
	}

	function toggle(group) {
		const [{ id, message_id: message }] = group;
		if (!isOpen(group)) unfolded.add(message);
		else {
			unfolded.delete(message);
			if (has(group.slice(1), list.selected)) go(id);
		}
		lay();
	}

	function draw(counts) {
		const isEmpty = !groups.length;
		list.el.hidden = isEmpty;
		empty.hidden = !isEmpty;
		if (isEmpty) fill(empty, counts.all ? nothingFound() : emptyState(session));
		split.classList.toggle("alone", !counts.all);
		fill(note, counts.all === 1 ? "1 delivery" : `${counts.all.toLocaleString("en")} deliveries`);
		fill(
			chips,
			chip("", `All ${counts.all}`),
			chip("is:refused", `Refused ${counts.refused}`),
			chip("is:failed", `Failed ${counts.failed}`),
		);
		drawPlace();
		lay();
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

	// What happens meanwhile.

	const reload = throttle(100, () => load().catch(() => {}));
	on("delivery", null, (item) => {
		if (document.hidden && isNew(item)) document.title = `(${unseen.add(item.id).size}) ${TITLE}`;
		groups = groups.map((group) => group.map((one) => (one.id === item.id ? item : one)));
		lay();
		reload();
	});
	on("deleted", null, ({ id }) => {
		if (id === list.selected) go();
		groups = groups.map((group) => group.filter((one) => one.id !== id)).filter((group) => group.length);
		lay();
		reload();
	});
	on("missed", null, reload);
	addEventListener("visibilitychange", () => {
		unseen.clear();
		document.title = TITLE;
	});

	// The open delivery has its id in the address.

	const go = (id) => {
		history.replaceState(null, "", id ? `#/${id}` : location.pathname);
		showDetail();
	};
	let leaving = new AbortController();
	function showDetail() {
		const id = location.hash.match(/^#\/([0-9a-z]{6})$/)?.[1];
		leaving.abort();
		leaving = new AbortController();
		list.selected = id ?? null;
		lay();
		if (id) {
			split.dataset.open = "";
			doing(() => open({ root: detail, id, session, left: leaving.signal, back: () => go() }))();
		} else {
			delete split.dataset.open;
			fill(detail, placeholder());
		}
	}
	addEventListener("hashchange", showDetail);
	bind("j", "Next delivery", () => list.move(1));
	bind("k", "Delivery before", () => list.move(-1));
	bind("g", "Latest delivery", () => latest().then(() => list.choose(0)));
	bind("a", "Show or hide the attempts", () => {
		const group = groups.find((one) => has(one, list.selected));
		if (group?.[1]) toggle(group);
	});
	bind("Escape", "Close the delivery", () => go());

	fill(root, h("div.filter", input, chips, error), split);
	await load();
	showDetail();
	return { newest: () => (input.value ? null : groups[0]?.[0].id) };
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
