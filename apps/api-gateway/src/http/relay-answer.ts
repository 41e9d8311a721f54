import type { HttpResponse } from '@loyalnest/http';
import type { FastifyReply } from 'fastify';

/** Headers of a service's answer that are meant for the caller. */
const PASSED = ['content-type', 'location', 'retry-after'];

/** Gives the caller what a service answered, byte for byte. */
export function relayAnswer(reply: FastifyReply, { status, headers, body }: HttpResponse): void {
  for (const name of PASSED) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  void reply.status(status).send(body);
}
