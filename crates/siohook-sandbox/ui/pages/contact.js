// A contact: what it has, what was sent about it, and what can happen to it.

import { patch } from "../edit.js";
import { wait } from "../clock.js";
import { get, post } from "../shared/api.js";
import { dateTime } from "../shared/format.js";
import { check, select, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on, throttle } from "../shared/store.js";
import { doing, toast } from "../shared/toast.js";
import { all, choices, pick } from "../objects.js";
import { formDialog } from "../collection.js";
import { kindOf, statusText, summary } from "./message.js";
import { orderRows, subscriptionTools } from "./sales.js";

const LOCALES = "en fr es it pt de nl ru jp tr ar zh sv ro cs hu sk dk id pl el sr hi no th sq sl ua".split(
	" ",
);

/** Controls of a contact. A new one has fewer. */
export function contactControls(own, item) {
	const inputs = own.map(({ slug, field_name: label }) =>
		text({
			name: slug,
			label,
			value: item?.fields[slug],
			empty: item?.fields[slug] === undefined ? undefined : null,
		}),
	);
	const values = {
		name: "fields",
		el: h(
			"details.field",
			{ open: Boolean(item) },
			h("summary", "Fields"),
			inputs.map((one) => one.el),
		),
		read: () =>
			Object.fromEntries(
				inputs.map((one) => [one.name, one.read()]).filter(([, value]) => value !== undefined),
			),
		mark: (at) => inputs.forEach((one) => one.mark(`${at}/${one.name}`)),
	};
	const controls = [
		text({ name: "email", label: "E-mail", type: "email", value: item?.email, required: true }),
		select({
			name: "locale",
			label: "Language",
			choices: LOCALES.map((one) => [one, one]),
			value: item?.locale ?? "en",
		}),
		values,
	];
	if (!item) return controls;
	return [
		...controls,
		check({ name: "unsubscribed", label: "Unsubscribed", value: item.unsubscribed }),
		check({ name: "bounced", label: "Bounced", value: item.bounced }),
		check({ name: "needs_confirmation", label: "Needs confirmation", value: item.needs_confirmation }),
	];
}

/** What can happen to a contact: the action, its button, and what it is about. */
const DEEDS = [
	["opt-in", "Opt in", "page"],
	["tag-added", "Add a tag", "tag"],
	["sale", "Buy", "price_plan"],
	["enroll", "Enroll", "course"],
	["grant-bundle", "Give a bundle", "bundle"],
	["join", "Join a community", "community"],
	["register-webinar", "Register for a webinar", "webinar"],
	["finish-campaign", "Finish a campaign", "campaign"],
	["click-link", "Click a link", "email"],
	["visit-page", "Visit a page", "funnel_step"],
];

