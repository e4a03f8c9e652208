import { ObjectStoreError } from "../src/errors.js";
import type { BrokenStore } from "./testing-broken-writers.js";
import { overriding, withKeys, withListing, without } from "./testing-faults.js";

export const storesWithBrokenKeys: readonly BrokenStore[] = [
  {
    fault: "keys are percent-decoded",
    breaks: ["K2"],
    wrap: (store) =>
      withKeys(store, (key) => (/^[^%]*(%[2-7][0-9A-F][^%]*)+$/.test(key) ? decodeURIComponent(key) : key)),
  },
  {
    fault: "plus is a space in keys",
    breaks: ["K1"],
    wrap: (store) => withKeys(store, (key) => key.replaceAll("+", " ")),
  },
  {
    fault: "keys end at a question mark or hash",
    breaks: ["K3"],
    wrap: (store) => withKeys(store, (key) => key.replace(/[?#].*/, "") || key),
  },
  { fault: "keys are normalized", breaks: ["K8"], wrap: (store) => withKeys(store, (key) => key.normalize("NFC")) },
  {
    fault: "keys are in lower case",
    breaks: ["K8", "L8"],
    wrap: (store) => withKeys(store, (key) => key.toLowerCase()),
  },
  {
    fault: "double slashes are one",
    breaks: ["K10"],
    wrap: (store) => withKeys(store, (key) => key.replace(/\/\/+/g, "/")),
  },
  {
    fault: "keys beyond plain ASCII names are refused",
    breaks: ["K1", "K2", "K3", "K4", "K5", "K6", "K9"],
    wrap: (store) =>
      withKeys(store, (key) => {
        if (/^\w[\w/.-]*$/.test(key)) return key;
        throw new ObjectStoreError("InvalidArgument", "plain names only");
      }),
  },
  {
    fault: "control characters and final dots are dropped from keys",
    breaks: ["K7"],
    wrap: (store) => withKeys(store, (key) => key.replace(/\p{Cc}|\.$/gu, "") || key),
  },
  {
    fault: "keys are mended instead of refused",
    breaks: ["K11", "K12", "K13", "K14"],
    wrap: (store) =>
      withKeys(store, (key) =>
        Buffer.from(key.replaceAll("\0", "_") || "_")
          .subarray(0, 1024)
          .toString("latin1"),
      ),
  },
  {
    fault: "a key below an object's is refused, though keyBelowKey says it is not",
    breaks: ["K18"],
    wrap: (store) =>
      withKeys(store, (key) => {
        if (key === "a/b") throw new ObjectStoreError("InvalidArgument", "below an object");
        return key;
      }),
  },
  {
    fault: "a prefix is ignored",
    breaks: ["L3", "L4", "K17"],
    wrap: (store) =>
      withListing(
        store,
        (entries) => entries,
        (options) => without(options, "prefix"),
      ),
  },
  {
    fault: "conditions and metadata are done, though capabilities say they are not",
    breaks: ["C6", "C12", "O6"],
    wrap: (store) =>
      overriding(store, {
        capabilities: { ...store.capabilities, ifNotExists: false, ifMatch: false, metadata: false },
      }),
  },
];
