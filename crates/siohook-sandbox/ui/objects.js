// The objects of the account: what they are called, and how one of them is picked.

import { get } from "./shared/api.js";
import { select } from "./shared/form.js";
import { fill, h } from "./shared/h.js";
import { on } from "./shared/store.js";

const MOST = 1000;

const named = (path) => async () => (await all(path)).map((one) => [one.id, one.name]);

/** All objects of a collection, up to a thousand. */
export async function all(path, parameters = "") {
	return (await get(`/${path}?limit=${MOST}${parameters}`)).items;
}

const emails = new Map();
on("state", null, () => emails.clear());

/** A link to a contact, which shows its e-mail address as soon as that is read. */
export function person(id) {
	if (!emails.has(id)) {
		const reading = get(`/contacts/${id}`).then(({ email }) => email);
		emails.set(
			id,
			reading.catch(() => null),
		);
	}
	const link = h("a", { href: `/contacts/${id}` }, `contact ${id}`);
	emails.get(id).then((email) => email && fill(link, email));
	return link;
}

/** The pages of all funnels: id, and the name behind that of the funnel. */
export async function steps() {
	const funnels = await all("funnels");
	return funnels.flatMap((funnel) => funnel.steps.map((step) => [step.id, `${funnel.name} › ${step.name}`]));
}

async function pages() {
	const blogs = await all("blogs");
	const posts = blogs.flatMap((blog) => blog.pages.map((page) => [page.id, `${blog.name} › ${page.name}`]));
	return [...(await steps()), ...posts];
}

/** Kinds of objects by the attribute that names one: its label, and what there is. */
export const KINDS = {
	contact: ["Contact", async () => (await all("contacts")).map((one) => [one.id, one.email])],
	tag: ["Tag", named("tags")],
	course: ["Course", named("courses")],
	bundle: ["Bundle", named("bundles")],
	community: ["Community", named("communities")],
	campaign: ["Campaign", named("campaigns")],
	email: ["E-mail", async () => (await all("emails")).map((one) => [one.id, one.subject])],
	price_plan: ["Price plan", named("price-plans")],
	webinar: [
		"Webinar",
		async () => {
			const places = new Map(await steps());
			return (await all("webinars")).map((one) => [
				one.id,
				`${places.get(one.step) ?? "Webinar"} (${one.id})`,
			]);
		},
	],
	page: ["Page", pages],
	step: ["Funnel step", steps],
	funnel_step: ["Funnel step", steps],
	coupon: ["Coupon", async () => (await all("coupons")).map((one) => [one.code, one.code])],
};

/** What there is of these kinds, read at once. */
export async function choices(...kinds) {
	const lists = await Promise.all(kinds.map((kind) => KINDS[kind][1]()));
	return Object.fromEntries(kinds.map((kind, index) => [kind, lists[index]]));
}

/** A control that picks an object. */
export function pick(kind, lists, options = {}) {
	const [label] = KINDS[kind];
	const list = lists[kind];
	const hint = list.length ? options.hint : `There is no ${label.toLowerCase()} yet.`;
	return select({ name: kind, label, choices: list, ...options, hint });
}

export const ACCESS = [
	["full_access", "All modules"],
	["partial_access", "Some modules"],
	["dripping_content", "Modules by and by"],
	["partial_dripping_access", "Some modules, by and by"],
];

export const accessType = (value) => select({ name: "access_type", label: "Access", choices: ACCESS, value });
