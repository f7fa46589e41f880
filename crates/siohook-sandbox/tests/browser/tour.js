// All pages, and how a test goes through them.

import { furnish, receiver, sandbox } from "./world.js";

export const PAGES = (ids) => [
	"/",
	"/fire",
	"/contacts",
	"/contacts?tab=tags",
	"/contacts?tab=fields",
	`/contacts/${ids.contact}`,
	"/funnels",
	`/funnels/${ids.funnel}`,
	`/page/${ids.step}`,
	`/page/${ids.order}`,
	"/automations",
	"/automations?tab=workflows",
	"/automations?tab=history",
	`/automations/workflows/${ids.workflow}`,
	"/products",
	"/products?tab=coupons",
	"/products?tab=orders",
	"/products?tab=subscriptions",
	"/school",
	"/school?tab=bundles",
	"/school?tab=enrolments",
	"/marketing",
	"/marketing?tab=campaigns",
	"/marketing?tab=emails",
	"/marketing?tab=communities",
	"/marketing?tab=blogs",
	"/webhooks",
	`/webhooks/${ids.webhook}`,
	"/requests",
	"/settings",
	"/fidelity",
];

/** An account with everything in it. */
export async function world() {
	const target = await receiver();
	const box = await sandbox();
	return { box, target, ids: await furnish(box, target.url) };
}

/** Loads a page, and waits until it has settled. */
export async function visit(page, url) {
	await page.goto(url);
	await settle(page);
}

/** Goes to a page as a link does, and waits until it has settled. */
export async function walk(page, path) {
	await page.evaluate((to) => {
		history.pushState(null, "", to);
		dispatchEvent(new PopStateEvent("popstate"));
	}, path);
	await settle(page);
}

async function settle(page) {
	await page.locator("h1:not(:empty)").waitFor();
	await page.locator("#main .card").first().waitFor();
	await page.waitForTimeout(150);
}
