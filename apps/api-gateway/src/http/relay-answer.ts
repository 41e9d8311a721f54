import type { HttpResponse } from '@loyalnest/http';

/** What is needed of the framework's answer object. */
export interface Reply {
  header(name: string, value: string | string[]): unknown;
  status(code: number): { send(body: Buffer): unknown };
}

/** Headers of a service's answer that are meant for the caller. */
const PASSED = ['content-type', 'location', 'retry-after'];

/** Gives the caller what a service answered, byte for byte. */
export function relayAnswer(reply: Reply, { status, headers, body }: HttpResponse): void {
  for (const name of PASSED) {
    const value = headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  reply.status(status).send(body);
}
