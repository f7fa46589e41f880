// A sample of an event, with values of one's own, sent to the endpoint.

import { choice } from "./delivery.js";
import { get, post, query } from "./shared/api.js";
import { dialog } from "./shared/dialog.js";
import { fill, h } from "./shared/h.js";
import { toast } from "./shared/toast.js";
import { answerOf } from "./words.js";

export async function trigger(session) {
	const { events } = await get("/events");
	dialog("Trigger an event", (close) => {
		const event = choice("Event", events.map(({ name }) => [name, name]));
		event.input.value = "SALE_NEW";
		const about = h("p.hint-text");
		const forms = h("div");
		const rows = h("div.leaves");
		const error = h("p.error", { role: "alert" });
		let inputs = [];
		let form = null;
		const draw = async () => {
			const found = events.find(({ name }) => name === event.input.value);
			const has = found.mechanism === "account" ? session.has_secret : session.has_token;
			const how = found.mechanism === "account" ? "It is signed" : "It has the token in its URL";
			fill(about, `${found.summary} ${has ? how : "It is unsigned: this run has no secret for it"}.`);
			form = found.forms.length > 1 ? choice("Form", found.forms.map((name) => [name, name])) : null;
			form?.input.addEventListener("change", members);
			fill(forms, form?.el);
			await members();
		};
		const members = async () => {
			const name = event.input.value;
			const { members: all } = await get(`/events/${encodeURIComponent(name)}${query({ form: form?.input.value })}`);
			inputs = all.map(({ pointer, value }, index) => {
				const was = typeof value === "string" ? value : JSON.stringify(value);
				const id = `leaf-${index}`;
				const input = h("input.mono", { id, value: was, autocomplete: "off", spellcheck: "false" });
				const label = h("label.mono", { for: id }, pointer);
				return { pointer, value, was, input, el: h("div.leaf", label, input) };
			});
			fill(rows, inputs.map(({ el }) => el));
		};
		const send = async (submit) => {
			submit.preventDefault();
			const changed = inputs.filter(({ input, was }) => input.value !== was);
			const set = Object.fromEntries(changed.map(({ pointer, value, input }) => [pointer, parse(input.value, value)]));
			fill(error);
			try {
				const answer = await post("/trigger", { event: event.input.value, form: form?.input.value, set });
				const [kind, text] = answerOf({ answer });
				toast(`${answer.event}: ${text}`, kind);
				close();
			} catch (fault) {
				fill(error, fault.message);
			}
		};
		event.input.addEventListener("change", draw);
		draw();
		return h(
			"form",
			{ onsubmit: send },
			event.el,
			about,
			forms,
			h("details.field", h("summary", "Values"), rows),
			error,
			h("div.actions", h("button.btn.main", "Send")),
		);
	});
}

/** What was written, in the type of the value before where that is possible. */
function parse(written, before) {
	if (typeof before === "string") return written;
	try {
		return JSON.parse(written);
	} catch {
		return written;
	}
}
