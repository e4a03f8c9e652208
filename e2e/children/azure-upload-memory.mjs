// Uploads generated data of unknown length in chunks of 64 KiB and prints its peak of resident memory, in bytes.
import { openAzureStore } from "@sluice/backend-azure";
import { createRecipe, DataGenerator } from "@sluice/datagen";

const [connectionString, bytes] = process.argv.slice(2);
const total = Number(bytes);
const store = await openAzureStore("container", { connectionString });
const writer = await store.createWriter("object");
const generator = new DataGenerator(createRecipe({ size: total, seed: 7n }));
for (let offset = 0; offset < total; offset += 64 << 10) await writer.writeChunk(generator.piece(offset));
const { size, parts } = await writer.finalize();
console.log(JSON.stringify({ size, parts, peakBytes: process.resourceUsage().maxRSS * 1024 }));
