// @ts-check
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the ports that Linux gives to outgoing connections (ip_local_port_range begins at 32768): none of them gets in between.
const LOWEST_PORT = 10_000;
const HIGHEST_PORT = 32_000;
const ATTEMPTS = 100;

/**
 * The first of `count` ports in a row that are free on 127.0.0.1 at this moment; a race for them is still possible.
 * @param {number} count
 * @returns {Promise<number>}
 */
export async function freePorts(count) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = randomInt(LOWEST_PORT, HIGHEST_PORT - count);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (!free.includes(false)) return first;
  }
  throw new Error(`no ${count} free ports in a row between ${LOWEST_PORT} and ${HIGHEST_PORT}`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
