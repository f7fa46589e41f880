// Lets something happen: an event alone, or an action with all that follows. Before it is sent,
// the page says who receives it, and why others do not.

import { debounce } from "../debounce.js";
import { wait } from "../clock.js";
import { leaves } from "../leaves.js";
import { get, post } from "../shared/api.js";
import { fill, h } from "../shared/h.js";
import { check, form, group, select, text } from "../shared/form.js";
import { pretty } from "../shared/json.js";
import { setQuery } from "../shared/router.js";
import { on } from "../shared/store.js";
import { all, choices, pick } from "../objects.js";
import { about, sentence } from "./topics.js";
import { kindOf, statusText, summary } from "./message.js";

/** A receiver of samples: what is only planned is not sent there. */
const NOWHERE = "http://localhost/";

export default async function fire({ root, head, query, left }) {
	head("Fire an event");
	const [catalogue, names] = await Promise.all([get("/catalogue", left), receivers()]);
	let event = query.get("event") ?? "SALE_NEW";
	const plan = h("div");
	const result = h("div", { role: "status" });
	const slot = h("div");

	const of = (mechanism) => catalogue.events.filter((one) => one.mechanism === mechanism);
	const chooser = h(
		"select",
		{
			id: "event",
			onchange: () => {
				event = chooser.value;
				setQuery({ event });
				fill(result);
				draw();
			},
		},
		optgroup(
			"Account webhooks: this event alone",
			of("account").map(({ name }) => [name, name]),
		),
		optgroup(
			"Automations: this event alone",
			of("automation").map(({ name }) => [name, name]),
		),
		optgroup(
			"Actions: with all that follows",
			catalogue.actions.map((name) => [name, sentence(name)]),
		),
	);
	chooser.value = event;
	if (chooser.value !== event) event = chooser.value = "SALE_NEW";

	async function draw() {
		const drawn = event;
		const known = catalogue.events.find((one) => one.name === event);
		const kinds = about(event);
		const lists = await choices(...kinds);
		if (drawn !== event) return;
		const contact = text({
			name: "contact",
			label: "Contact",
			value: query.get("contact") ?? "jane@example.com",
			hint: "An e-mail address, or an id. A new address makes a new contact.",
		});
		contact.mark = (at) => {
			contact.el.dataset.at = at;
		};
		const given = Object.fromEntries(kinds.map((kind) => [kind, query.get(kind)]));
		const picks = kinds.map((kind) => {
			const value = kind === "coupon" ? given[kind] : Number(given[kind]) || undefined;
			return pick(kind, lists, { value, empty: kind === "coupon" ? "None" : "The first, or a new one" });
		});
		const things = group(picks, { name: "with" });
		const controls = [contact, things];
		const values = known && editor();
		if (known) {
			controls.push(
				text({
					name: "to",
					label: "Only to",
					placeholder: "Everyone who listens",
					hint: "A URL instead of the webhooks and rules of the account.",
					mono: true,
				}),
				text({
					name: "secret",
					label: known.mechanism === "account" ? "Its secret" : "Its token",
					hint: "Empty: that of the sandbox.",
					mono: true,
				}),
				values,
			);
			const [to, secret] = controls.slice(2);
			const show = () => {
				secret.el.hidden = !to.read();
			};
			to.input.addEventListener("input", show);
			show();
		}
		const read = () => {
			const order = { event, contact: contact.read(), with: things.read() };
			if (Object.keys(order.with).length === 0) delete order.with;
			if (/^\d+$/.test(order.contact ?? "")) order.contact = Number(order.contact);
			if (known) {
				const [to, secret] = controls.slice(2).map((one) => one.read());
				Object.assign(order, { to, secret: to && secret }, values.read());
			}
			return order;
		};
		const el = form({
			controls,
			submit: "Fire",
			save: async () => {
				const sent = await post("/fire", { ...read(), wait: "3s" });
				await showResult(sent);
				await look();
			},
		});
		const look = async () => {
			if (left.aborted || !el.isConnected) return;
			try {
				const planned = await post("/fire", { ...read(), dry_run: true });
				if (!el.isConnected) return;
				el.review();
				showPlan(planned);
			} catch (fault) {
				el.review(fault);
				fill(plan, h("p.muted", "Nothing can be sent like this."));
			}
		};
		const sample = async () => {
			if (!known) return;
			const planned = await post("/fire", {
				...read(),
				set: undefined,
				body: undefined,
				to: NOWHERE,
				secret: undefined,
				dry_run: true,
			}).catch(() => null);
			if (planned?.requests[0]) values.show(planned.requests[0].body, known.mechanism);
		};
		const changed = debounce(250, look);
		const restarted = debounce(250, () => sample().then(look));
		el.addEventListener("input", (input) =>
			(values?.el.contains(input.target) || input.target.closest("[data-at='/to'], [data-at='/secret']") ? changed : restarted)(),
		);
		slot.dataset.event = event;
		fill(slot, known && h("p.muted", known.summary), el);
		await sample();
		await look();
		on(["state"], left, changed);
	}

	/** Who gets it, and who does not. */
	function showPlan({ requests, skipped }) {
		const nameOf = (one) => names.name(one);
		fill(
			plan,
			h("h3", requests.length ? "Receives it" : "No receiver"),
			requests.length
				? h(
						"ol.plan",
						requests.map((one) =>
							h(
								"li",
								h("span.badge.ok", "sent"),
								h("div", h("b.mono", one.event), " ", nameOf(one), h("p.muted.mono.break", one.url)),
							),
						),
					)
				: h(
						"div.note",
						h("p", "No webhook, rule or workflow sends this."),
						h(
							"div.actions",
							h("a.btn", { href: "/webhooks" }, "Webhooks"),
							h("a.btn", { href: "/automations" }, "Automations"),
						),
					),
			skipped.length > 0 && [
				h("h3", "Does not"),
				h(
					"ol.plan",
					skipped.map((one) =>
						h("li", h("span.badge.plain", "skipped"), h("div", nameOf(one), h("p.muted", one.why))),
					),
				),
			],
			requests[0] && [h("h3", "Body"), h("pre.body", { tabindex: "0" }, pretty(requests[0].body))],
		);
	}

	async function showResult({ messages, unchanged }) {
		const found = await Promise.all(
			messages.slice(0, 20).map((id) => get(`/messages/${id}`).catch(() => null)),
		);
		fill(
			result,
			h(
				"section.card.result",
				h("h3", "Sent"),
				unchanged && h("p.hint", `Nothing changed: ${unchanged}.`),
				messages.length
					? h(
							"ol.plan",
							found.filter(Boolean).map((message) => {
								const one = summary(message);
								return h(
									"li",
									h(`span.badge.${kindOf(one.status)}`, statusText(one, wait)),
									h("a.mono", { href: `/?message=${one.id}` }, one.event),
								);
							}),
						)
					: h("p", "Nobody listens, so nothing was sent."),
				messages.length > 20 && h("p.muted", `and ${messages.length - 20} more`),
			),
		);
	}

	fill(
		root,
		h(
			"div.split.even",
			h("section.card.pad", h("div.field", h("label", { for: "event" }, "What happens"), chooser), slot),
			h("div.stack", result, h("section.card.pad", { "aria-label": "Receivers" }, plan)),
		),
	);
	await draw();
}

