// The signature of a request, step by step.

import { fill, h } from "../shared/h.js";
import { toHex } from "../shared/hex.js";
import { text } from "../shared/form.js";

/** The HMAC of a body with a secret, in hex. */
async function sign(secret, body) {
	const key = new TextEncoder().encode(secret);
	const hash = { name: "HMAC", hash: "SHA-256" };
	const imported = await crypto.subtle.importKey("raw", key, hash, false, ["sign"]);
	return toHex(await crypto.subtle.sign("HMAC", imported, body));
}

export function signature({ mechanism, headers, body, secret }) {
	if (mechanism !== "account") {
		return h("p", "Automations are not signed. What protects the receiver is the token in the URL.");
	}
	if (!crypto.subtle) return h("p", "The browser computes signatures on localhost and over HTTPS only.");
	const sent = headers.find(([name]) => name.toLowerCase() === "x-webhook-signature")?.[1];
	const steps = h("ol.steps");
	const control = text({
		name: "secret",
		label: "Secret",
		value: secret,
		mono: true,
		hint: "Try the secret of your receiver here.",
	});
	const draw = async () => {
		const own = control.read() ?? "";
		const digest = toHex(await crypto.subtle.digest("SHA-256", body));
		const computed = own ? await sign(own, body).catch(() => null) : null;
		const isSame = computed === sent;
		fill(
			steps,
			step("The body, byte for byte", `${body.length} bytes, SHA-256 ${digest}`),
			step(
				"The key is the secret as UTF-8",
				own ? `${new TextEncoder().encode(own).length} bytes` : "Write the secret above.",
			),
			step("HMAC-SHA256(key, body), in lower-case hex", computed ?? "–"),
			step("The header x-webhook-signature", sent ?? "It is absent."),
			h(
				"li",
				computed && h(`span.badge.${isSame ? "ok" : "bad"}`, isSame ? "They are the same" : "They differ"),
				computed &&
					!isSame &&
					h("p.hint", "Another secret made the signature, or the body was changed after it was signed."),
			),
		);
	};
	control.input.addEventListener("input", draw);
	draw();
	return h("div", control.el, steps);
}

const step = (what, value) => h("li", h("span", what), h("code.value", value));
