const OURS = "@alienplatform/";

/** What to type for packages that are not installed. Ours are on no registry yet: a checkout of them has packed them. */
export function installFix(packages: Iterable<string>): string {
  const names = [...packages];
  const what = names.map((name) =>
    name.startsWith(OURS)
      ? `<checkout>/out/packages/alienplatform-${name.slice(OURS.length)}-*.tgz`
      : name,
  );
  const note = names.some((name) => name.startsWith(OURS))
    ? " (where npm run pack, in a checkout of alien queues, has written it: it is on no registry yet)"
    : "";
  return `Run: npm install ${what.join(" ")}${note}`;
}
