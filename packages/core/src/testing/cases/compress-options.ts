import type { Codec } from "../../compression/codec.js";
import { expectBytes, expectError, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** Z18 and Z19: codecs and levels. */
export const compressOptionCases: readonly ConformanceCase[] = [
  {
    id: "Z18",
    name: "unknown codecs, levels and extensions are refused with InvalidArgument before anything is written",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "x");
      const zstdLevels = [0, 23, 1.5, "3"].map((level) => ({ codec: "zstd", level }));
      const gzipLevels = [0, 10, -1].map((level) => ({ codec: "gzip", level }));
      const others = [
        { codec: "lz4" },
        {},
        { codec: "zstd", extension: ".z" },
        { codec: "zstd", window: 3 },
        "zstd",
        3,
      ];
      for (const invalid of [...zstdLevels, ...gzipLevels, ...others]) {
        const compression = invalid as { codec: Codec };
        const what = JSON.stringify(invalid);
        await expectError("InvalidArgument", `put with ${what}`, () => store.put("object", "y", { compression }));
      }
      await expectError("InvalidArgument", "get", () => store.get("object", { decode: "lz4" as Codec }));
      await expectObject(store, "object", "x");
    },
  },
  {
    id: "Z19",
    name: "the highest and the lowest level of each codec round-trip",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(100_000);
      for (const [codec, level] of [
        ["zstd", 1],
        ["zstd", 22],
        ["gzip", 1],
        ["gzip", 9],
      ] as const) {
        const { key } = await store.put("object", bytes, { compression: { codec, level } });
        expectBytes(await (await store.get(key, { decode: true })).bytes(), bytes, `${codec} level ${level}`);
      }
    },
  },
];
