import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { open, receiver, sandbox, test } from "./world.js";

test("a rule of a funnel step sends what an opt-in on its page says", async () => {
	const target = await receiver();
	const box = await sandbox();
	const page = await open(`${box.url}/funnels`);
	await page.getByRole("button", { name: "New funnel" }).click();
	await page.getByLabel("Name").fill("Launch");
	await page.getByRole("button", { name: "Create" }).click();
	await page.getByRole("link", { name: "Launch" }).click();
	await page.getByText("The funnel has no step yet.").waitFor();
	await page.getByRole("button", { name: "New step" }).click();
	await page.getByLabel("Name").fill("Squeeze page");
	await page.getByRole("button", { name: "Create" }).click();
	await page.getByRole("button", { name: "Add rule to Squeeze page" }).click();
	await page.getByLabel("Webhook URL").fill("ftp://example.com/");
	await page.getByRole("button", { name: "Save rule" }).click();
	const wrong = page.locator("[data-at='/actions/0/url']");
	await wrong.locator(".error:not(:empty)").waitFor();
	assert.equal(await wrong.locator("input").getAttribute("aria-invalid"), "true");
	await page.getByLabel("Webhook URL").fill(target.url);
	await page.getByRole("button", { name: "Save rule" }).click();
	await page.getByText(`Send webhook: ${target.url}`).waitFor();

	await page.getByRole("link", { name: "Open the page" }).click();
	await page.getByLabel("E-mail").fill("ada@example.com");
	await page.getByLabel("First name").fill("Ada");
	await page.getByRole("button", { name: "Subscribe" }).click();
	await page.getByText("The sandbox sends 1 message").waitFor();
	await page.getByRole("link", { name: "see the deliveries" }).click();
	await page.locator("article .badge", { hasText: "200 · delivered" }).waitFor();
	await page.getByRole("tab", { name: "Answer" }).click();
	await page.getByRole("tabpanel").getByText('"done"').waitFor();
	const body = JSON.parse(target.requests[0].body);
	assert.equal(body.type, "contact.optin.completed");
	assert.equal(body.data.funnel_step.name, "Squeeze page");
	assert.equal(body.data.contact.fields.first_name, "Ada");
});

test("a workflow goes on when the clock has passed its delay", async () => {
	const target = await receiver();
	const box = await sandbox();
	await box.post("/tags", { name: "VIP" });
	const page = await open(`${box.url}/automations?tab=workflows`);
	await page.getByRole("button", { name: "New workflow" }).click();
	await page.getByLabel("Name").fill("Later");
	const steps = page.locator("[name=steps], .list").last();
	await page.getByLabel("Step", { exact: true }).selectOption({ label: "Wait" });
	await page.getByLabel("Length").fill("2");
	await page.getByLabel("Unit").selectOption({ label: "hours" });
	await page.getByRole("button", { name: "Add a step" }).click();
	await steps.getByLabel("Webhook URL").fill(target.url);
	await page.getByRole("button", { name: "Create" }).click();
	await page.getByRole("link", { name: "Later" }).click();
	await page.getByText("Wait 2 h").waitFor();

	await box.post("/fire", { event: "tag-added", contact: "ada@example.com" });
	await page.getByText("until Thu, 26 Nov 2026, 16:00:00, for 2 h").waitFor();
	assert.equal(target.requests.length, 0);
	await page.getByRole("button", { name: "skip 2 h" }).click();
	await page.getByText("No contact waits in a delay of it.").waitFor();
	await page.getByRole("link", { name: "Messages of this workflow" }).click();
	await page.getByRole("option").getByText("contact.tag.added").waitFor();
	assert.equal(target.requests.length, 1);
	await page.goto(`${box.url}/automations?tab=history`);
	await page.getByText(`Send webhook: ${target.url}`).waitFor();
});

