import { runOutsideContext } from './outside-context.js';

interface Connecting {
  connect(...args: never[]): unknown;
}

/**
 * Lets a client connect in no request's context. Many clients connect on their first command, and all
 * later events of the socket, its errors and its reconnects would belong to the request that sent it.
 */
export function connectOutsideContext<Client extends Connecting>(client: Client): Client {
  const { connect } = client;
  client.connect = (...args: never[]) => runOutsideContext(() => connect.apply(client, args));
  return client;
}
