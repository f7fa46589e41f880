// What happens in the sandbox, for the pages.

const listeners = new Set();

/** Calls a function for events of these types until the page is left. */
export function on(types, left, act) {
	const one = { types: [types].flat(), act };
	listeners.add(one);
	left?.addEventListener("abort", () => listeners.delete(one));
}

export function emit(event) {
	for (const { types, act } of listeners) if (types.includes(event.type)) act(event);
}

/** Calls a function at most once in a time, and never lets a call get lost. */
export function throttle(ms, act) {
	let timer = null;
	return () => {
		timer ??= setTimeout(() => {
			timer = null;
			act();
		}, ms);
	};
}
