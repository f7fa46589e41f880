// axe-core on every page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PAGES, walk, world } from "./tour.js";
import { open, test } from "./world.js";

const axe = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** The serious findings of axe-core. */
async function findings(page) {
	const { violations } = await page.evaluate(() => globalThis.axe.run(document));
	const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
	return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

for (const theme of ["light", "dark"]) {
	test(`axe finds nothing serious on a page in ${theme}`, async () => {
		const { box, ids } = await world();
		const page = await open(box.url, { theme });
		// The debugger runs it, which the policy does not bind.
		await page.evaluate(axe);
		const found = {};
		for (const path of PAGES(ids)) {
			await walk(page, path);
			const own = await findings(page);
			if (own.length) found[path] = own;
		}
		await walk(page, "/");
		await page.getByRole("option").first().click();
		for (const name of ["Body", "Headers", "Raw", "Answer", "Signature"]) {
			await page.getByRole("tab", { name }).click();
			const own = await findings(page);
			if (own.length) found[`a message, ${name}`] = own;
		}
		for (const [path, button] of [
			["/automations?tab=workflows", "Edit Later"],
			["/automations", "New rule"],
			["/products", "New price plan"],
			["/webhooks", "New webhook"],
		]) {
			await walk(page, path);
			await page.getByRole("button", { name: button }).click();
			await page.locator("dialog").waitFor();
			const own = await findings(page);
			if (own.length) found[`${path}, ${button}`] = own;
		}
		assert.deepEqual(found, {});
	});
}
