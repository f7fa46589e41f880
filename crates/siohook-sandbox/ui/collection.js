// A collection of the account: its list, its search, and forms that create and edit.

import { debounce } from "./debounce.js";
import { patch } from "./edit.js";
import { get, post, query, remove } from "./shared/api.js";
import { ask, dialog } from "./shared/dialog.js";
import { form } from "./shared/form.js";
import { fill, h } from "./shared/h.js";
import { setQuery } from "./shared/router.js";
import { on, throttle } from "./shared/store.js";
import { doing, toast } from "./shared/toast.js";

const PART = 50;

const plural = (noun) => (noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`);

/**
 * Draws a collection, and draws it again when the account changes.
 * @param {object} page The page that it is on.
 * @param {object} options
 * @param {string} options.path Where it lies: `tags`.
 * @param {string} options.noun What one of it is called.
 * @param {Array<[string, (item) => any]>} options.columns Heads and cells.
 * @param {(item?) => Promise<Array>} [options.controls] Controls of the form.
 * @param {(item) => Array} [options.tools] Further buttons of a row.
 * @param {string} [options.empty] What to do when there is nothing.
 */
export function collection(page, options) {
	const {
		path,
		noun,
		columns,
		controls,
		tools = () => [],
		empty,
		key = "id",
		canEdit = true,
		canDelete = true,
		order = "desc",
		search = true,
		prepare = async () => {},
		title,
	} = options;
	const body = h("tbody");
	const table = h(
		"table",
		h(
			"thead",
			h(
				"tr",
				columns.map(([head]) => h("th", { scope: "col" }, head)),
				h("th.tools", h("span.hidden", "Actions")),
			),
		),
		body,
	);
	const state = { items: [], hasMore: false, q: page.query.get("q") ?? "" };
	const foot = h("div.more");
	const card = h("section.card", { "aria-label": title ?? `List of ${plural(noun)}` });

	const url = (after, limit) => `/${path}${query({ q: state.q, order, limit, after })}`;
	async function load() {
		const limit = Math.min(1000, Math.max(PART, state.items.length));
		const [part] = await Promise.all([get(url(undefined, limit), page.left), prepare()]);
		Object.assign(state, { items: part.items, hasMore: part.hasMore });
		draw();
	}
	async function more() {
		const part = await get(url(state.items.at(-1)[key], PART), page.left);
		state.items.push(...part.items);
		state.hasMore = part.hasMore;
		draw();
	}

	function draw() {
		if (!state.items.length) {
			if (bar) bar.hidden = !state.q;
			fill(
				card,
				h(
					"div.empty",
					h(
						"p",
						state.q ? `No ${noun} has “${state.q}” in its name.` : (empty ?? `There is no ${noun} yet.`),
					),
					!state.q && controls && button(),
				),
			);
			return;
		}
		if (bar) bar.hidden = false;
		fill(
			body,
			state.items.map((item) =>
				h(
					"tr",
					columns.map(([head, cell]) => h("td", { "data-label": head }, cell(item))),
					h(
						"td.tools",
						h(
							"div.tools-row",
							tools(item, load),
							controls && canEdit && tool(`edit-${item[key]}`, "Edit", labelOf(item), () => edit(item)),
							canDelete && tool(`delete-${item[key]}`, "Delete", labelOf(item), () => drop(item)),
						),
					),
				),
			),
		);
		fill(
			foot,
			state.hasMore &&
				h("button.btn", { type: "button", "data-key": "more", onclick: doing(more) }, "Show more"),
		);
		if (!table.isConnected) fill(card, table, foot);
	}

	const labelOf = (item) =>
		item.name ?? item.email ?? item.subject ?? item.code ?? item.slug ?? String(item.id);
	function edit(item) {
		return formDialog(
			item ? `Edit the ${noun}` : `New ${noun}`,
			() => controls(item),
			item ? "Save" : "Create",
			async (body) => {
				if (item) await patch(`/${path}/${encodeURIComponent(item[key])}`, body);
				else await post(`/${path}`, body);
				toast(item ? "Saved" : `Created the ${noun}`, "ok");
				await load();
			},
		);
	}
	function drop(item) {
		ask(`Delete the ${noun}?`, `“${labelOf(item)}” and what belongs to it are lost.`, "Delete", async () => {
			await remove(`/${path}/${encodeURIComponent(item[key])}`);
			toast(`Deleted the ${noun}`);
			await load();
		});
	}
	const button = () =>
		h("button.btn.main", { type: "button", "data-key": "new", onclick: doing(() => edit()) }, `New ${noun}`);

	const input = h("input", {
		type: "search",
		value: state.q,
		"aria-label": `Search ${plural(noun)}`,
		placeholder: `Search ${plural(noun)}`,
		oninput: () => find(),
	});
	const find = debounce(
		200,
		doing(async () => {
			state.q = input.value.trim();
			setQuery({ q: state.q });
			state.items = [];
			await load();
		}),
	);
	on(
		["state", "live"],
		page.left,
		throttle(300, () => load().catch(() => {})),
	);
	const bar =
		(search || controls) && h("div.filter", search && input, !search && h("span.grow"), controls && button());
	const el = h("div.collection", title && h("h2.part", title), bar, card);
	return load().then(() => el);
}

/** A small button of a row. Its label says of which row. */
export function tool(dataKey, text, of, onclick) {
	return h(
		"button.btn.small",
		{ type: "button", "data-key": dataKey, "aria-label": `${text} ${of}`, onclick: doing(onclick) },
		text,
	);
}

/** A dialog with a form. It closes when what the form does has worked. */
export async function formDialog(title, makeControls, submit, save) {
	const controls = await makeControls();
	dialog(title, (close) =>
		form({
			controls,
			submit,
			cancel: close,
			save: async (body) => {
				await save(body);
				close();
			},
		}),
	);
}
