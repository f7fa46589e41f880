// Elements. Content is text or other elements, never markup, so a name such as `<img …>` stays text.

/** Attributes that are set as properties, because the attribute is only their first value. */
const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "open", "indeterminate"]);

/**
 * Creates an element: `h("p.muted", { id: "a" }, "text", h("b", "bold"))`. A function is a
 * listener of the event that its attribute names: `{ onclick }`.
 * @param {string} name Tag with classes.
 * @returns {HTMLElement}
 */
export function h(name, ...rest) {
	const [tag, ...classes] = name.split(".");
	const element = document.createElement(tag);
	if (classes.length) element.className = classes.join(" ");
	const attributes = isAttributes(rest[0]) ? rest.shift() : {};
	for (const [key, value] of Object.entries(attributes)) set(element, key, value);
	element.append(...nodes(rest));
	return element;
}

function isAttributes(value) {
	return value?.constructor === Object;
}

function set(element, key, value) {
	if (value === undefined || value === null || value === false) return;
	if (typeof value === "function") return element.addEventListener(key.slice(2), value);
	if (/^(on|style$|srcdoc$)/.test(key)) throw new Error(`no attribute ${key}`);
	if (key === "href" && !/^[/#](?!\/)/.test(value)) throw new Error("links stay on this server");
	if (key === "class") element.className = `${element.className} ${value}`.trim();
	else if (PROPERTIES.has(key)) element[key] = value;
	else element.setAttribute(key, value === true ? "" : value);
}

/** The parts of content that are shown: `null` and `false` are left out. */
function nodes(content) {
	const all = content.flat(Infinity);
	return all.filter((one) => one !== null && one !== undefined && one !== false && one !== "");
}

/** Replaces what is in an element. The focus stays on the control of the same `data-key`. */
export function fill(element, ...content) {
	const active = document.activeElement;
	const key = element.contains(active) ? active.dataset.key : undefined;
	element.replaceChildren(...nodes(content));
	if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
	return element;
}
