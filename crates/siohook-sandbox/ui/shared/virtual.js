// A list that keeps a hundred thousand rows usable: only those in view are elements. It works as
// a listbox, so arrows move the selection.

import { h } from "./h.js";

const MARGIN = 10;

/**
 * @param {object} options
 * @param {number} options.height Height of a row in pixels.
 * @param {(item) => Node[]} options.row What a row holds.
 * @param {(item) => void} options.select Called with the item that is chosen.
 * @param {() => void} options.more Called when the end comes near.
 * @param {string} options.label
 */
export class VirtualList {
	#rows = new Map();
	#space = h("div.space", { role: "presentation" });

	constructor(options) {
		Object.assign(this, options);
		this.items = [];
		this.selected = null;
		this.el = h(
			"div.viewport",
			{
				role: "listbox",
				tabindex: "0",
				"aria-label": this.label,
				onscroll: () => this.draw(),
				onkeydown: (event) => this.#key(event),
			},
			this.#space,
		);
		new ResizeObserver(() => this.draw()).observe(this.el);
	}

	/** Draws the rows in view. A row whose item is the same stays as it is. */
	draw() {
		const { scrollTop, clientHeight } = this.el;
		const { height, items } = this;
		this.#space.style.height = `${items.length * height}px`;
		const first = Math.max(0, Math.floor(scrollTop / height) - MARGIN);
		const last = Math.min(items.length, Math.ceil((scrollTop + clientHeight) / height) + MARGIN);
		const kept = new Map();
		for (let index = first; index < last; index += 1) {
			const item = items[index];
			const old = this.#rows.get(item.id);
			const row = old?.item === item ? old : this.#make(item, old);
			const el = row.el;
			el.style.transform = `translateY(${index * height}px)`;
			el.setAttribute("aria-posinset", index + 1);
			el.setAttribute("aria-setsize", items.length);
			el.setAttribute("aria-selected", item.id === this.selected);
			kept.set(item.id, row);
		}
		for (const [id, { el }] of this.#rows) if (!kept.has(id)) el.remove();
		this.#rows = kept;
		const isShown = this.selected && kept.has(this.selected);
		if (isShown) this.el.setAttribute("aria-activedescendant", `row-${this.selected}`);
		else this.el.removeAttribute("aria-activedescendant");
		if (last > items.length - 40) this.more();
	}

	#make(item, old) {
		const el = h(
			"div.row",
			{
				role: "option",
				id: `row-${item.id}`,
				onclick: () => this.choose(this.items.findIndex((one) => one.id === item.id)),
			},
			this.row(item),
		);
		if (old) old.el.replaceWith(el);
		else this.#space.append(el);
		return { item, el };
	}

	choose(index) {
		const item = this.items[Math.max(0, Math.min(index, this.items.length - 1))];
		if (!item) return;
		this.selected = item.id;
		const top = this.items.indexOf(item) * this.height;
		const { scrollTop, clientHeight } = this.el;
		if (top < scrollTop) this.el.scrollTop = top;
		if (top + this.height > scrollTop + clientHeight) this.el.scrollTop = top + this.height - clientHeight;
		this.draw();
		this.select(item);
	}

	/** Moves the selection by this number of rows. */
	move(by) {
		const at = this.items.findIndex((item) => item.id === this.selected);
		this.choose(at < 0 ? 0 : at + by);
	}

	#key(event) {
		const page = Math.max(1, Math.floor(this.el.clientHeight / this.height) - 1);
		const steps = {
			ArrowDown: 1,
			ArrowUp: -1,
			PageDown: page,
			PageUp: -page,
			Home: -Infinity,
			End: Infinity,
		};
		const by = steps[event.key];
		if (by === undefined) return;
		event.preventDefault();
		if (Number.isFinite(by)) this.move(by);
		else this.choose(by < 0 ? 0 : this.items.length - 1);
	}
}
