import { createTemporaryFolder, removeTemporaryFolder, repositoryRoot } from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFacts } from './manifests/facts.js';
import { loadKustomization } from './manifests/kustomization.js';
import { ManifestSet } from './manifests/manifest.js';
import { ruleProblems } from './manifests/rules.js';

const root = repositoryRoot();
const facts = readFacts(root);
const loaded = new Map(
  ['base', 'overlays/dev', 'overlays/production'].map((name) => [
    name,
    loadKustomization(root, `deploy/k8s/${name}`),
  ]),
);

/** The manifests of the repository as mutable objects. */
// oxlint-disable-next-line typescript/no-explicit-any
type Objects = any[];

function problemsAfter(name: string, plant: (objects: Objects) => void): readonly string[] {
  const manifests = structuredClone([...loaded.get(name)!.manifests]);
  const objects = manifests.map(({ object }) => object);
  plant(objects);
  // Planted objects come from no file.
  const files = new Map(manifests.map(({ object, file }) => [object, file]));
  return ruleProblems(
    new ManifestSet(
      name,
      objects.map((object) => ({ file: files.get(object) ?? 'planted.yaml', object })),
    ),
    facts,
  );
}

// oxlint-disable-next-line typescript/no-explicit-any
const find = (objects: Objects, kind: string, name: string): any =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);
const points = (objects: Objects) => find(objects, 'Deployment', 'points-service').spec;
const pod = (objects: Objects) => points(objects).template.spec;
const container = (objects: Objects) => pod(objects).containers[0];
const policy = (objects: Objects, name: string) => find(objects, 'NetworkPolicy', name).spec;
const autoscaler = (objects: Objects) =>
  find(objects, 'HorizontalPodAutoscaler', 'points-service').spec;
const setVariable = (objects: Objects, name: string, value: string): void => {
  const { env } = container(objects);
  const others = env.filter((variable: { name: string }) => variable.name !== name);
  container(objects).env = [...others, { name, value }];
};
const remove = (objects: Objects, kind: string, name: string): void =>
  void objects.splice(objects.indexOf(find(objects, kind, name)), 1);

type Offence = readonly [title: string, plant: (objects: Objects) => void, problem: string];

