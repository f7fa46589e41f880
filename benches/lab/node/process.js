// Shared by all measured programs: each ends when its standard input ends.

import { createInterface } from "node:readline";

/** Listens on a free port and prints the address. */
export function listen(server) {
  server.listen(0, "127.0.0.1", () => {
    const { address, port } = server.address();
    console.log(`${address}:${port}`);
  });
  process.stdin.resume().on("end", () => process.exit(0));
}

/**
 * For each line with a number, handles that many deliveries and prints the
 * nanoseconds of CPU time that this took.
 */
export async function answer(prepare) {
  for await (const line of createInterface({ input: process.stdin })) {
    const handle = prepare();
    const before = process.cpuUsage();
    await handle(Number(line));
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) * 1000);
  }
}
