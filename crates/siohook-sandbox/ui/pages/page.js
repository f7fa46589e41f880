// The page of a funnel step, as a visitor sees it: a form that opts in, or buys.

import { get, post } from "../shared/api.js";
import { form, many, select, text } from "../shared/form.js";
import { money } from "../money.js";
import { count } from "../shared/format.js";
import { fill, h } from "../shared/h.js";
import { all } from "../objects.js";

export default async function page({ path, root, head, left }) {
	const funnels = await all("funnels");
	const funnel = funnels.find((one) => one.steps.some((step) => String(step.id) === path[0]));
	const step = funnel?.steps.find((one) => String(one.id) === path[0]);
	if (!step) {
		head("Not there");
		return fill(
			root,
			h("div.empty", h("p", "There is no such page."), h("a", { href: "/funnels" }, "To the funnels")),
		);
	}
	head(step.name);
	const sells = /offer|order|sale/.test(step.type);
	const plans = sells ? await all("price-plans") : [];
	const known = await get("/contact-fields", left);
	const names = known.items.filter(({ slug }) => ["first_name", "surname"].includes(slug));
	const result = h("div", { role: "status" });

	const fields = {
		name: "fields",
		controls: names.map(({ slug, field_name: label }) => text({ name: slug, label })),
		read() {
			const all = this.controls.map((one) => [one.name, one.read()]).filter(([, value]) => value);
			return Object.fromEntries(all);
		},
		mark(at) {
			this.controls.forEach((one) => one.mark(`${at}/${one.name}`));
		},
	};
	fields.el = h(
		"div.row-fields",
		fields.controls.map((one) => one.el),
	);
	const products = plans.map((plan) => [plan.id, `${plan.name}, ${money(plan.amount, plan.currency)}`]);
	const controls = [text({ name: "contact", label: "E-mail", type: "email", required: true }), fields];
	if (sells) {
		controls.push(
			select({
				name: "main",
				label: "Product",
				choices: products,
				hint: products.length ? undefined : "There is no price plan yet: the sandbox makes one.",
			}),
		);
		if (products.length > 1) controls.push(many({ name: "bumps", label: "Also", choices: products }));
		controls.push(text({ name: "coupon", label: "Coupon" }));
	}
	const save = async ({ contact, fields: values, main, bumps = [], coupon }) => {
		const about = sells
			? { funnel_step: step.id, price_plan: main && [main, ...bumps.filter((one) => one !== main)], coupon }
			: { funnel_step: step.id };
		const before = [];
		if (
			sells &&
			(await all("contacts", `&q=${encodeURIComponent(contact ?? "")}`)).every((one) => one.email !== contact)
		) {
			before.push(await post("/fire", { event: "create-contact", contact, with: { fields: values } }));
		}
		const { messages } = await post("/fire", {
			event: sells ? "sale" : "opt-in",
			contact,
			with: sells ? about : { ...about, fields: values },
		});
		const sent = before.flatMap((one) => one.messages).concat(messages);
		fill(
			result,
			h(
				"div.note",
				h("p", h("b", sells ? "Thank you for your order." : "Thank you for subscribing.")),
				h(
					"p",
					sent.length
						? `The sandbox sends ${count(sent.length, "message")}: `
						: "Nothing listens, so nothing is sent. ",
					h("a", { href: sent.length ? `/?message=${sent.at(-1)}` : "/" }, "see the deliveries"),
				),
			),
		);
	};
	fill(
		root,
		h(
			"div.visitor.card.pad",
			h("p.muted", `${funnel.name} · ${step.type}`),
			form({ controls, submit: sells ? "Buy" : "Subscribe", save }),
			result,
			h("p", h("a", { href: `/funnels/${funnel.id}` }, "Back to the funnel")),
		),
	);
}
