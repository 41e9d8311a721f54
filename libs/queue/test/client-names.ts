import { Redis, type RedisOptions } from 'ioredis';

/** Names of the clients of these servers, without replicas, Sentinels and this function's own client. */
export async function clientNames(
  servers: readonly { readonly url: string; readonly pid: number | undefined }[],
  options: RedisOptions = {},
): Promise<readonly string[]> {
  const names = await Promise.all(
    servers
      .filter(({ pid }) => pid !== undefined)
      .map(async ({ url }) => {
        const client = new Redis(url, {
          ...options,
          connectionName: 'asks',
          commandTimeout: 2_000,
        });
        client.on('error', () => undefined);
        try {
          const clients = (await client.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
          return [...clients.matchAll(/ name=(\S*) /g)].map(([, name]) => name!);
        } finally {
          client.disconnect();
        }
      }),
  );
  return names.flat().filter((name) => name !== 'asks' && !name.startsWith('sentinel-'));
}
