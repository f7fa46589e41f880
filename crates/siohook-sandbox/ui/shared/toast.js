// Short messages that go away. A screen reader reads them.

import { h } from "./h.js";

const SHOWN_FOR = 5000;

export function toast(text, kind = "plain") {
	const box = h(`p.toast.${kind}`, text);
	document.getElementById("toasts").append(box);
	setTimeout(() => box.remove(), SHOWN_FOR);
}

/** Runs what a button does. An error is shown, and the button waits meanwhile. */
export function doing(action) {
	return async (event) => {
		const button = event?.currentTarget;
		if (button?.getAttribute?.("aria-busy") === "true") return;
		button?.setAttribute?.("aria-busy", "true");
		try {
			await action(event);
		} catch (error) {
			if (error.name !== "AbortError")
				toast(error.near ? `${error.message}. Did you mean ${error.near}?` : error.message, "bad");
		} finally {
			button?.removeAttribute?.("aria-busy");
		}
	};
}

export async function copy(text, what) {
	await navigator.clipboard.writeText(text);
	toast(`Copied ${what}`);
}
