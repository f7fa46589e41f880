// What waits until the user has stopped typing.

/** Calls a function once for all calls within a time. */
export function debounce(ms, act) {
	let timer;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(act, ms);
	};
}
