import type { IncomingHttpHeaders } from 'node:http';
import { MalformedResponseError } from './malformed-response.error.js';

/** A complete answer. Its connection is free again. */
export class HttpResponse {
  constructor(
    readonly status: number,
    /** Names are in lower case. */
    readonly headers: IncomingHttpHeaders,
    /** The unchanged bytes of the body. */
    readonly body: Buffer,
  ) {}

  text(): string {
    return this.body.toString('utf8');
  }

  /**
   * Parses the body as JSON. Does not check its shape.
   *
   * @throws {@link MalformedResponseError} if the body is not JSON
   */
  json<T>(): T {
    try {
      return JSON.parse(this.text()) as T;
    } catch (error) {
      throw new MalformedResponseError(this.status, error);
    }
  }
}
