import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import {
  configVariables,
  type ConfigVariable,
} from '../../generated/environment/config-variables.ts';

/** Facts from the rest of the repository that the manifests must agree with. */
export interface Facts {
  /** The environment variables that each app reads, by app name. */
  readonly variables: ReadonlyMap<string, ReadonlyMap<string, ConfigVariable>>;
  /** The `ENV` variables of the Dockerfile. */
  readonly image: Readonly<Record<string, string>>;
  /** The images in docker-compose.yml. */
  readonly composeImages: ReadonlySet<string>;
  /** Metrics that the libs export. */
  readonly metrics: ReadonlySet<string>;
  /** The metrics that the example of prometheus-adapter exposes to autoscalers. */
  readonly adapterMetrics: ReadonlySet<string>;
}

const ADAPTER = 'deploy/k8s/examples/prometheus-adapter-values.yaml';

export function readFacts(root: string): Facts {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const apps = globSync('apps/*', { cwd: root }).map((folder) => basename(folder));
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly image: string }>>;
  };
  const adapter = parse(read(ADAPTER)) as {
    readonly rules: { readonly external: readonly { readonly seriesQuery: string }[] };
  };
  const sources = globSync('libs/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.spec.ts'),
  );
  return {
    variables: new Map(apps.map((app) => [app, configVariables(root, app)])),
    image: Object.fromEntries(
      [...read('deploy/Dockerfile').matchAll(/(?<=^ENV .*)\b([A-Z_]+)=("[^"]*"|\S+)/gm)].map(
        ([, name, value]) => [name!, value!.replaceAll('"', '')],
      ),
    ),
    composeImages: new Set(Object.values(compose.services).map(({ image }) => image)),
    metrics: new Set(
      sources.flatMap((file) =>
        [...read(file).matchAll(/'(loyalnest_[a-z_]+)'/g)].map(([, name]) => name!),
      ),
    ),
    adapterMetrics: new Set(
      adapter.rules.external.map(({ seriesQuery }) => seriesQuery.split('{')[0]!),
    ),
  };
}
