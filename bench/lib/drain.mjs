import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The account of Azure's emulator, and its published key. */
const ACCOUNT = "devstoreaccount1";
const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Starts the drain server in a process of its own. */
export async function startDrain() {
  const child = fork(fileURLToPath(new URL("drain-server.mjs", import.meta.url)));
  const [{ port }] = await once(child, "message");
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    azureConnectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=http://127.0.0.1:${port}/${ACCOUNT};`,
    stop: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
