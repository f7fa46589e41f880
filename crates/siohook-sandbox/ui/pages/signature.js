// Why a receiver trusts a request or refuses it, step by step.

import { post } from "../shared/api.js";
import { text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { step } from "../shared/steps.js";

/** Explains an attempt for the secret or the token that is typed in. */
export function signature({ message, attempt, secret }) {
	const isSigned = message.mechanism === "account";
	const name = isSigned ? "secret" : "token";
	const steps = h("ol.steps");
	const verdict = h("div", { role: "status" });
	const control = text({
		name,
		label: isSigned ? "Secret" : "Token",
		value: isSigned ? secret : tokenOf(message.request?.url),
		mono: true,
		hint: `Try the ${name} of your receiver here.`,
	});
	let asked = 0;
	const draw = async () => {
		asked += 1;
		const own = asked;
		const given = { attempt, [name]: control.read() };
		const said = await post(`/messages/${message.id}/explain`, given).catch((fault) => fault);
		// A later answer may have come first.
		if (own !== asked) return;
		if (said instanceof Error) return fill(verdict, h("p.hint", said.message));
		fill(steps, said.steps.map(step));
		fill(
			verdict,
			said.trusted
				? h("span.badge.ok", "verified")
				: h("span.badge.bad", `not verified: ${said.code} (${said.status})`),
			said.hint && h("p.hint", said.hint),
		);
	};
	control.input.addEventListener("input", draw);
	draw();
	return h("div", control.el, steps, verdict);
}

const tokenOf = (url) => (url ? (new URL(url).searchParams.get("token") ?? "") : "");
