/**
 * What a call answers, or undefined where it throws one of the errors by which the vendor says that the thing is not
 * there. Any other error goes on: forbidden is not gone.
 */
export async function unlessGone<T>(
  call: Promise<T>,
  ...names: readonly string[]
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}