const OFFENCES_IN_BASE: readonly Offence[] = [
  [
    'a missing probe',
    (all) => delete container(all).startupProbe,
    'startupProbe: is missing; ask /health/startup',
  ],
  [
    'a probe of the wrong page',
    (all) => (container(all).livenessProbe.httpGet.path = '/health/ready'),
    "livenessProbe.httpGet.path: got '/health/ready'; use /health/live",
  ],
  [
    'a probe of the wrong port',
    (all) => (container(all).readinessProbe.httpGet.port = 'metrics'),
    'readinessProbe.httpGet.port: got metrics, which is not PORT',
  ],
  [
    'a probe that did not follow a change of PORT',
    (all) => setVariable(all, 'PORT', '8080'),
    'use 8080, the port that serves requests',
  ],
  [
    'a grace period without a reserve',
    (all) => (pod(all).terminationGracePeriodSeconds = 30),
    'terminationGracePeriodSeconds: got 30 with a GRACE_PERIOD of 30 s; use at least 35',
  ],
  [
    'the default grace period',
    (all) => delete pod(all).terminationGracePeriodSeconds,
    'terminationGracePeriodSeconds: got 30',
  ],
  [
    'a longer GRACE_PERIOD',
    (all) => setVariable(all, 'GRACE_PERIOD', '1m'),
    'a GRACE_PERIOD of 60 s; use at least 65',
  ],
  [
    'a job drain that leaves no time for the rest of the shutdown',
    (all) => setVariable(all, 'JOB_DRAIN', '25s'),
    'JOB_DRAIN is 25 s and GRACE_PERIOD is 30 s; leave 10 s',
  ],
  [
    'a sleep before the signal',
    (all) => (container(all).lifecycle = { preStop: { sleep: { seconds: 5 } } }),
    'lifecycle.preStop: uses up the grace period',
  ],
  [
    'an update that removes pods before new ones are ready',
    (all) => (points(all).strategy.rollingUpdate.maxUnavailable = '25%'),
    'maxUnavailable: got 25%; use 0',
  ],
  [
    'no strategy',
    (all) => delete points(all).strategy,
    'strategy.rollingUpdate.maxUnavailable: got undefined; use 0',
  ],
  [
    'a heap that does not fit into the memory limit',
    (all) => (container(all).resources.limits.memory = '512Mi'),
    'resources.limits.memory: got 512Mi, but the heap may grow to 512 MiB',
  ],
  [
    'a missing request',
    (all) => delete container(all).resources.requests.cpu,
    'resources.requests.cpu: is missing; add it',
  ],
  [
    'no resources',
    (all) => delete container(all).resources,
    'resources.limits.memory: is missing; add it',
  ],
  [
    'root',
    (all) => delete pod(all).securityContext.runAsNonRoot,
    'securityContext.runAsNonRoot: the pod may run as root',
  ],
  [
    'a user without a numeric id',
    (all) => delete pod(all).securityContext.runAsUser,
    'securityContext.runAsUser: Kubernetes cannot verify',
  ],
  [
    'no seccomp profile',
    (all) => delete pod(all).securityContext.seccompProfile,
    'securityContext.seccompProfile: use { type: RuntimeDefault }',
  ],
  [
    'privilege escalation',
    (all) => delete container(all).securityContext.allowPrivilegeEscalation,
    'securityContext.allowPrivilegeEscalation: set it to false',
  ],
  [
    'a writable root file system',
    (all) => (container(all).securityContext.readOnlyRootFilesystem = false),
    'securityContext.readOnlyRootFilesystem: set it to true',
  ],
  [
    'capabilities',
    (all) => (container(all).securityContext.capabilities.drop = ['NET_RAW']),
    'securityContext.capabilities.drop: drop [ALL]',
  ],
  [
    'a privileged container',
    (all) => (container(all).securityContext.privileged = true),
    'securityContext.privileged: remove it',
  ],
  [
    'a pod that mounts a cluster token',
    (all) => delete pod(all).automountServiceAccountToken,
    'spec.automountServiceAccountToken: no service calls the Kubernetes API',
  ],
  [
    'a service account that mounts a token',
    (all) => delete find(all, 'ServiceAccount', 'points-service').automountServiceAccountToken,
    'ServiceAccount points-service: automountServiceAccountToken: mounts a token',
  ],
  [
    'Services as environment variables',
    (all) => delete pod(all).enableServiceLinks,
    'enableServiceLinks: would turn Services into variables',
  ],
  [
    'the tag latest',
    (all) => (container(all).image = 'loyalnest/points-service:latest'),
    'this tag may change to another image',
  ],
  [
    'no tag',
    (all) => (container(all).image = 'localhost:5000/loyalnest/points-service'),
    'this tag may change to another image',
  ],
  [
    'a version label that differs from the tag',
    (all) => (container(all).image = 'loyalnest/points-service:1.0.0'),
    "the label app.kubernetes.io/version is 'dev'",
  ],
  [
    'an image that compose does not use',
    (all) => (container(all).image = 'loyalnest/points:dev'),
    'docker-compose.yml has no such image',
  ],
  [
    'a selector that does not match the pods',
    (all) => (points(all).selector.matchLabels = { app: 'points-service' }),
    'spec.selector: does not match',
  ],
  [
    'a scrape of the wrong port',
    (all) => setVariable(all, 'METRICS_PORT', '9000'),
    'annotations.prometheus.io/port: got 9464, but METRICS_PORT is 9000',
  ],
  [
    'a metrics port that the container does not declare',
    (all) => container(all).ports.pop(),
    'METRICS_PORT (9464) is missing; add it',
  ],
  [
    'pods that may all run on one node',
    (all) => pod(all).topologySpreadConstraints.pop(),
    'does not spread over kubernetes.io/hostname',
  ],
  [
    'a service without an autoscaler',
    (all) => remove(all, 'HorizontalPodAutoscaler', 'points-service'),
    'has no HorizontalPodAutoscaler',
  ],
  [
    'a missing required variable',
    (all) =>
      (container(all).env = container(all).env.filter(
        ({ name }: { name: string }) => name !== 'REDIS_URL',
      )),
    'REDIS_URL is not set, and points-service does not start without it',
  ],
  [
    'a missing variable that production requires',
    (all) =>
      (container(all).env = container(all).env.filter(
        ({ name }: { name: string }) => name !== 'ADMIN_TOKENS',
      )),
    'ADMIN_TOKENS is not set',
  ],
  [
    'a variable that no service reads',
    (all) => setVariable(all, 'POINTS_PER_UNITS', '2'),
    'points-service does not read POINTS_PER_UNITS; correct its name',
  ],
  [
    'a variable of another service',
    (all) => setVariable(all, 'SMS_URL', 'https://sms.example.com'),
    'points-service does not read SMS_URL',
  ],
  [
    'a variable that is set twice',
    (all) => container(all).env.push({ name: 'LOG_LEVEL', value: 'warn' }),
    'LOG_LEVEL is set twice',
  ],
  [
    'a secret in plain text',
    (all) => setVariable(all, 'ADMIN_TOKENS', 'ops:destroy:0123456789abcdef'),
    'ADMIN_TOKENS has a secret in plain text',
  ],
  [
    'a password in an address',
    (all) => setVariable(all, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@collector'),
    'OTEL_EXPORTER_OTLP_ENDPOINT has a secret in plain text',
  ],
  [
    'a Service that matches no pod',
    (all) => (find(all, 'Service', 'points-service').spec.selector = { app: 'points' }),
    'Service points-service: spec.selector: matches no pod',
  ],
  [
    'a Service with a port that its pods do not have',
    (all) => (find(all, 'Service', 'points-service').spec.ports[0].targetPort = 'https'),
    'Service points-service: spec.ports: the pods have no port https',
  ],
  [
    'a disruption budget that matches no pod',
    (all) =>
      (find(all, 'PodDisruptionBudget', 'points-service').spec.selector.matchLabels = {
        app: 'points',
      }),
    'PodDisruptionBudget points-service: spec.selector: matches no pod',
  ],
  [
    'an autoscaler of a missing workload',
    (all) => (autoscaler(all).scaleTargetRef.name = 'points'),
    'spec.scaleTargetRef: there is no Deployment points',
  ],
  [
    'an autoscaler that may scale down to one pod',
    (all) => (autoscaler(all).minReplicas = 1),
    'spec.minReplicas: got 1 to 4',
  ],
  [
    'an autoscaler with a metric that no service exports',
    (all) => (autoscaler(all).metrics[1].external.metric.name = 'loyalnest_queue_age_seconds'),
    'no service exports loyalnest_queue_age_seconds',
  ],
  [
    'an autoscaler with a metric that the adapter does not expose',
    (all) => (autoscaler(all).metrics[1].external.metric.name = 'loyalnest_queue_jobs'),
    'prometheus-adapter-values.yaml has no rule for loyalnest_queue_jobs',
  ],
  [
    'a missing service account',
    (all) => (pod(all).serviceAccountName = 'points'),
    'serviceAccountName: there is no ServiceAccount points',
  ],
  [
    'a missing default-deny policy',
    (all) => remove(all, 'NetworkPolicy', 'default-deny'),
    'no NetworkPolicy denies all traffic by default',
  ],
  [
    'a policy that matches no pod',
    (all) => (policy(all, 'points-service').podSelector.matchLabels = { app: 'points' }),
    'NetworkPolicy points-service: spec.podSelector: matches no pod',
  ],
  [
    'a policy for callers that do not exist',
    (all) =>
      (policy(all, 'points-service').ingress[0].from[0].podSelector.matchLabels = {
        app: 'gateway',
      }),
    'NetworkPolicy points-service: spec.ingress[0]: names pods that do not exist',
  ],
  [
    'a policy that opens everything',
    (all) => delete policy(all, 'points-service').ingress[0].ports,
    'spec.ingress[0]: opens everything',
  ],
  [
    'a policy for a port that the pods do not have',
    (all) => (policy(all, 'points-service').ingress[0].ports[0].port = 8080),
    'spec.ingress[0]: the pods have no port 8080',
  ],
  [
    'a caller whose egress no policy allows',
    (all) => delete policy(all, 'api-gateway').egress,
    'POINTS_URL: no NetworkPolicy lets api-gateway reach points-service:3000',
  ],
  [
    'a target whose ingress no policy allows',
    (all) => delete policy(all, 'points-service').ingress,
    'POINTS_URL: no NetworkPolicy lets api-gateway reach points-service:3000',
  ],
  [
    'an address without a Service',
    (all) => remove(all, 'Service', 'referrals-service'),
    'REFERRALS_URL: there is no Service referrals-service with port 3000',
  ],
];

const OFFENCES_IN_DEVELOPMENT: readonly Offence[] = [
  [
    'a missing Secret',
    (all) => delete find(all, 'Secret', 'points-service').stringData.REDIS_URL,
    'REDIS_URL refers to REDIS_URL of points-service, which does not exist',
  ],
  [
    'a missing ConfigMap',
    (all) => remove(all, 'ConfigMap', 'providers'),
    'SMS_URL refers to SMS_URL of providers, which does not exist',
  ],
  [
    'an app without a Deployment',
    (all) => remove(all, 'Deployment', 'partner-simulator'),
    'has no Deployment partner-simulator for apps/partner-simulator',
  ],
  [
    'a server version that differs from compose',
    (all) => (find(all, 'StatefulSet', 'redis').spec.template.spec.containers[0].image = 'redis:7'),
    "got 'redis:7'; docker-compose.yml has no such image",
  ],
  [
    'a server that no policy lets a service reach',
    (all) => policy(all, 'stores-from-services').ingress[0].ports.pop(),
    'POINTS_DATABASE_URL: no NetworkPolicy lets points-service reach postgres:5432',
  ],
];

const OFFENCES_IN_PRODUCTION: readonly Offence[] = [
  [
    'a Secret',
    (all) => all.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'points-service' } }),
    'Secret points-service: data: would put a secret into the repository',
  ],
  [
    'a secret in a ConfigMap',
    (all) => (find(all, 'ConfigMap', 'providers').data.SMS_TOKEN = 'x'),
    'ConfigMap providers: data.SMS_TOKEN: is a secret in plain text',
  ],
  [
    'the simulator',
    (all) => {
      const simulator = structuredClone(find(all, 'Deployment', 'points-service'));
      simulator.metadata.name = 'partner-simulator';
      all.push(simulator);
    },
    'has partner-simulator, which is for development only',
  ],
  [
    'an Ingress to a missing Service',
    (all) =>
      (find(all, 'Ingress', 'api-gateway').spec.rules[0].http.paths[0].backend.service.name =
        'gateway'),
    'there is no Service gateway with port http',
  ],
  [
    'an Ingress that opens internal pages',
    (all) => (find(all, 'Ingress', 'api-gateway').spec.rules[0].http.paths[0].path = '/'),
    '/ also opens internal pages',
  ],
];

