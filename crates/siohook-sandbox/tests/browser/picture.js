// Draws the picture of the README: the pages beside the shop of `examples/shop`, after a busy minute.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import http from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { control, launch } from "./browser.js";

const ROOT = new URL("../../../../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, ROOT));

const run = ["run", "--quiet", "--manifest-path", path("examples/shop/Cargo.toml"), "--", "--sandbox"];
const shop = spawn("cargo", run, { stdio: ["ignore", "pipe", "inherit"], detached: true });
let url;
for await (const line of createInterface({ input: shop.stdout })) {
	url = line.match(/^sandbox +(\S+)/)?.[1];
	if (url) break;
}
shop.stdout.resume();

/** A second receiver, which fails at first. */
let isDown = true;
const books = http.createServer((request, response) => {
	request.resume();
	const [status, answer] = isDown ? [500, { error: "database is locked" }] : [200, { outcome: "done" }];
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
});
books.listen(0, "127.0.0.1");
await once(books, "listening");

const browser = await launch();
try {
	const box = control(url);
	await happen(box);
	const [sale] = (await box.get("/messages?event=SALE_NEW&contact=grace@example.com&q=%2Fbooks")).items;
	for (const theme of ["light", "dark"]) {
		const context = await browser.newContext({
			colorScheme: theme,
			viewport: { width: 1280, height: 760 },
		});
		const page = await context.newPage();
		await page.goto(`${url}/?message=${sale.id}`);
		await page.locator(".attempts li").nth(1).waitFor();
		await page.locator("#count:not(:empty)").waitFor();
		const png = await page.screenshot({ animations: "disabled" });
		await writeFile(path(`docs/sandbox-${theme}.webp`), await webp(context, png));
	}
} finally {
	await browser.close();
	books.close();
	process.kill(-shop.pid, "SIGTERM");
}

/** The same picture as WebP without losses, which is half as large. */
async function webp(context, png) {
	const page = await context.newPage();
	const url = await page.evaluate(async (source) => {
		const image = new Image();
		image.src = source;
		await image.decode();
		const canvas = document.createElement("canvas");
		Object.assign(canvas, { width: image.width, height: image.height });
		canvas.getContext("2d").drawImage(image, 0, 0);
		return canvas.toDataURL("image/webp", 1);
	}, `data:image/png;base64,${png.toString("base64")}`);
	return Buffer.from(url.split(",")[1], "base64");
}

async function happen(box) {
	const fire = (event, name, about) =>
		box.post("/fire", { event, contact: `${name}@example.com`, with: about, wait: "5s" });
	const { id: tag } = await box.post("/tags", { name: "VIP" });
	const { items: plans } = await box.get("/price-plans");
	const target = `http://127.0.0.1:${books.address().port}/books`;
	await box.post("/webhooks", { name: "books", url: target, events: ["SALE_NEW"] });
	await fire("opt-in", "linus");
	await fire("tag-added", "linus", { tag });
	await fire("sale", "grace", { price_plan: plans[0].id });
	isDown = false;
	await box.get("/messages?event=SALE_NEW&contact=grace@example.com&status=delivered&count=2&wait=10s");
	isDown = true;
	await fire("enroll", "grace");
	await fire("sale", "margaret", { price_plan: plans[0].id });
}
