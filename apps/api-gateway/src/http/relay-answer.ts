import { CredentialRefusedError, type HttpResponse } from '@loyalnest/http';
import { Logger } from '@nestjs/common';

/** The part of the framework's response object that we use. */
export interface Reply {
  header(name: string, value: string | string[]): unknown;
  status(code: number): { send(body: Buffer): unknown };
}

/** Response headers of a service that are forwarded to the caller. */
const FORWARDED = ['content-type', 'location', 'retry-after'];

const logger = new Logger('Relay');

/**
 * Sends a service's response to the caller, byte for byte.
 *
 * @param service its name, for the log
 * @throws CredentialRefusedError (503) if the service refused the gateway's own credential
 */
export function relayAnswer(reply: Reply, answer: HttpResponse, service: string): void {
  const { status, headers, body } = answer;
  if (answer.refusesCredential) {
    const error = new CredentialRefusedError(service, status);
    logger.error(error.message);
    throw error;
  }
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  reply.status(status).send(body);
}
