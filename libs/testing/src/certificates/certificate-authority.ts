import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';

/** A certificate and its key, as file paths and as content. */
export interface IssuedCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * A certificate authority in a temporary folder. Its certificates are valid for one day, for
 * 127.0.0.1 and localhost, for servers and clients. Needs `openssl` on PATH.
 */
export class CertificateAuthority {
  private constructor(
    private readonly folder: string,
    private readonly root: IssuedCertificate,
  ) {}

  static async create(): Promise<CertificateAuthority> {
    const folder = createTemporaryFolder('certificates');
    const [certFile, keyFile] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
    const files = ['-keyout', keyFile, '-out', certFile];
    const subject = ['-days', '1', '-subj', '/CN=LoyalNest tests'];
    await run('openssl', ['req', '-x509', ...NEW_KEY, ...files, ...subject]);
    return new CertificateAuthority(folder, withContent(certFile, keyFile));
  }

  /** Path of the authority's own certificate. */
  get file(): string {
    return this.root.certFile;
  }

  /** The authority's own certificate, as PEM. */
  get cert(): string {
    return this.root.cert;
  }

  async issue(name: string): Promise<IssuedCertificate> {
    const path = (kind: string): string => join(this.folder, `${name}.${kind}`);
    await writeFile(path('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const request = ['-keyout', path('key'), '-out', path('csr'), '-subj', `/CN=${name}`];
    await run('openssl', ['req', ...NEW_KEY, ...request]);
    const signer = ['-CA', this.root.certFile, '-CAkey', this.root.keyFile, '-CAcreateserial'];
    const signed = ['-in', path('csr'), '-out', path('crt'), '-days', '1', '-extfile', path('ext')];
    await run('openssl', ['x509', '-req', ...signed, ...signer]);
    return withContent(path('crt'), path('key'));
  }

  async remove(): Promise<void> {
    await removeTemporaryFolder(this.folder);
  }
}

function withContent(certFile: string, keyFile: string): IssuedCertificate {
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  return { certFile, keyFile, cert, key };
}
