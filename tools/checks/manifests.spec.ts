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

/** The manifests of the repository, each with its objects as values that can be changed. */
// oxlint-disable-next-line typescript/no-explicit-any
type Objects = any[];

function problemsAfter(name: string, plant: (objects: Objects) => void): readonly string[] {
  const manifests = structuredClone([...loaded.get(name)!.manifests]);
  const objects = manifests.map(({ object }) => object);
  plant(objects);
  // Objects that were taken out or put in.
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
    'a probe of another page',
    (all) => (container(all).livenessProbe.httpGet.path = '/health/ready'),
    "livenessProbe.httpGet.path: got '/health/ready'; use /health/live",
  ],
  [
    'a probe of another port',
    (all) => (container(all).readinessProbe.httpGet.port = 'metrics'),
    'readinessProbe.httpGet.port: got metrics, which is not PORT',
  ],
  [
    'a probe of a port that is not PORT any more',
    (all) => setVariable(all, 'PORT', '8080'),
    'use the port that serves requests, 8080',
  ],
  [
    'a grace period without a reserve',
    (all) => (pod(all).terminationGracePeriodSeconds = 30),
    'terminationGracePeriodSeconds: got 30, and GRACE_PERIOD is 30 s; use at least 35',
  ],
  [
    'the default grace period',
    (all) => delete pod(all).terminationGracePeriodSeconds,
    'terminationGracePeriodSeconds: got 30',
  ],
  [
    'a longer GRACE_PERIOD',
    (all) => setVariable(all, 'GRACE_PERIOD', '1m'),
    'GRACE_PERIOD is 60 s; use at least 65',
  ],
  [
    'a drain that leaves no time',
    (all) => setVariable(all, 'JOB_DRAIN', '25s'),
    'JOB_DRAIN is 25 s and GRACE_PERIOD 30 s; leave 10 s',
  ],
  [
    'a sleep before the signal',
    (all) => (container(all).lifecycle = { preStop: { sleep: { seconds: 5 } } }),
    'lifecycle.preStop: takes from the grace period',
  ],
  [
    'pods that are taken away before there are new ones',
    (all) => (points(all).strategy.rollingUpdate.maxUnavailable = '25%'),
    'maxUnavailable: got 25%; use 0',
  ],
  [
    'no strategy',
    (all) => delete points(all).strategy,
    'strategy.rollingUpdate.maxUnavailable: got undefined; use 0',
  ],
  [
    'a heap that is larger than the memory',
    (all) => (container(all).resources.limits.memory = '512Mi'),
    'resources.limits.memory: got 512Mi, and the image lets the heap grow to 512 MiB',
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
    'a user by name alone',
    (all) => delete pod(all).securityContext.runAsUser,
    'securityContext.runAsUser: Kubernetes cannot tell',
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
    'a root file system that can be written',
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
    'a token of the cluster in the pod',
    (all) => delete pod(all).automountServiceAccountToken,
    'spec.automountServiceAccountToken: no service asks the cluster',
  ],
  [
    'a token of the account',
    (all) => delete find(all, 'ServiceAccount', 'points-service').automountServiceAccountToken,
    'ServiceAccount points-service: automountServiceAccountToken: hands out a token',
  ],
  [
    'Services as variables',
    (all) => delete pod(all).enableServiceLinks,
    'enableServiceLinks: Services become variables',
  ],
  [
    'the tag latest',
    (all) => (container(all).image = 'loyalnest/points-service:latest'),
    'another image may come under this name',
  ],
  [
    'no tag',
    (all) => (container(all).image = 'localhost:5000/loyalnest/points-service'),
    'another image may come under this name',
  ],
  [
    'a version that is not the tag',
    (all) => (container(all).image = 'loyalnest/points-service:1.0.0'),
    "the label app.kubernetes.io/version says 'dev'",
  ],
  [
    'an image that compose does not have',
    (all) => (container(all).image = 'loyalnest/points:dev'),
    'docker-compose.yml has no such image',
  ],
  [
    'a selector of other pods',
    (all) => (points(all).selector.matchLabels = { app: 'points-service' }),
    'spec.selector: does not match',
  ],
  [
    'a scrape of another port',
    (all) => setVariable(all, 'METRICS_PORT', '9000'),
    'annotations.prometheus.io/port: got 9464, and METRICS_PORT is 9000',
  ],
  [
    'a port of the metrics that the container does not name',
    (all) => container(all).ports.pop(),
    'has no METRICS_PORT (9464); add it',
  ],
  [
    'pods on one node',
    (all) => pod(all).topologySpreadConstraints.pop(),
    'does not spread over kubernetes.io/hostname',
  ],
  [
    'a service without an autoscaler',
    (all) => remove(all, 'HorizontalPodAutoscaler', 'points-service'),
    'has no HorizontalPodAutoscaler',
  ],
  [
    'a missing variable',
    (all) =>
      (container(all).env = container(all).env.filter(
        ({ name }: { name: string }) => name !== 'REDIS_URL',
      )),
    'REDIS_URL is not set, and points-service does not start without it',
  ],
  [
    'a variable that production needs and is missing',
    (all) =>
      (container(all).env = container(all).env.filter(
        ({ name }: { name: string }) => name !== 'ADMIN_TOKENS',
      )),
    'ADMIN_TOKENS is not set',
  ],
  [
    'a variable that nobody reads',
    (all) => setVariable(all, 'POINTS_PER_UNITS', '2'),
    'POINTS_PER_UNITS is read by nobody; correct its name',
  ],
  [
    'a variable of another service',
    (all) => setVariable(all, 'SMS_URL', 'https://sms.example.com'),
    'SMS_URL is read by nobody',
  ],
  [
    'a variable that is set twice',
    (all) => container(all).env.push({ name: 'LOG_LEVEL', value: 'warn' }),
    'LOG_LEVEL is set twice',
  ],
  [
    'a secret in the clear',
    (all) => setVariable(all, 'ADMIN_TOKENS', 'ops:destroy:0123456789abcdef'),
    'ADMIN_TOKENS has a value that everybody can read',
  ],
  [
    'a password in an address',
    (all) => setVariable(all, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@collector'),
    'OTEL_EXPORTER_OTLP_ENDPOINT has a value that everybody can read',
  ],
  [
    'a Service of no pod',
    (all) => (find(all, 'Service', 'points-service').spec.selector = { app: 'points' }),
    'Service points-service: spec.selector: matches no pod',
  ],
  [
    'a Service of a port that is closed',
    (all) => (find(all, 'Service', 'points-service').spec.ports[0].targetPort = 'https'),
    'Service points-service: spec.ports: the pods have no port https',
  ],
  [
    'a disruption budget of no pod',
    (all) =>
      (find(all, 'PodDisruptionBudget', 'points-service').spec.selector.matchLabels = {
        app: 'points',
      }),
    'PodDisruptionBudget points-service: spec.selector: matches no pod',
  ],
  [
    'an autoscaler of nothing',
    (all) => (autoscaler(all).scaleTargetRef.name = 'points'),
    'spec.scaleTargetRef: there is no Deployment points',
  ],
  [
    'an autoscaler that goes down to one pod',
    (all) => (autoscaler(all).minReplicas = 1),
    'spec.minReplicas: got 1 to 4',
  ],
  [
    'an autoscaler by a metric that nobody exports',
    (all) => (autoscaler(all).metrics[1].external.metric.name = 'loyalnest_queue_age_seconds'),
    'no service exports loyalnest_queue_age_seconds',
  ],
  [
    'an autoscaler by a metric that the adapter does not hand on',
    (all) => (autoscaler(all).metrics[1].external.metric.name = 'loyalnest_queue_jobs'),
    'prometheus-adapter-values.yaml has no rule for loyalnest_queue_jobs',
  ],
  [
    'an account that is not there',
    (all) => (pod(all).serviceAccountName = 'points'),
    'serviceAccountName: there is no ServiceAccount points',
  ],
  [
    'no policy that closes all',
    (all) => remove(all, 'NetworkPolicy', 'default-deny'),
    'no NetworkPolicy closes all pods',
  ],
  [
    'a policy of no pod',
    (all) => (policy(all, 'points-service').podSelector.matchLabels = { app: 'points' }),
    'NetworkPolicy points-service: spec.podSelector: matches no pod',
  ],
  [
    'a policy for callers that are not there',
    (all) =>
      (policy(all, 'points-service').ingress[0].from[0].podSelector.matchLabels = {
        app: 'gateway',
      }),
    'NetworkPolicy points-service: spec.ingress[0]: names pods that are not there',
  ],
  [
    'a policy that opens everything',
    (all) => delete policy(all, 'points-service').ingress[0].ports,
    'spec.ingress[0]: opens everything',
  ],
  [
    'a policy of a port that is closed',
    (all) => (policy(all, 'points-service').ingress[0].ports[0].port = 8080),
    'spec.ingress[0]: the pods have no port 8080',
  ],
  [
    'a neighbour that no policy lets through',
    (all) => delete policy(all, 'api-gateway').egress,
    'POINTS_URL: no NetworkPolicy lets api-gateway reach points-service:3000',
  ],
  [
    'a neighbour that does not let through',
    (all) => delete policy(all, 'points-service').ingress,
    'POINTS_URL: no NetworkPolicy lets api-gateway reach points-service:3000',
  ],
  [
    'an address of no Service',
    (all) => remove(all, 'Service', 'referrals-service'),
    'REFERRALS_URL: there is no Service referrals-service with the port 3000',
  ],
];

