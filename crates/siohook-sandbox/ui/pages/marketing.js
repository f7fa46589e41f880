// Webinars, campaigns, e-mails, communities and blogs: enough to fire their events.

import { h } from "../shared/h.js";
import { length } from "../length.js";
import { text } from "../shared/form.js";
import { post, remove } from "../shared/api.js";
import { choices, pick, steps } from "../objects.js";
import { collection, formDialog, tool } from "../collection.js";
import { tabbed } from "../tabbed.js";

export default async function marketing(page) {
	tabbed(page, "Marketing", [
		["webinars", "Webinars", webinars],
		["campaigns", "Campaigns", campaigns],
		["emails", "E-mails", emails],
		["communities", "Communities", communities],
		["blogs", "Blogs", blogs],
	]);
}

const id = ["Id", (one) => h("span.num", one.id)];
const name = (item) => text({ name: "name", label: "Name", value: item?.name, required: true });
const fires = (event, kind) => (one) => [
	h(
		"a.btn.small",
		{
			href: `/fire?event=${event}&${kind}=${one.id}`,
			"aria-label": `Fire ${event} for ${one.name ?? one.subject ?? one.id}`,
		},
		"Fire",
	),
];

async function webinars(page) {
	let places = new Map();
	return collection(page, {
		path: "webinars",
		noun: "webinar",
		order: "asc",
		search: false,
		empty: "There is no webinar yet. Contacts register for it on a page of a funnel: create that first.",
		prepare: async () => {
			places = new Map(await steps());
		},
		controls: async (item) => [
			pick("step", await choices("step"), { value: item?.step, label: "Page of the registration" }),
			text({ name: "duration", label: "Length in seconds", type: "number", value: item?.duration ?? 3600 }),
		],
		columns: [
			["Page", (one) => places.get(one.step) ?? one.step],
			id,
			["Length", (one) => length(one.duration)],
		],
		tools: fires("register-webinar", "webinar"),
	});
}

const campaigns = (page) =>
	collection(page, {
		path: "campaigns",
		noun: "campaign",
		order: "asc",
		empty: "There is no campaign yet. A contact that gets its last e-mail has finished it.",
		controls: async (item) => [
			name(item),
			text({ name: "description", label: "Description", value: item?.description }),
		],
		columns: [["Name", (one) => one.name], id, ["Description", (one) => one.description ?? "–"]],
		tools: fires("finish-campaign", "campaign"),
	});

const emails = (page) =>
	collection(page, {
		path: "emails",
		noun: "e-mail",
		order: "asc",
		empty: "There is no e-mail yet. Contacts click the links in e-mails.",
		controls: async (item) => [
			text({ name: "subject", label: "Subject", value: item?.subject, required: true }),
		],
		columns: [["Subject", (one) => one.subject], id],
		tools: fires("click-link", "email"),
	});

const communities = (page) =>
	collection(page, {
		path: "communities",
		noun: "community",
		order: "asc",
		empty: "There is no community yet.",
		controls: async (item) => [
			name(item),
			text({ name: "domain_name", label: "Domain", value: item?.domain_name }),
			text({ name: "path", label: "Path", value: item?.path }),
		],
		columns: [
			["Name", (one) => one.name],
			id,
			["Address", (one) => h("span.mono.break", `${one.domain_name}/${one.path}`)],
		],
		tools: fires("join", "community"),
	});

const blogs = (page) =>
	collection(page, {
		path: "blogs",
		noun: "blog",
		order: "asc",
		empty: "There is no blog yet. Contacts opt in on pages of blogs as well.",
		controls: async (item) => [name(item)],
		columns: [
			["Name", (one) => one.name],
			id,
			[
				"Pages",
				(one) =>
					h(
						"ul.plain",
						one.pages.map((entry) =>
							h(
								"li.line",
								entry.name,
								h(
									"span.tools-row",
									h(
										"a.btn.small",
										{ href: `/fire?event=opt-in&page=${entry.id}`, "aria-label": `Opt in on ${entry.name}` },
										"Opt in",
									),
									tool(`page-${entry.id}`, "Delete", entry.name, () =>
										remove(`/blogs/${one.id}/pages/${entry.id}`),
									),
								),
							),
						),
					),
			],
		],
		tools: (one) => [
			tool(`add-${one.id}`, "Add a page", `to ${one.name}`, () =>
				formDialog(
					"New page",
					() => [name()],
					"Create",
					(body) => post(`/blogs/${one.id}/pages`, body),
				),
			),
		],
	});
