import { readConfig, type ServiceConfig } from '@loyalnest/service-defaults';
import { repositoryRoot } from '@loyalnest/testing';
import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayConfig } from '../../../apps/api-gateway/src/gateway.config.js';
import { SimulatorConfig } from '../../../apps/partner-simulator/src/simulator.config.js';
import { PointsConfig } from '../../../apps/points-service/src/points.config.js';
import { ReferralsConfig } from '../../../apps/referrals-service/src/referrals.config.js';

const APPS: readonly (readonly [string, Type<ServiceConfig>])[] = [
  ['api-gateway', GatewayConfig],
  ['partner-simulator', SimulatorConfig],
  ['points-service', PointsConfig],
  ['referrals-service', ReferralsConfig],
];

const read = (file: string): string => readFileSync(join(repositoryRoot(), file), 'utf8');
const compose = read('docker-compose.yml');
const example = read('.env.example');
const launcher = globSync('tools/dev-stack/src/*.ts', { cwd: repositoryRoot() })
  .filter((file) => !file.endsWith('.spec.ts'))
  .map(read)
  .join('');

const ASSIGNMENT = /^(# )?([A-Z_]+)=(.*)$/gm;
const INTERPOLATION = /\$\{([A-Z_]+):-([^}]*)\}/g;

/** Variables of the example, including those that are commented out. */
const documented = new Map(
  [...example.matchAll(ASSIGNMENT)].map(([, , name, value]) => [name!, value!]),
);
const active = [...example.matchAll(ASSIGNMENT)].filter(([, comment]) => !comment);

function variablesOf(type: Type<ServiceConfig>): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

/** The environment that compose gives an app, with default values. */
function composeEnvironment(app: string): Record<string, string> {
  const [, service = ''] = new RegExp(`^  ${app}:\n((?:(?: {4}.*)?\n)+)`, 'm').exec(compose) ?? [];
  const [, block = ''] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(service) ?? [];
  const entries = [...block.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)];
  return Object.fromEntries(
    entries.map(([, name, value]) => [name, value!.replace(INTERPOLATION, '$2')]),
  );
}

describe('the environment of the sample stack', () => {
  it.each(APPS)('lets %s start in compose, and sets only variables that it reads', (app, type) => {
    const environment = composeEnvironment(app);
    expect(Object.keys(environment)).not.toEqual([]);
    expect(() => readConfig(type, environment)).not.toThrow();
    expect(variablesOf(type)).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it.each(APPS)('describes in .env.example every variable that %s reads', (_app, type) => {
    expect([...documented.keys()]).toEqual(expect.arrayContaining([...variablesOf(type)]));
    expect(() => readConfig(type, Object.fromEntries(documented))).not.toThrow();
  });

  it('has the same defaults in compose and in .env.example', () => {
    for (const [, name, value] of compose.matchAll(INTERPOLATION)) {
      expect({ [name!]: documented.get(name!) }).toEqual({ [name!]: value });
    }
  });

  it('describes no unused variable in .env.example', () => {
    const inApps = new Set(APPS.flatMap(([, type]) => variablesOf(type)));
    const unread = [...documented.keys()].filter(
      (name) =>
        !inApps.has(name) && !compose.includes(`\${${name}:-`) && !launcher.includes(`'${name}'`),
    );
    expect(unread).toEqual([]);
  });

  it('lets npm start provide the servers if .env.example is copied unchanged', () => {
    const names = active.map(([, , name]) => name);
    expect(names).not.toContainEqual(expect.stringMatching(/_URL$|^PORT$|^HOST$/));
    for (const name of ['REDIS_URL', 'POINTS_DATABASE_URL', 'REFERRALS_DATABASE_URL']) {
      expect(documented.has(name)).toBe(true);
    }
  });
});
