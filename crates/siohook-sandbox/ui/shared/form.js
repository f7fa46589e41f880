// Forms. A control has an element, the value that it reads, and a place in the body: an error of
// the control API names that place, and is shown beside the control.

import { h, fill } from "./h.js";

let number = 0;
const nextId = () => `f${(number += 1)}`;

/** A control with a label around an input. `read` returns `undefined` for what is left out. */
function labelled({ name, label, hint, required }, input, read) {
	const id = input.id || (input.id = nextId());
	const error = h("p.error", { id: `${id}-e` });
	input.setAttribute("aria-describedby", hint ? `${id}-h ${id}-e` : `${id}-e`);
	const el = h(
		"div.field",
		h("label", { for: id }, label, required && h("span.muted", " required")),
		input,
		hint && h("p.hint-text", { id: `${id}-h` }, hint),
		error,
	);
	return {
		name,
		el,
		read,
		mark: (at) => {
			el.dataset.at = at;
		},
	};
}

export function text(options) {
	const { type = "text", value, rows, placeholder, list, mono } = options;
	const input = h(rows ? "textarea" : "input", {
		type: rows ? undefined : type,
		rows,
		placeholder,
		list,
		class: mono ? "mono" : undefined,
		autocomplete: "off",
		spellcheck: "false",
		value: value ?? "",
		min: type === "number" ? 0 : undefined,
		step: options.step,
	});
	const read = () => {
		const given = input.value;
		if (given === "") return options.empty;
		return type === "number" ? Number(given) : given;
	};
	return { ...labelled(options, input, read), input };
}

export function check(options) {
	const input = h("input", { type: "checkbox", checked: Boolean(options.value), id: nextId() });
	const el = h(
		"div.field.check",
		input,
		h("label", { for: input.id }, options.label),
		options.hint && h("p.hint-text", options.hint),
		h("p.error", { id: `${input.id}-e` }),
	);
	return {
		name: options.name,
		el,
		input,
		read: () => input.checked,
		mark: (at) => {
			el.dataset.at = at;
		},
	};
}

/** A choice. Options are pairs of value and label; the value keeps its type. */
export function select(options) {
	const { choices, value, empty, onchange } = options;
	const all = empty === undefined ? choices : [[undefined, empty], ...choices];
	const input = h(
		"select",
		{ onchange },
		all.map(([, label], index) => h("option", { value: String(index) }, label)),
	);
	const found = all.findIndex(([one]) => one === (value ?? undefined));
	input.value = String(Math.max(found, 0));
	return { ...labelled(options, input, () => all[input.value]?.[0]), input };
}

/** Several of some choices. */
export function many({ name, label, choices, value = [], hint }) {
	const boxes = choices.map(([one, text]) => {
		const input = h("input", { type: "checkbox", checked: value.includes(one), id: nextId() });
		return { one, input, el: h("div.check", input, h("label", { for: input.id }, text)) };
	});
	const el = h(
		"fieldset.field",
		h("legend", label),
		hint && h("p.hint-text", hint),
		boxes.map((box) => box.el),
		choices.length ? null : h("p.muted", "There are none yet."),
		h("p.error", { id: nextId() }),
	);
	const read = () => boxes.filter(({ input }) => input.checked).map(({ one }) => one);
	return {
		name,
		el,
		read,
		mark: (at) => {
			el.dataset.at = at;
		},
	};
}

/** A group of controls, whose values are members of an object. */
export function group(controls, options = {}) {
	return {
		name: options.name,
		el: h(
			"div.group",
			controls.map((control) => control.el),
		),
		read: () =>
			Object.fromEntries(
				controls
					.map((one) => [one.name, one.read()])
					.filter(([name, value]) => name !== undefined && value !== undefined),
			),
		mark: (at) => controls.forEach((one) => one.mark(`${at}/${one.name}`)),
	};
}

/** A list of controls that grows and shrinks. `make` makes a control of an item. */
export function list({ name, label, items = [], make, add, blank }) {
	const controls = [];
	const rows = h("ol.list");
	const error = h("p.error", { id: nextId() });
	const draw = () =>
		fill(
			rows,
			controls.map((control, index) =>
				h(
					"li",
					h("div.list-item", control.el),
					h(
						"div.list-tools",
						index > 0 && tool("↑", `Move ${label} ${index + 1} up`, () => move(index, index - 1)),
						tool("✕", `Remove ${label} ${index + 1}`, () => {
							controls.splice(index, 1);
							draw();
							button.focus();
						}),
					),
				),
			),
		);
	const tool = (sign, text, onclick) =>
		h("button.btn.quiet", { type: "button", "aria-label": text, onclick }, sign);
	const move = (from, to) => {
		controls.splice(to, 0, ...controls.splice(from, 1));
		draw();
	};
	const push = (item) => {
		controls.push(make(item));
		draw();
	};
	const button = h(
		"button.btn",
		{
			type: "button",
			onclick: () => {
				push(blank());
				rows.lastElementChild.querySelector("select, input")?.focus();
			},
		},
		add,
	);
	items.forEach((item) => controls.push(make(item)));
	draw();
	const el = h("div.field", rows, button, error);
	return {
		name,
		el,
		read: () => controls.map((one) => one.read()),
		mark: (at) => {
			el.dataset.at = at;
			controls.forEach((one, index) => one.mark(`${at}/${index}`));
		},
	};
}

/** A form whose controls make the body that `save` gets. */
export function form({ controls, submit, save, cancel, more }) {
	const root = group(controls);
	const general = h("p.error.general", { role: "alert" });
	const button = h("button.btn.main", { type: "submit" }, submit);
	const el = h(
		"form",
		{
			novalidate: true,
			onsubmit: async (event) => {
				event.preventDefault();
				if (button.disabled) return;
				clear(el);
				root.mark("");
				button.disabled = true;
				try {
					await save(root.read());
				} catch (fault) {
					show(el, general, fault);
				} finally {
					button.disabled = false;
				}
			},
		},
		root.el,
		general,
		h("div.actions", button, cancel && h("button.btn", { type: "button", onclick: cancel }, "Cancel"), more),
	);
	el.read = () => root.read();
	/** Shows what would be wrong, or nothing, while it is filled in. The focus stays. */
	el.review = (fault) => {
		clear(el);
		root.mark("");
		if (fault) show(el, general, fault);
	};
	return el;
}

function clear(el) {
	el.querySelectorAll(".error").forEach((one) => fill(one));
	el.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
}

/** Shows an error beside the control of its place, or of the nearest place around it. Returns the control. */
function show(el, general, fault) {
	const places = [...el.querySelectorAll("[data-at]")];
	let at = fault.at;
	let place;
	while (at && !place) {
		place = places.find((one) => one.dataset.at === at);
		at = at.slice(0, at.lastIndexOf("/"));
	}
	const input = place?.querySelector("input, textarea, select");
	const near =
		fault.near &&
		h(
			"button.btn.quiet",
			{
				type: "button",
				onclick: () => {
					if (input) input.value = fault.near;
				},
			},
			`Use ${fault.near}`,
		);
	const place_text = fault.at && !place ? `${fault.at}: ` : "";
	fill(place?.querySelector(":scope > .error") ?? general, place_text, fault.message, " ", near);
	input?.setAttribute("aria-invalid", "true");
	return input;
}
