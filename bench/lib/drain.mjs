import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts the drain server in a process of its own. */
export async function startDrain() {
  const child = fork(fileURLToPath(new URL("drain-server.mjs", import.meta.url)));
  const [{ port }] = await once(child, "message");
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