test("a webhook is made, edited, disabled, enabled again and tested", async () => {
	const target = await receiver();
	const box = await sandbox();
	const page = await open(`${box.url}/webhooks`);
	await page.getByText("There is no webhook yet.").waitFor();
	await page.getByRole("button", { name: "New webhook" }).click();
	await page.getByRole("button", { name: "Create" }).click();
	await page.locator("dialog .error:not(:empty)").first().waitFor();
	await page.getByLabel("Name").fill("main");
	await page.getByLabel("URL").fill(target.url);
	await page.getByLabel("Secret").fill("s3cret");
	await page.getByRole("button", { name: "Create" }).click();
	await page.getByRole("link", { name: "main" }).click();
	await page.getByRole("button", { name: "Send a test SALE_NEW" }).click();
	await page.getByText("SALE_NEW: 200 · delivered").waitFor();
	await page.getByRole("button", { name: "Disable SALE_NEW" }).click();
	await page.getByText("switched off", { exact: true }).waitFor();
	await page.getByRole("button", { name: "Enable again SALE_NEW" }).click();
	await page.getByRole("button", { name: "Disable SALE_NEW" }).waitFor();
	await page.getByRole("button", { name: "Edit" }).click();
	await page.getByLabel("Name").fill("renamed");
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("heading", { name: "renamed" }).waitFor();
	const [webhook] = (await box.get("/webhooks")).items;
	assert.equal(webhook.secret, "s3cret");
	assert.equal(target.requests.length, 1);
	await page.getByRole("button", { name: "Delete" }).click();
	await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
	await page.getByText("There is no webhook yet.").waitFor();
});

test("firing says before who receives the event, and why others do not", async () => {
	const target = await receiver();
	const box = await sandbox();
	await box.post("/webhooks", { name: "main", url: target.url });
	await box.post("/webhooks", { name: "tags", url: `${target.url}/tags`, events: ["CONTACT_TAG_ADDED"] });
	const page = await open(`${box.url}/fire?event=SALE_NEW`);
	const plan = page.getByRole("region", { name: "Receivers" });
	await plan.getByText("webhook main").waitFor();
	await plan.getByText("it has no enabled subscription to the event").waitFor();
	await page.getByText("Values of the body").click();
	await page.getByLabel("/pricePlan/amount").fill("0");
	await plan.getByText('"amount": 0').waitFor();
	await page.getByLabel("Contact", { exact: true }).fill("not an address");
	await page.locator("[data-at='/contact'] .error:not(:empty)").waitFor();
	await page.getByLabel("Contact", { exact: true }).fill("ada@example.com");
	await plan.getByText("ada@example.com").waitFor();
	await page.locator("[data-at='/contact'] .error:not(:empty)").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Fire", exact: true }).click();
	await page.getByText("200 · delivered").waitFor();
	const body = JSON.parse(target.requests[0].body);
	assert.equal(body.pricePlan.amount, 0);
	assert.equal(body.customer.email, "ada@example.com");

	await page.getByLabel("Write the whole body").check();
	await page.getByRole("textbox", { name: "Body" }).fill('{"a":1.0}');
	await page.getByRole("button", { name: "Fire", exact: true }).click();
	await page.waitForFunction(() => document.querySelector("pre.body")?.textContent.includes('"a": 1.0'));
	await page.getByText("Sent", { exact: true }).waitFor();
	assert.equal(target.requests.at(-1).body, '{"a":1.0}');

	for (const event of (await box.get("/catalogue")).events.map(({ name }) => name)) {
		await page.getByLabel("What happens").selectOption(event);
		await page.locator(`[data-event="${event}"]`).waitFor();
		await page.getByLabel("Only to").fill(target.url);
		await plan.getByText("this URL alone").waitFor();
	}
});

test("a subscription is paid, fails, and is cancelled; an order is refunded", async () => {
	const target = await receiver();
	const box = await sandbox();
	await box.post("/webhooks", { name: "main", url: target.url });
	await box.post("/price-plans", {
		name: "Membership",
		amount: 1900,
		recurring_options: { interval: "month" },
	});
	const page = await open(`${box.url}/contacts`);
	await page.getByRole("button", { name: "New contact" }).click();
	await page.getByLabel("E-mail").fill("ada@example.com");
	await page.getByRole("button", { name: "Create" }).click();
	await page.getByRole("link", { name: "ada@example.com" }).click();
	await page.getByRole("button", { name: "Buy" }).click();
	await page.locator("dialog").getByRole("button", { name: "Buy" }).click();
	await page.getByText("Membership, 19.00 EUR").waitFor();
	await page.getByRole("button", { name: /Pay again/ }).click();
	await page.getByText("paid until Tue, 26 Jan 2027, 14:00:00").waitFor();
	await page.getByRole("button", { name: /^Fail/ }).click();
	await page.getByText("in_charge").waitFor();
	await page.getByRole("button", { name: /Cancel now/ }).click();
	await page.getByText("cancelled").first().waitFor();
	await page.waitForFunction(() => document.body.textContent.includes("SALE_CANCELED"));
	await page.getByRole("button", { name: "Add a tag" }).click();
	await page.locator("dialog").getByRole("button", { name: "Add a tag" }).click();
	await page.getByRole("button", { name: /Remove the tag/ }).click();
	await page.getByText("No tag.").waitFor();
	const events = target.requests.map(({ headers }) => headers["x-webhook-event"]);
	for (const event of [
		"CONTACT_CREATED",
		"SALE_NEW",
		"SALE_CANCELED",
		"CONTACT_TAG_ADDED",
		"CONTACT_TAG_REMOVED",
	]) {
		assert.ok(events.includes(event), event);
	}
});

