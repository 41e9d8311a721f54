import type { HttpResponse } from '@loyalnest/http';

/** The part of the framework's response object that we use. */
export interface Reply {
  header(name: string, value: string | string[]): unknown;
  status(code: number): { send(body: Buffer): unknown };
}

/** Response headers of a service that are forwarded to the caller. */
const FORWARDED = ['content-type', 'location', 'retry-after'];

/** Sends a service's response to the caller, byte for byte. */
export function relayAnswer(reply: Reply, { status, headers, body }: HttpResponse): void {
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  reply.status(status).send(body);
}
