// A thread of the benchmark of workers: generates so many bytes and hashes them, for nobody.
import { Crc32c, serveRequests } from "@sluice/core";
import { createRecipe, DataGenerator } from "@sluice/datagen";

serveRequests(({ size, seed }) => {
  const generator = new DataGenerator(createRecipe({ size, seed }));
  const crc = new Crc32c();
  for (let offset = 0; offset < size; ) {
    const piece = generator.piece(offset);
    crc.update(piece);
    offset += piece.byteLength;
  }
  return crc.digest();
});
