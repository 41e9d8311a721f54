import { repositoryRoot } from '@loyalnest/testing';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DASHBOARDS } from './dashboards.js';

interface Compose {
  readonly services: {
    readonly grafana: {
      readonly environment: Readonly<Record<string, string>>;
      readonly volumes: readonly string[];
    };
  };
}

interface Datasources {
  readonly datasources: readonly {
    readonly uid?: string;
    readonly url: string;
    readonly jsonData?: { readonly exemplarTraceIdDestinations?: readonly object[] };
  }[];
}

interface Providers {
  readonly providers: readonly { readonly type: string; readonly options: { path: string } }[];
}

const read = (file: string): string => readFileSync(join(repositoryRoot(), file), 'utf8');

const { environment, volumes } = (parse(read('docker-compose.yml')) as Compose).services.grafana;
/** Folders and files of the repository, by their path in the Grafana container. */
const mounts = new Map(
  volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':');
    return [target, source.replace('./', '')];
  }),
);

it('provisions every dashboard in the Grafana of the compose file', () => {
  const [provider] = [...mounts].filter(([at]) => at.startsWith('/etc/grafana/provisioning/dash'));
  const { providers } = parse(read(provider![1])) as Providers;
  const folders = providers.map(({ options }) => mounts.get(options.path));
  for (const file of Object.keys(DASHBOARDS)) {
    expect(folders.some((folder) => file.startsWith(`${folder}/`))).toBe(true);
  }
});

it('mounts only existing files, and opens with a dashboard', () => {
  for (const source of mounts.values()) {
    expect([source, existsSync(join(repositoryRoot(), source))]).toEqual([source, true]);
  }
  const home = environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']!;
  const file = home.replace('/etc/grafana/dashboards', mounts.get('/etc/grafana/dashboards')!);
  expect(Object.keys(DASHBOARDS)).toContain(file);
});

it('links the dots of durations to traces in an existing data source', () => {
  const { datasources } = parse(read('deploy/grafana/datasources.yml')) as Datasources;
  const leads = datasources.flatMap(({ jsonData }) => jsonData?.exemplarTraceIdDestinations ?? []);
  expect(leads).toEqual([{ name: 'trace_id', datasourceUid: 'jaeger' }]);
  expect(datasources.map(({ uid }) => uid)).toContain('jaeger');
  const { services } = parse(read('docker-compose.yml')) as Compose;
  for (const { url } of datasources) {
    expect(Object.keys(services)).toContain(new URL(url).hostname);
  }
});
