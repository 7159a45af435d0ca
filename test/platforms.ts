import { manifestOf, packageFolders } from "./source-files.ts";

/** The platforms whose packages export this half, by name: what runs queues is a platform. */
export function platformsWith(half: string): readonly string[] {
  return packageFolders().filter((name) => {
    const exported = Object.keys(manifestOf(`packages/${name}`).exports ?? {});
    return exported.includes("./runtime") && exported.includes(half);
  });
}
