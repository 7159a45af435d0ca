/** What node needs before a program that imports the packages' sources; tsx does the same, for three times the CPU. */
export const FROM_SOURCE: readonly string[] = [
  "--conditions=@alienplatform/source",
  "--import",
  new URL("../scripts/from-source.mjs", import.meta.url).href,
];
