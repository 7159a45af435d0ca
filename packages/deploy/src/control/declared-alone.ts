/** Variables as a plan and a state may hold them: values that somebody else has set may be secrets. */
export function declaredAlone(
  found: Readonly<Record<string, string>>,
  declared: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      name,
      Object.hasOwn(declared, name) ? value : "(not shown)",
    ]),
  );
}
