import { CertificateAuthority, RedisServer, type IssuedCertificate } from '@loyalnest/testing';

/** Starts a Redis that accepts only TLS and requires client certificates. */
export async function startWithTls(): Promise<{
  readonly redis: RedisServer;
  readonly authority: CertificateAuthority;
  readonly client: IssuedCertificate;
}> {
  const authority = await CertificateAuthority.create();
  const redis = await RedisServer.start({
    appendOnly: true,
    settings: { appendfsync: 'always' },
    tls: { caFile: authority.file, ...(await authority.issue('server')) },
  });
  return { redis, authority, client: await authority.issue('client') };
}