/** Draws the page of a contact. */
export async function contact({ root, head, left }, id) {
	const fields = (await get("/contact-fields", left)).items;
	/** Performs an action on the contact, and says what was sent. */
	const perform = async (event, about = {}) => {
		const { messages, unchanged } = await post("/fire", { event, contact: Number(id), with: about });
		toast(
			unchanged ? `Nothing changed: ${unchanged}` : `Done. ${messages.length} sent`,
			unchanged ? "plain" : "ok",
		);
		await draw();
	};
	const deed = ([event, label, kind]) =>
		h(
			"button.btn",
			{
				type: "button",
				"data-key": event,
				onclick: doing(async () => {
					const lists = await choices(kind);
					await formDialog(
						label,
						() => [pick(kind, lists, { empty: "The first, or a new one" })],
						label,
						(about) => perform(event, about),
					);
				}),
			},
			label,
		);

	const draw = async () => {
		const about = `?contact=${id}&limit=100&order=desc`;
		const [one, tagList, orders, subscriptions, enrolments, memberships, courses, communities, log, history] =
			await Promise.all([
				get(`/contacts/${id}`, left),
				all("tags"),
				get(`/orders${about}`, left),
				get(`/subscriptions${about}`, left),
				get(`/enrolments${about}`, left),
				get(`/memberships${about}`, left),
				all("courses"),
				all("communities"),
				get(`/messages?contact=${id}&limit=20`, left),
				get("/history?limit=1000", left),
			]);
		const nameIn = (list, key) => list.find((item) => item.id === key)?.name ?? key;
		head(
			one.email,
			h(
				"button.btn",
				{
					type: "button",
					"data-key": "edit",
					onclick: doing(() =>
						formDialog(
							"Edit the contact",
							() => contactControls(fields, one),
							"Save",
							async (body) => {
								await patch(`/contacts/${id}`, body);
								await draw();
							},
						),
					),
				},
				"Edit",
			),
		);
		const flags = [
			one.unsubscribed && "unsubscribed",
			one.bounced && "bounced",
			one.needs_confirmation && "needs confirmation",
		].filter(Boolean);
		const values = Object.entries(one.fields);
		const waits = history.waiting.filter((journey) => journey.contact === one.id);
		fill(
			root,
			h(
				"div.split.even",
				h(
					"div.stack",
					h(
						"section.card.pad",
						h(
							"dl.facts.first",
							fact("Id", h("span.num", one.id)),
							fact("Language", one.locale),
							fact("Registered", dateTime(one.registered_at)),
							fact("From", one.source_url ?? "–"),
							...values.map(([slug, value]) => fact(slug, value)),
						),
						flags.length > 0 &&
							h(
								"p",
								flags.map((flag) => h("span.badge.warn", flag)),
							),
					),
					h(
						"section.card.pad",
						h("h2", "Tags"),
						one.tags.length
							? h(
									"div.chips",
									one.tags.map((tag) =>
										h(
											"span.chip.static",
											nameIn(tagList, tag),
											" ",
											h(
												"button.btn.quiet.tiny",
												{
													type: "button",
													"data-key": `tag-${tag}`,
													"aria-label": `Remove the tag ${nameIn(tagList, tag)}`,
													onclick: doing(() => perform("tag-removed", { tag })),
												},
												"✕",
											),
										),
									),
								)
							: h("p.muted", "No tag."),
					),
					h("section.card.pad", h("h2", "Let something happen"), h("div.actions.first", DEEDS.map(deed))),
					waits.length > 0 &&
						h(
							"section.card.pad",
							h("h2", "Waits"),
							h(
								"ul.plain",
								waits.map((journey) =>
									h("li", `in workflow ${journey.workflow} until ${dateTime(journey.until)}`),
								),
							),
						),
				),
				h(
					"div.stack",
					h(
						"section.card.pad",
						h("h2", "Orders"),
						orders.items.length ? orderRows(orders.items, perform) : h("p.muted", "Bought nothing yet."),
					),
					subscriptions.items.length > 0 &&
						h(
							"section.card.pad",
							h("h2", "Subscriptions"),
							subscriptions.items.map((subscription) =>
								h(
									"div.line",
									h(
										"span",
										`Subscription ${subscription.id} `,
										h("span.badge.plain", subscription.status),
										h("p.muted", `paid until ${dateTime(subscription.period_end)}`),
									),
									subscriptionTools(subscription, perform),
								),
							),
						),
					h(
						"section.card.pad",
						h("h2", "Access"),
						enrolments.items.length || memberships.items.length
							? h(
									"ul.plain",
									enrolments.items.map((item) =>
										h("li", `Course ${nameIn(courses, item.course)}`, !item.active && " (ended)"),
									),
									memberships.items.map((item) =>
										h("li", `Community ${nameIn(communities, item.community)}`),
									),
								)
							: h("p.muted", "No course and no community."),
					),
					h(
						"section.card.pad",
						h("div.title", h("h2", "Messages"), h("span.grow"), h("a", { href: `/?contact=${id}` }, "All")),
						log.items.length
							? h(
									"ul.plain.log",
									log.items.map((message) => {
										const row = summary(message);
										return h(
											"li",
											h("a.mono.break", { href: `/?contact=${id}&message=${row.id}` }, row.event),
											h(`span.badge.${kindOf(row.status)}`, statusText(row, wait)),
										);
									}),
								)
							: h("p.muted", "No message is about this contact."),
					),
				),
			),
		);
	};
	await draw();
	on(
		["state", "message", "live"],
		left,
		throttle(500, () => draw().catch(() => {})),
	);
}

const fact = (name, value) => h("div", h("dt", name), h("dd", value));
