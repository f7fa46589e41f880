// A program that listens, for a test. The browser is that of the sandbox's tests.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROGRAM, atEnd } from "../../../siohook-sandbox/tests/browser/stage.js";

export { launch } from "../../../siohook-sandbox/tests/browser/browser.js";
export { PROGRAM, atEnd, forgive, open, receiver, test } from "../../../siohook-sandbox/tests/browser/stage.js";

export const SECRET = "correct horse battery staple";
const ENVIRONMENT = { ...process.env, SYSTEME_WEBHOOK_SECRET: SECRET, SYSTEME_WEBHOOK_TOKEN: "b7e1-the-token" };

/** Makes a folder that goes at the end of the test. */
export async function folder() {
	const path = await mkdtemp(join(tmpdir(), "siohook-"));
	atEnd(() => rm(path, { recursive: true, force: true }));
	return path;
}

/** Starts `siohook listen` with a store of its own, or with that of an earlier run. */
export async function listen(...flags) {
	let store = flags[flags.indexOf("--store") + 1];
	if (!flags.includes("--store")) {
		store = await folder();
		flags.push("--store", store);
	}
	const place = ["--listen", "127.0.0.1:0"];
	if (!flags.includes("--inspector")) place.push("--inspector", "127.0.0.1:0");
	const program = spawn(PROGRAM, ["listen", "--json", ...place, ...flags], {
		stdio: ["ignore", "pipe", "inherit"],
		env: ENVIRONMENT,
	});
	const stop = async () => {
		if (program.exitCode !== null) return;
		program.kill();
		await once(program, "exit");
	};
	atEnd(stop);
	const [line] = await once(createInterface({ input: program.stdout }), "line");
	const { endpoint, inspector } = JSON.parse(line);
	const key = (await readFile(join(store, "inspector.key"), "utf8")).trim();
	return {
		endpoint,
		store,
		stop,
		inspector,
		key,
		url: `${inspector}/#key=${key}`,
		/** Sends deliveries, each of a message of its own. */
		flood: async (count, event = "CONTACT_CREATED") => {
			for (let left = count; left > 0; left -= 50) {
				const part = Array.from({ length: Math.min(left, 50) }, () =>
					fetch(`${endpoint}/systeme`, {
						method: "POST",
						headers: { "x-webhook-event": event, "x-webhook-message-id": randomUUID() },
						body: "{}",
					}).then((answer) => answer.arrayBuffer()),
				);
				await Promise.all(part);
			}
		},
		/** Runs a command, such as `trigger`. */
		run: (...words) => run(...words, "--store", store),
		/** The bytes of the files, the oldest one first. */
		files: async () => {
			const names = (await readdir(store)).filter((name) => name.endsWith(".http")).sort();
			return Promise.all(names.map((name) => readFile(join(store, name))));
		},
		api: (path, options = {}) =>
			fetch(`${inspector}/api${path}`, {
				...options,
				headers: { authorization: `Bearer ${key}`, ...options.headers },
			}),
	};
}

async function run(...words) {
	const program = spawn(PROGRAM, words, { stdio: ["ignore", "pipe", "pipe"], env: ENVIRONMENT });
	let output = "";
	program.stdout.on("data", (part) => {
		output += part;
	});
	program.stderr.on("data", (part) => {
		output += part;
	});
	await once(program, "close");
	return output;
}
