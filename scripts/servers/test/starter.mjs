// Starts all servers, names those that run, and stops them when it is told to.
import { once } from "node:events";
import { startServers } from "../start-all.mjs";

const { s3, azure, stop } = await startServers({});
console.log([...s3, ...azure].map((server) => server.unavailable ?? server.name).join(" "));
await once(process.stdin, "data");
await stop();
process.stdin.destroy();
