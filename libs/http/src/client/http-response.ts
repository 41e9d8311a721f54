import type { IncomingHttpHeaders } from 'node:http';
import { MalformedResponseError } from './malformed-response.error.js';

/** A complete answer; the connection is free again. */
export class HttpResponse {
  constructor(
    readonly status: number,
    /** Names in lower case. */
    readonly headers: IncomingHttpHeaders,
    /** The body byte for byte. */
    readonly body: Buffer,
  ) {}

  text(): string {
    return this.body.toString('utf8');
  }

  /**
   * The body as JSON; its shape is not checked.
   *
   * @throws {@link MalformedResponseError} if it is no JSON
   */
  json<T>(): T {
    try {
      return JSON.parse(this.text()) as T;
    } catch (error) {
      throw new MalformedResponseError(this.status, error);
    }
  }
}
