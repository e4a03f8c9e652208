// Walks a plan of a million objects and tells how much memory that took. It imports the package as it is built.
import { createDatasetSpec, DatasetPlan } from "@sluice/datagen";

const sizes = { kind: "lognormal", medianBytes: 65_536, sigma: 1.5, maxBytes: 2 ** 30 };
const spec = createDatasetSpec({
  count: 1_000_000,
  seed: 7n,
  sizes,
  depth: 3,
  fanOut: 20,
  dedupScope: "dataset",
  dedup: 2,
});
const plan = new DatasetPlan(spec);
let objects = 0;
let bytes = 0;
for (const { recipe } of plan.objects()) {
  objects++;
  bytes += recipe.size;
}
console.log(JSON.stringify({ objects, bytes, rssMiB: process.resourceUsage().maxRSS / 1024 }));