const optgroup = (label, options) =>
	h(
		"optgroup",
		{ label },
		options.map(([value, name]) => h("option", { value }, name)),
	);

/** Names of webhooks, rules and workflows. */
async function receivers() {
	const [webhooks, workflows] = await Promise.all([all("webhooks"), all("workflows")]);
	const names = new Map([...webhooks, ...workflows].map((one) => [one.id, one.name]));
	return {
		name({ webhook, rule, workflow }) {
			if (webhook)
				return ["webhook ", h("a", { href: `/webhooks/${webhook}` }, names.get(webhook) ?? webhook)];
			if (rule) return ["rule ", h("a", { href: `/automations?rule=${rule}` }, String(rule))];
			if (workflow)
				return [
					"workflow ",
					h("a", { href: `/automations/workflows/${workflow}` }, names.get(workflow) ?? String(workflow)),
				];
			return "this URL alone";
		},
	};
}

/** Edits the values of a body, or the whole body as text. */
function editor() {
	const rows = h("div.leaves");
	const whole = h("textarea.mono", { rows: 12, "aria-label": "Body", spellcheck: "false", hidden: true });
	let inputs = [];
	const asText = check({ label: "Write the whole body", value: false });
	asText.input.addEventListener("change", () => {
		rows.hidden = asText.input.checked;
		whole.hidden = !asText.input.checked;
	});
	const error = h("p.error");
	const el = h("details.field", h("summary", "Values of the body"), asText.el, rows, whole, error);
	return {
		el,
		name: undefined,
		show(body, mechanism) {
			const places = leaves(JSON.parse(body)).filter(
				({ at }) => mechanism === "account" || at.startsWith("/data/"),
			);
			const edited = new Map(
				inputs.filter(({ input, was }) => input.value !== was).map(({ at, input }) => [at, input.value]),
			);
			inputs = places.map(({ at, value }, index) => {
				const was = typeof value === "string" ? value : JSON.stringify(value);
				const input = h("input.mono", {
					id: `leaf-${index}`,
					value: edited.get(at) ?? was,
					autocomplete: "off",
					spellcheck: "false",
				});
				return {
					at,
					value,
					was,
					input,
					el: h(
						"div.leaf",
						{ "data-at": `/set/${at.replaceAll("~", "~0").replaceAll("/", "~1")}` },
						h("label.mono", { for: `leaf-${index}` }, at),
						input,
						h("p.error"),
					),
				};
			});
			fill(
				rows,
				inputs.map((one) => one.el),
			);
			if (!asText.input.checked) whole.value = body;
		},
		read() {
			if (asText.input.checked) return { body: whole.value };
			const changed = inputs.filter(({ input, was }) => input.value !== was);
			return changed.length
				? { set: Object.fromEntries(changed.map(({ at, value, input }) => [at, parse(input.value, value)])) }
				: {};
		},
		mark() {},
	};
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
