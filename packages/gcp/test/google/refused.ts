/** What a service of Google's answers in place of what was asked: google.rpc.Status as JSON. */
export class Refused extends Error {
  readonly http: number;
  readonly body: object;

  constructor(http: number, status: string, message: string, details: readonly object[] = []) {
    super(message);
    this.http = http;
    this.body = { error: { code: http, message, status, details } };
  }

  static invalid(message: string): Refused {
    return new Refused(400, "INVALID_ARGUMENT", message);
  }

  static missing(what: string): Refused {
    return new Refused(404, "NOT_FOUND", `Resource not found (resource=${what}).`);
  }

  static taken(what: string): Refused {
    return new Refused(
      409,
      "ALREADY_EXISTS",
      `Resource already exists in the project (resource=${what}).`,
    );
  }
}