describe('the rules of the manifests', () => {
  it.each([...loaded.keys()])('find no problem in %s', (name) => {
    expect(loaded.get(name)!.problems).toEqual([]);
    expect(problemsAfter(name, () => {})).toEqual([]);
  });

  it.each(OFFENCES_IN_BASE)('report %s', (_title, plant, problem) => {
    expect(problemsAfter('base', plant)).toContainEqual(expect.stringContaining(problem));
  });

  it.each(OFFENCES_IN_DEVELOPMENT)('report %s in development', (_title, plant, problem) => {
    expect(problemsAfter('overlays/dev', plant)).toContainEqual(expect.stringContaining(problem));
  });

  it.each(OFFENCES_IN_PRODUCTION)('report %s in production', (_title, plant, problem) => {
    const problems = problemsAfter('overlays/production', plant);
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });
});

describe('the check of the manifests', () => {
  let folder: string;

  beforeEach(() => {
    folder = createTemporaryFolder('manifests');
    const read = [
      'deploy/Dockerfile',
      'docker-compose.yml',
      'libs/queue/src/monitoring/queue-metrics.ts',
    ];
    const classes = [
      'apps/*/src/*.config.ts',
      'libs/service-defaults/src/config/service-config.ts',
    ];
    const manifests = ['deploy/k8s/**/*.yaml', 'deploy/postgres/*'];
    for (const file of globSync([...read, ...classes, ...manifests], { cwd: root }))
      cpSync(join(root, file), join(folder, file), { recursive: true });
  });

  afterEach(() => removeTemporaryFolder(folder));

  const change = (file: string, from: string, to: string): void => {
    const path = join(folder, 'deploy/k8s', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  /** Runs in a child process because Jest cannot load the schemas, which are ESM. */
  const check = (path = process.env['PATH']): { problems: string[]; notes: string[] } => {
    const program = `
      import { manifestProblems } from ${JSON.stringify(join(root, 'tools/checks/manifests.ts'))};
      const notes = [];
      const problems = await manifestProblems(${JSON.stringify(folder)}, (text) => notes.push(text));
      console.log(JSON.stringify({ problems, notes }));`;
    const options = ['--input-type=module', '-e', program];
    const { stdout, stderr } = spawnSync(process.execPath, options, {
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    expect(stderr).not.toContain('Error');
    return JSON.parse(stdout) as { problems: string[]; notes: string[] };
  };

  const tool = (program: string): string => {
    const path = join(folder, 'bin/kubectl');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!${process.execPath}\n${program}`, { mode: 0o755 });
    return dirname(path);
  };

  it('notes that it has not checked patches if kubectl is not installed', () => {
    expect(check(join(folder, 'nothing'))).toEqual({
      problems: [],
      notes: [expect.stringContaining('kubectl is not installed')],
    });
  });

  it('reports violations of the schemas with file and path', () => {
    const deployment = 'base/points-service/deployment.yaml';
    change(deployment, 'revisionHistoryLimit: 5', "revisionHistoryLimit: '5'");
    change(deployment, 'periodSeconds: 10', 'periodSecond: 10');
    change('base/points-service/service.yaml', 'name: http, port: 3000, ', 'name: http, ');
    change('base/points-service/disruption-budget.yaml', 'policy/v1', 'policy/v2');
    change('overlays/dev/redis/stateful-set.yaml', "- 'yes'", '- yes');
    expect(check('').problems.toSorted()).toEqual(
      [
        `${deployment}: Deployment points-service: spec.revisionHistoryLimit: got "5"; use a value of type integer`,
        `${deployment}: Deployment points-service: spec.template.spec.containers[0].livenessProbe.periodSecond: unknown field; correct its name or remove it`,
        'base/points-service/service.yaml: Service points-service: spec.ports[0]: port is missing; add it',
        'base/points-service/disruption-budget.yaml: PodDisruptionBudget points-service: apiVersion: Kubernetes has no PodDisruptionBudget in policy/v2; correct it',
        'overlays/dev/redis/stateful-set.yaml: StatefulSet redis: spec.template.spec.containers[0].args[2]: got true; use a value of type string',
      ]
        .map((line) => `deploy/k8s/${line}`)
        .toSorted(),
    );
  });

  it('reports invalid YAML, missing files and files that no kustomization lists', () => {
    change('base/points-service/service.yaml', 'kind: Service', 'kind: Service\nkind: Service');
    change('base/points-service/kustomization.yaml', '- autoscaler.yaml', '- scaler.yaml');
    expect(check('').problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('service.yaml: invalid YAML: Map keys must be unique'),
        expect.stringContaining('kustomization.yaml: resources: scaler.yaml does not exist'),
        expect.stringContaining('autoscaler.yaml: no kustomization lists it'),
      ]),
    );
  });

  it('checks the overlays as kubectl renders them', () => {
    const planted = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { prots: 1 },
    };
    expect(check(tool(`console.log(${JSON.stringify(JSON.stringify(planted))})`)).problems).toEqual(
      ['dev', 'production'].map(
        (name) =>
          `deploy/k8s/overlays/${name} (kubectl kustomize): Service x: spec.prots: unknown field; correct its name or remove it`,
      ),
    );
    const failing = tool("process.stderr.write('no such patch'); process.exit(1)");
    expect(check(failing).problems).toContainEqual(expect.stringContaining('no such patch'));
  });
});
