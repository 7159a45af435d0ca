import { platformsWith } from "./platforms.ts";

/** A file that has to name every platform, since a bundler and npm read nothing but names. */
export interface PlatformList {
  readonly file: string;
  /** The file with the platforms that there are in the place of those that it names; other lines stay. */
  written(text: string): string;
}

const running = platformsWith("./runtime");
const deployed = platformsWith("./deploy");

export const platformLists: readonly PlatformList[] = [
  loaders("packages/sdk/src/platform.ts", "runtime"),
  loaders("packages/sdk/src/platforms.ts", "capabilities"),
  loaders("packages/sdk/src/platform-operate.ts", "operate"),
  loaders("packages/cli/src/deployment/platforms.ts", "deploy"),
  manifest("packages/sdk/package.json", running, (given) => ({
    ...given,
    imports: {
      ...given.imports,
      "#platform": choices(given, "#platform", "runtime", running),
      // Deployed functions alone make this choice.
      "#runtime": choices(given, "#runtime", "runtime", deployed),
      "#operate": choices(given, "#operate", "operate", platformsWith("./operate")),
    },
  })),
  manifest("packages/cli/package.json", deployed),
  references("packages/sdk/tsconfig.json", "../"),
  references("tsconfig.build.json", "packages/"),
];

type Choices = Readonly<Record<string, unknown>>;

/** As much of a package.json as is read or written here. */
interface Written {
  readonly version: string;
  readonly imports?: Readonly<Record<string, Choices>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, unknown>>;
}

/** A table of lazy imports: one line a platform. */
function loaders(file: string, half: string): PlatformList {
  const lines = platformsWith(`./${half}`).map(
    (name) => `  ${name}: () => import("@alienplatform/${name}/${half}"),\n`,
  );
  const known = new RegExp(`( {2}\\w+: \\(\\) => import\\("@alienplatform/\\w+/${half}"\\),\\n)+`);
  return { file, written: (text) => replaced(text, known, lines.join("")) };
}

/** Optional peers, and what else the package.json has. */
function manifest(
  file: string,
  names: readonly string[],
  more: (given: Written) => Written = (given) => given,
): PlatformList {
  return {
    file,
    written(text) {
      const given = more(JSON.parse(text) as Written); // npm has read it already
      const { version, peerDependencies, peerDependenciesMeta } = given;
      const peers = names.map((name) => `@alienplatform/${name}`);
      const written = {
        ...given,
        peerDependencies: sorted({
          ...others(peerDependencies),
          ...Object.fromEntries(peers.map((peer) => [peer, version])),
        }),
        peerDependenciesMeta: sorted({
          ...others(peerDependenciesMeta),
          ...Object.fromEntries(peers.map((peer) => [peer, { optional: true }])),
        }),
      };
      return `${JSON.stringify(written, undefined, 2)}\n`;
    },
  };
}

/** What a bundle's condition chooses. The first one that holds counts, so platforms stay where they stand. */
function choices(
  { imports = {} }: Written,
  choice: string,
  half: string,
  names: readonly string[],
): Choices {
  const given = Object.entries(imports[choice] ?? {});
  const isPlatform = ([, to]: readonly [string, unknown]) =>
    typeof to === "string" && to.startsWith("@alienplatform/");
  const first = given.findIndex(isPlatform);
  if (first < 0) throw new Error(`${choice} names no platform`);
  return Object.fromEntries([
    ...given.slice(0, first),
    ...names.map((name) => [`alien-${name}`, `@alienplatform/${name}/${half}`] as const),
    ...given.slice(first).filter((one) => !isPlatform(one)),
  ]);
}

/** The references that the build follows, what is no platform first. */
function references(file: string, before: string): PlatformList {
  const known = /"references": \[([\s\S]*?)\n {2}\]/;
  return {
    file,
    written(text) {
      const paths = [...(known.exec(text)?.[1] ?? "").matchAll(/"path": "([^"]+)"/g)];
      const all = paths.map(([, path = ""]) => path);
      const kept = all.filter((path) => !running.includes(path.slice(before.length)));
      // After what they are made of, before what is made of them.
      const at = kept.findLastIndex((path) => /(core|bindings|deploy)$/.test(path)) + 1;
      const listed = [
        ...kept.slice(0, at),
        ...running.map((name) => before + name),
        ...kept.slice(at),
      ];
      const lines = listed.map((path) => `    { "path": "${path}" }`).join(",\n");
      return replaced(text, known, `"references": [\n${lines}\n  ]`);
    },
  };
}

/** A list that is written in another form would be passed over. */
function replaced(text: string, known: RegExp, by: string): string {
  if (!known.test(text)) throw new Error(`there is no ${known}`);
  return text.replace(known, by);
}

function others<Value>(of: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const ours = Object.entries(of).filter(([name]) => !name.startsWith("@alienplatform/"));
  return Object.fromEntries(ours);
}

function sorted<Value>(of: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1)));
}
