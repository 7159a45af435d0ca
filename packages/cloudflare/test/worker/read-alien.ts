/** A message as it is stored, taken apart without our own code. */
export function readAlien(body: unknown): { readonly envelope: unknown; readonly text: string } {
  const [, envelope = "", text = ""] = /^alien:(.*?)\n(.*)$/s.exec(String(body)) ?? [];
  return { envelope: JSON.parse(envelope), text };
}
