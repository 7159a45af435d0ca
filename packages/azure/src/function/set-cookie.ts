/** A cookie as Azure Functions takes it; what is undefined is not said. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: string;
  readonly path?: string;
  readonly expires?: Date;
  /** Seconds. */
  readonly maxAge?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/** Reads the value of a Set-Cookie header: https://www.rfc-editor.org/rfc/rfc6265#section-5.2 */
export function readSetCookie(text: string): Cookie {
  const [pair = "", ...attributes] = text.split(";");
  const [name, value] = halves(pair);
  const read = attributes.map((attribute) => {
    const [key, given] = halves(attribute);
    return attributeOf(key.toLowerCase(), given);
  });
  return Object.assign({ name, value: decoded(value) }, ...read);
}

function attributeOf(key: string, value: string): Partial<Cookie> {
  switch (key) {
    case "domain":
      return { domain: value };
    case "path":
      return { path: value };
    case "expires": {
      const expires = new Date(value);
      return Number.isNaN(expires.getTime()) ? {} : { expires };
    }
    case "max-age":
      return /^-?\d+$/.test(value) ? { maxAge: Number(value) } : {};
    case "secure":
      return { secure: true };
    case "httponly":
      return { httpOnly: true };
    case "samesite":
      return sameSiteOf(value.toLowerCase());
    default:
      return {};
  }
}

function sameSiteOf(value: string): Partial<Cookie> {
  const sameSite = (["Strict", "Lax", "None"] as const).find((one) => one.toLowerCase() === value);
  return sameSite === undefined ? {} : { sameSite };
}

function halves(text: string): [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The host encodes values by percent itself: what is encoded already would be so twice. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // it is not encoded so
  }
}