test("chaos is set by its form, marks what it hits, and is switched off", async () => {
	const target = await receiver();
	const box = await sandbox();
	await box.post("/webhooks", { name: "main", url: target.url });
	const page = await open(`${box.url}/settings`);
	const part = page.getByRole("region", { name: "Chaos" });
	await part.getByText("off", { exact: true }).waitFor();
	const account = part.getByRole("group", { name: "Account webhooks" });
	const calls = part.getByRole("group", { name: "Calls to the API" });
	for (const [field, wrong, fault, place, right] of [
		[account.getByLabel("Sent twice"), "2", "is not a probability", "/account/duplicate", "0"],
		[account.getByLabel("Late by"), "5s 1s", "the first duration is the shortest", "/account/delay", ""],
		[account.getByLabel("Hangs up after"), "soon", "is not a duration", "/account/hang_up_after", ""],
		[calls.getByLabel("Answered with"), "200", "is not a status of an error", "/api/status", "503"],
		[calls.getByLabel("Slower by"), "x", "is not a duration", "/api/latency", "1ms"],
		[part.getByLabel("Seed"), "1.5", "expected a whole number", "/seed", "7"],
	]) {
		await field.fill(wrong);
		await part.getByRole("button", { name: "Set" }).click();
		await part.locator(`[data-at='${place}'] > .error`, { hasText: fault }).waitFor();
		assert.equal(await field.getAttribute("aria-invalid"), "true", place);
		await field.fill(right);
	}
	await account.getByLabel("Damaged").selectOption({ label: "The signature, or the token" });
	await part.getByRole("button", { name: "Set" }).click();
	await part.getByText("on", { exact: true }).waitFor();
	const { account: set, api, seed } = await box.get("/chaos");
	assert.deepEqual([set.damage, set.probability, api.status, api.latency, seed], ["signature", 1, 503, "1ms", 7]);

	await box.post("/fire", { event: "SALE_NEW", wait: "5s" });
	await page.goto(box.url);
	await page.getByRole("option").getByText("chaos: damage signature").click();
	await page.locator(".attempts").getByText("chaos: damage signature").waitFor();
	await page.goto(`${box.url}/settings`);
	assert.equal(await account.getByLabel("Damaged").locator("option:checked").textContent(), "The signature, or the token");
	await part.getByRole("button", { name: "Switch it off" }).click();
	await part.getByText("off", { exact: true }).waitFor();
	await box.post("/fire", { event: "CONTACT_CREATED", wait: "5s" });
	await page.goto(box.url);
	await page.getByRole("option").nth(1).waitFor();
	assert.equal(await page.getByText("chaos:").count(), 1);
});

test("a receiver of its own is given its secret", async () => {
	const target = await receiver();
	const box = await sandbox();
	const page = await open(`${box.url}/fire?event=SALE_NEW`);
	const secret = page.getByLabel("Its secret");
	await page.getByLabel("Only to").waitFor();
	assert.equal(await secret.isVisible(), false);
	await page.getByLabel("Only to").fill(target.url);
	await secret.fill("own");
	await page.getByRole("region", { name: "Receivers" }).getByText("this URL alone").waitFor();
	await page.getByRole("button", { name: "Fire", exact: true }).click();
	await page.getByText("200 · delivered").waitFor();
	const [{ body, headers }] = target.requests;
	assert.equal(headers["x-webhook-signature"], createHmac("sha256", "own").update(body).digest("hex"));
});

test("the start and the retries are read in the settings", async () => {
	const box = await sandbox("--retries", "1s,90m", "--allow", "example.com");
	const page = await open(`${box.url}/settings`);
	const retries = page.getByRole("region", { name: "Retries" });
	await retries.getByText("3 attempts").waitFor();
	assert.deepEqual(await retries.getByRole("listitem").allTextContents(), ["1 s", "1 h 30 min"]);
	const flags = page.getByRole("region", { name: "Started with" });
	const value = (flag) => flags.locator("div", { has: page.getByText(flag, { exact: true }) }).locator("dd");
	assert.equal(await value("--allow").textContent(), "example.com");
	assert.equal(await value("--clock").textContent(), "manual");
	assert.equal(await value("--data").textContent(), "–");
});
