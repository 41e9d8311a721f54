import type { DeadlineSource } from '@loyalnest/core';
import type { IncomingHttpHeaders } from 'node:http';
import { MalformedResponseError } from './malformed-response.error.js';

const PROBLEM_JSON = /^application\/problem\+json\b/i;
const MAX_PROBLEM_BYTES = 65_536;

/** A complete answer. Its connection is free again. */
export class HttpResponse {
  constructor(
    readonly status: number,
    /** Names are in lower case. */
    readonly headers: IncomingHttpHeaders,
    /** The unchanged bytes of the body. */
    readonly body: Buffer,
    /** Who set the deadline that the request carried: its caller, or this process. */
    readonly deadlineSource: DeadlineSource = 'own',
  ) {}

  /**
   * The `code` of problem details (RFC 9457), such as `DEADLINE_EXCEEDED`. Undefined if the answer is
   * something else.
   */
  get problemCode(): string | undefined {
    const type = String(this.headers['content-type'] ?? '');
    if (!PROBLEM_JSON.test(type) || this.body.length > MAX_PROBLEM_BYTES) return undefined;
    try {
      const { code } = JSON.parse(this.text()) as { readonly code?: unknown };
      return typeof code === 'string' ? code : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Whether the answer refuses our own credential: 401, 407, or a 403 that names an authentication
   * scheme (RFC 6750 says so of a token without the needed scope). Any other 403 is an answer to the
   * user on whose behalf we asked.
   */
  get refusesCredential(): boolean {
    if (this.status === 401 || this.status === 407) return true;
    return this.status === 403 && this.headers['www-authenticate'] !== undefined;
  }

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
