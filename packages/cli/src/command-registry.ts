import { directioBackend } from "@sluice/backend-directio";
import { fsBackend } from "@sluice/backend-fs";
import { BACKEND_PACKAGES, type BackendPlugin, memoryBackend, StoreRegistry } from "@sluice/core";

/**
 * The registry of the `sluice` command: `file:`, `direct:` and `memory:` always; other schemes from the packages of the folder it runs
 * in, or from those installed beside the command, as `npm install --global @sluice/cli @sluice/backend-s3` does.
 */
export class CommandRegistry extends StoreRegistry {
  #discovered: Promise<readonly string[]> | undefined;

  constructor(workingFolder: string) {
    super({ plugins: [memoryBackend(), fsBackend(), directioBackend()], discovery: { from: workingFolder } });
  }

  override discover(): Promise<readonly string[]> {
    this.#discovered ??= this.#discoverAll();
    return this.#discovered;
  }

  async #discoverAll(): Promise<readonly string[]> {
    const problems = [...(await super.discover())];
    for (const [scheme, name] of Object.entries(BACKEND_PACKAGES)) {
      if (this.has(scheme)) continue;
      try {
        const neighbour = (await import(name)) as { readonly createBackend?: () => BackendPlugin };
        if (neighbour.createBackend !== undefined) this.register(neighbour.createBackend());
      } catch (error) {
        if (!isNotInstalled(error)) problems.push(`${name} could not be loaded: ${String(error)}`);
      }
    }
    return problems;
  }
}

function isNotInstalled(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
}