const OFFENCES_IN_DEVELOPMENT: readonly Offence[] = [
  [
    'a Secret that is not there',
    (all) => delete find(all, 'Secret', 'points-service').stringData.REDIS_URL,
    'REDIS_URL comes from REDIS_URL of points-service, which is not there',
  ],
  [
    'a ConfigMap that is not there',
    (all) => remove(all, 'ConfigMap', 'providers'),
    'SMS_URL comes from SMS_URL of providers, which is not there',
  ],
  [
    'an app without a Deployment',
    (all) => remove(all, 'Deployment', 'partner-simulator'),
    'has no Deployment partner-simulator for apps/partner-simulator',
  ],
  [
    'a server of another version than in compose',
    (all) => (find(all, 'StatefulSet', 'redis').spec.template.spec.containers[0].image = 'redis:7'),
    "got 'redis:7'; docker-compose.yml has no such image",
  ],
  [
    'a server that policies do not let through',
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
    'ConfigMap providers: data.SMS_TOKEN: is a secret that everybody can read',
  ],
  [
    'the simulator',
    (all) => {
      const simulator = structuredClone(find(all, 'Deployment', 'points-service'));
      simulator.metadata.name = 'partner-simulator';
      all.push(simulator);
    },
    'has partner-simulator, which is for development',
  ],
  [
    'an Ingress to no Service',
    (all) =>
      (find(all, 'Ingress', 'api-gateway').spec.rules[0].http.paths[0].backend.service.name =
        'gateway'),
    'there is no Service gateway with the port http',
  ],
  [
    'an Ingress that opens admin pages',
    (all) => (find(all, 'Ingress', 'api-gateway').spec.rules[0].http.paths[0].path = '/'),
    '/ opens more than the API',
  ],
];

