// Price plans, coupons, orders and subscriptions.

import { post } from "../shared/api.js";
import { money } from "../money.js";
import { dateTime } from "../shared/format.js";
import { group, list, select, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { toast } from "../shared/toast.js";
import { accessType, choices, person, pick } from "../objects.js";
import { collection } from "../collection.js";
import { tabbed } from "../tabbed.js";
import { orderLines, subscriptionTools } from "./sales.js";

export default async function products(page) {
	tabbed(page, "Products", [
		["plans", "Price plans", plans],
		["coupons", "Coupons", coupons],
		["orders", "Orders", orders],
		["subscriptions", "Subscriptions", subscriptions],
	]);
}

const INTERVALS = ["day", "week", "month", "year"].map((one) => [one, one]);
const TYPES = [
	["one_shot", "Once"],
	["subscription", "Subscription"],
	["limited_subscription", "Instalments"],
];

const rhythmText = ({ interval, interval_count: n, limit_of_payments: limit }) =>
	`every ${n > 1 ? `${n} ${interval}s` : interval}${limit ? `, ${limit} payments` : ""}`;

async function plans(page) {
	let names = {};
	/** What a price plan gives, in words: `course Knitting`. */
	const given = ({ type, name, ...ids }) =>
		`${type.replaceAll("_", " ")} ${name ?? names[type]?.get(ids[type]) ?? ids[type]}`;
	return collection(page, {
		path: "price-plans",
		noun: "price plan",
		order: "asc",
		empty: "There is no price plan yet. A price plan is what contacts buy. A sale without one makes one.",
		controls: planControls,
		columns: [
			["Name", (one) => one.name],
			["Id", (one) => h("span.num", one.id)],
			[
				"Price",
				(one) =>
					h(
						"span.num",
						money(one.amount, one.currency),
						one.recurring_options && h("p.muted", rhythmText(one.recurring_options)),
					),
			],
			["Gives", (one) => one.resources.map(given).join(", ") || "–"],
		],
		prepare: async () => {
			const lists = Object.entries(await choices("tag", "course", "bundle"));
			names = Object.fromEntries(lists.map(([kind, list]) => [kind, new Map(list)]));
		},
	});
}

async function planControls(plan) {
	const lists = await choices("tag", "course", "bundle");
	const rhythm = plan?.recurring_options ?? {};
	const place = h("div");
	const options = group([
		select({ name: "interval", label: "Paid every", choices: INTERVALS, value: rhythm.interval ?? "month" }),
		text({
			name: "interval_count",
			label: "Number of them",
			type: "number",
			value: rhythm.interval_count ?? 1,
		}),
		text({
			name: "limit_of_payments",
			label: "Payments in all",
			type: "number",
			value: rhythm.limit_of_payments,
			hint: "Empty: it goes on.",
		}),
		text({ name: "trial_period", label: "Trial", type: "number", value: rhythm.trial_period ?? 0 }),
		select({
			name: "trial_interval",
			label: "Trial in",
			choices: INTERVALS,
			value: rhythm.trial_interval ?? "day",
		}),
	]);
	options.el.classList.add("row-fields");
	const type = select({
		name: "type",
		label: "Paid",
		choices: TYPES,
		value: plan?.type ?? "one_shot",
		onchange: () => draw(),
	});
	const draw = () => fill(place, type.read() !== "one_shot" && options.el);
	draw();
	return [
		text({ name: "name", label: "Name", value: plan?.name, required: true }),
		text({
			name: "amount",
			label: "Price in cents",
			type: "number",
			value: plan?.amount ?? 4700,
			required: true,
			hint: "4700 is 47.00.",
		}),
		text({ name: "currency", label: "Currency", value: plan?.currency ?? "eur" }),
		type,
		{
			name: "recurring_options",
			el: place,
			read: () => (type.read() === "one_shot" ? (plan ? null : undefined) : options.read()),
			mark: options.mark,
		},
		list({
			name: "resources",
			label: "resource",
			add: "Add what it gives",
			items: plan?.resources ?? [],
			blank: () => ({ type: "tag" }),
			make: (item) => resource(lists, item),
		}),
	];
}

const RESOURCES = [
	["tag", "A tag"],
	["course", "A course"],
	["bundle", "A bundle"],
];

/** A control of what a price plan gives. */
function resource(lists, item) {
	if (item.type === "physical_product") return { el: h("p", item.name), read: () => item, mark() {} };
	const place = h("div.row-fields");
	let inner = [];
	const type = select({
		name: "type",
		label: "Gives",
		choices: RESOURCES,
		value: item.type,
		onchange: () => draw({}),
	});
	const draw = (from) => {
		const kind = type.read();
		inner = [pick(kind, lists, { value: from[kind] })];
		if (kind !== "tag") inner.push(accessType(from.access_type));
		fill(
			place,
			inner.map((one) => one.el),
		);
	};
	draw(item);
	return {
		el: h("div.typed", type.el, place),
		read: () =>
			Object.fromEntries(
				[type, ...inner].map((one) => [one.name, one.read()]).filter(([, value]) => value !== undefined),
			),
		mark: (at) => [type, ...inner].forEach((one) => one.mark(`${at}/${one.name}`)),
	};
}

const coupons = (page) =>
	collection(page, {
		path: "coupons",
		noun: "coupon",
		key: "code",
		order: "asc",
		empty: "There is no coupon yet.",
		controls: async (item) => {
			const discount = group(
				[
					select({
						name: "type",
						label: "Discount",
						choices: [
							["percent", "Percent"],
							["fixed", "Cents"],
						],
						value: item?.discount.type,
					}),
					text({ name: "amount", label: "Amount", type: "number", value: item?.discount.amount ?? 10 }),
				],
				{ name: "discount" },
			);
			discount.el.classList.add("row-fields");
			return [
				...(item ? [] : [text({ name: "code", label: "Code", required: true, mono: true })]),
				discount,
				text({
					name: "limit_of_use",
					label: "Uses in all",
					type: "number",
					value: item?.limit_of_use,
					empty: item ? null : undefined,
					hint: "Empty: any number.",
				}),
				text({
					name: "expiration_date",
					label: "Ends",
					value: item?.expiration_date,
					empty: item ? null : undefined,
					mono: true,
					placeholder: "2027-01-01T00:00:00Z",
				}),
			];
		},
		columns: [
			["Code", (one) => h("span.mono", one.code)],
			[
				"Discount",
				({ discount: { type, amount } }) =>
					type === "percent" ? `${amount} %` : `${(amount / 100).toFixed(2)} off`,
			],
			["Uses", (one) => one.limit_of_use ?? "any number"],
			["Ends", (one) => dateTime(one.expiration_date)],
		],
	});

/** Performs an action on a contact's order or subscription. */
const performer = (contact, load) => async (event, about) => {
	const { messages } = await post("/fire", { event, contact, with: about });
	toast(`Done. ${messages.length} sent`, "ok");
	await load();
};

const orders = (page) =>
	collection(page, {
		path: "orders",
		noun: "order",
		search: false,
		canEdit: false,
		empty: "Nothing was bought yet. Sell something: choose a contact and a price plan.",
		controls: async () => {
			const lists = await choices("contact", "price_plan", "step", "coupon");
			return [
				pick("contact", lists),
				list({
					name: "price_plans",
					label: "product",
					add: "Add a product",
					items: [undefined],
					blank: () => undefined,
					make: () => pick("price_plan", lists),
				}),
				pick("step", lists, { empty: "None" }),
				pick("coupon", lists, { empty: "None" }),
			];
		},
		columns: [
			["Order", (one) => h("span.num", one.id)],
			["Contact", (one) => person(one.contact)],
			["Time", (one) => h("span.num", dateTime(one.created_at))],
			[
				"Products",
				(one) =>
					orderLines(
						one,
						performer(one.contact, async () => {}),
					),
			],
			["Total", (one) => h("span.num", money(one.total, one.lines[0]?.plan.currency ?? ""))],
		],
	});

const subscriptions = (page) =>
	collection(page, {
		path: "subscriptions",
		noun: "subscription",
		search: false,
		canEdit: false,
		canDelete: false,
		empty:
			"No contact pays a subscription. Make a price plan that is paid every month, and let a contact buy it.",
		columns: [
			["Subscription", (one) => h("span.num", one.id)],
			["Contact", (one) => person(one.contact)],
			[
				"Status",
				(one) =>
					h(
						`span.badge.${one.status === "active" ? "ok" : one.status === "in_charge" ? "bad" : "plain"}`,
						one.status.replace("_", " "),
					),
			],
			["Payments", (one) => h("span.num", one.payments)],
			["Paid until", (one) => h("span.num", dateTime(one.period_end))],
		],
		tools: (one, load) => [subscriptionTools(one, performer(one.contact, load))],
	});
