import { isPromtoolAvailable, repositoryRoot } from '@loyalnest/testing';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { promtool, PROMTOOL_TIMEOUT_MS } from '../../../libs/observability/test/promtool.js';

const FOLDER = '/etc/prometheus';

interface Compose {
  readonly services: Readonly<Record<string, { readonly volumes?: readonly string[] }>>;
}

/** The labels that a scrape adds to the series of a target. */
interface Discovered {
  readonly labels: Readonly<Record<string, string>>;
}

(isPromtoolAvailable() ? describe : describe.skip)('Prometheus of the sample stack', () => {
  let container: string;
  beforeAll(() => {
    container = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const root = repositoryRoot();
    const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as Compose;
    for (const volume of services['prometheus']!.volumes ?? []) {
      const [source = '', target = ''] = volume.split(':');
      if (!source.startsWith('./')) continue;
      mkdirSync(dirname(join(container, target)), { recursive: true });
      cpSync(join(root, source), join(container, target), { recursive: true });
    }
  });
  afterAll(() => rmSync(container, { recursive: true }));

  it(
    'loads its configuration, the rules of the suite and the objectives from the compose mounts',
    async () => {
      const output = await promtool('check', 'config', join(container, FOLDER, 'prometheus.yml'));
      expect(output).toContain('SUCCESS: 2 rule files found');
      expect(output).toContain('loyalnest.rules.yml');
      expect(output).toContain('objectives.rules.yml');
    },
    PROMTOOL_TIMEOUT_MS,
  );

  it(
    'uses each service name as the job label',
    async () => {
      const file = join(container, FOLDER, 'prometheus.yml');
      const output = await promtool('check', 'service-discovery', file, 'loyalnest');
      const targets = JSON.parse(output) as readonly Discovered[];
      const services = ['api-gateway', 'partner-simulator', 'points-service', 'referrals-service'];
      expect(targets.map(({ labels }) => labels['job']).toSorted()).toEqual(services);
      for (const { labels } of targets) expect(labels['instance']).toBe(labels['job']);
    },
    PROMTOOL_TIMEOUT_MS,
  );
});