describe('the rules of the manifests', () => {
  it.each([...loaded.keys()])('are kept by %s', (name) => {
    expect(loaded.get(name)!.problems).toEqual([]);
    expect(problemsAfter(name, () => {})).toEqual([]);
  });

  it.each(OFFENCES_IN_BASE)('find %s', (_title, plant, problem) => {
    expect(problemsAfter('base', plant)).toContainEqual(expect.stringContaining(problem));
  });

  it.each(OFFENCES_IN_DEVELOPMENT)('find %s in development', (_title, plant, problem) => {
    expect(problemsAfter('overlays/dev', plant)).toContainEqual(expect.stringContaining(problem));
  });

  it.each(OFFENCES_IN_PRODUCTION)('find %s in production', (_title, plant, problem) => {
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

  /** In a process of its own: the schemas are ESM, which Jest does not load. */
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

  it('says that it has not seen patches where there is no kubectl', () => {
    expect(check(join(folder, 'nothing'))).toEqual({
      problems: [],
      notes: [expect.stringContaining('kubectl is not installed')],
    });
  });

  it('finds what does not agree with the schemas, with its file and path', () => {
    const deployment = 'base/points-service/deployment.yaml';
    change(deployment, 'revisionHistoryLimit: 5', "revisionHistoryLimit: '5'");
    change(deployment, 'periodSeconds: 10', 'periodSecond: 10');
    change('base/points-service/service.yaml', 'name: http, port: 3000, ', 'name: http, ');
    change('base/points-service/disruption-budget.yaml', 'policy/v1', 'policy/v2');
    change('overlays/dev/redis/stateful-set.yaml', "- 'yes'", '- yes');
    expect(check('').problems.toSorted()).toEqual(
      [
        `${deployment}: Deployment points-service: spec.revisionHistoryLimit: got "5"; use a value of type integer`,
        `${deployment}: Deployment points-service: spec.template.spec.containers[0].livenessProbe.periodSecond: is no such field; correct its name or remove it`,
        'base/points-service/service.yaml: Service points-service: spec.ports[0]: port is missing; add it',
        'base/points-service/disruption-budget.yaml: PodDisruptionBudget points-service: apiVersion: Kubernetes has no PodDisruptionBudget in policy/v2; correct it',
        'overlays/dev/redis/stateful-set.yaml: StatefulSet redis: spec.template.spec.containers[0].args[2]: got true; use a value of type string',
      ]
        .map((line) => `deploy/k8s/${line}`)
        .toSorted(),
    );
  });

  it('finds files that are no YAML, missing, or listed nowhere', () => {
    change('base/points-service/service.yaml', 'kind: Service', 'kind: Service\nkind: Service');
    change('base/points-service/kustomization.yaml', '- autoscaler.yaml', '- scaler.yaml');
    expect(check('').problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('service.yaml: is no YAML: Map keys must be unique'),
        expect.stringContaining('kustomization.yaml: resources: scaler.yaml does not exist'),
        expect.stringContaining('autoscaler.yaml: no kustomization lists it'),
      ]),
    );
  });

  it('looks at what kubectl makes of the overlays', () => {
    const planted = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { prots: 1 },
    };
    expect(check(tool(`console.log(${JSON.stringify(JSON.stringify(planted))})`)).problems).toEqual(
      ['dev', 'production'].map(
        (name) =>
          `deploy/k8s/overlays/${name} (kubectl kustomize): Service x: spec.prots: is no such field; correct its name or remove it`,
      ),
    );
    const failing = tool("process.stderr.write('no such patch'); process.exit(1)");
    expect(check(failing).problems).toContainEqual(expect.stringContaining('no such patch'));
  });
});
