import assert from "node:assert/strict";
import type { ObjectStoreError } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectError } from "../assertions.js";
import type { ConformanceCase, SwitchCapability } from "../conformance-case.js";

/** The capabilities that a store has or has not, in alphabetical order. */
const SWITCHES: readonly SwitchCapability[] = [
  "anyKey",
  "atomicRename",
  "ifMatch",
  "ifNotExists",
  "keyBelowKey",
  "metadata",
];

/** O9 to O11: what every error tells, and what a store says of itself. */
export const errorCases: readonly ConformanceCase[] = [
  {
    id: "O9",
    name: "errors name the method, the object and the backend",
    needs: [],
    run: async ({ store }) => {
      expectOrigin(store, await expectError("NotFound", "head", () => store.head("missing")), "head");
      expectOrigin(store, await expectError("NotFound", "get", () => store.get("missing")), "get");
      const remove = () => store.delete("missing", { mustExist: true });
      expectOrigin(store, await expectError("NotFound", "delete", remove), "delete");
      const writer = await store.createWriter("missing", { size: 1 });
      expectOrigin(store, await expectError("InvalidArgument", "finalize", () => writer.finalize()), "finalize");
      await writer.cancel();
    },
  },
  {
    id: "O10",
    name: "an error that trying again cannot mend is not retryable",
    needs: [],
    run: async ({ store }) => {
      const missing = await expectError("NotFound", "head", () => store.head("missing"));
      const invalid = await expectError("InvalidArgument", "head", () => store.head(""));
      const aborted = await expectError("Aborted", "head", () => store.head("a", { signal: AbortSignal.abort() }));
      assert.deepEqual([missing.retryable, invalid.retryable, aborted.retryable], [false, false, false]);
    },
  },
  {
    id: "O11",
    name: "a store tells its backend, its base and its capabilities, and the URI of a key is base and key verbatim",
    needs: [],
    run: async ({ store }) => {
      assert.ok(store.backend.length > 0, "backend");
      assert.match(store.uri, /^[a-z][a-z0-9+.-]*:\/\/.*\/$/);
      assert.equal(store.uriOf("a b/%20#?é"), `${store.uri}a b/%20#?é`);
      const { maxKeyBytes, conditionsMaxBytes = 1, ...switches } = store.capabilities;
      for (const [name, value] of Object.entries({ maxKeyBytes, conditionsMaxBytes })) {
        assert.ok(Number.isSafeInteger(value) && value > 0, name);
      }
      assert.deepEqual(Object.keys(switches).sort(), SWITCHES);
      for (const [name, value] of Object.entries(switches)) assert.equal(typeof value, "boolean", name);
    },
  },
];

function expectOrigin(store: ObjectStore, error: ObjectStoreError, operation: string): void {
  assert.deepEqual(
    { operation: error.operation, uri: error.uri, backend: error.backend },
    { operation, uri: store.uriOf("missing"), backend: store.backend },
  );
}
