/**
 * A JSON payload as its own text, which keeps what JavaScript's numbers cannot hold. send() takes one in place of a value;
 * receive() gives them where it is asked for `json: "text"`.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** So that nobody stores the wrapper for the payload: its value, rounded as JSON.parse rounds. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
