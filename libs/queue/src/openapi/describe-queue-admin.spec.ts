import { RedisServer } from '@loyalnest/testing';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import { adminApp } from '../../test/admin-app.js';
import { DeadLetterFixture } from '@loyalnest/testing/dead-letters';
import { DiscardBody, EditBody, RedriveBody } from '../admin/admin-bodies.js';
import { FilterInput } from '../admin/admin-filter.js';
import { DeadLetterQuery, DetailsQuery, PageQuery } from '../admin/admin-queries.js';
import { describeQueueAdmin } from './index.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;
let app: INestApplication;
let document: OpenAPIObject;

beforeAll(async () => {
  redis = await RedisServer.start();
  fixture = new DeadLetterFixture(redis);
  app = await NestFactory.create(adminApp(redis, fixture), { logger: false });
  describeQueueAdmin();
  describeQueueAdmin();
  document = SwaggerModule.createDocument(app, new DocumentBuilder().addBearerAuth().build());
});
afterAll(async () => {
  await app.close();
  await fixture.close();
  await redis.stop();
});

const ROUTES: readonly (readonly [string, string, string])[] = [
  ['get', '/admin/queues', 'view'],
  ['get', '/admin/queues/{queue}', 'view'],
  ['post', '/admin/queues/{queue}/pause', 'operate'],
  ['post', '/admin/queues/{queue}/resume', 'operate'],
  ['get', '/admin/dead-letters/{queue}', 'view'],
  ['get', '/admin/dead-letters/{queue}/groups', 'view'],
  ['get', '/admin/dead-letters/{queue}/discarded', 'view'],
  ['get', '/admin/dead-letters/{queue}/{id}', 'view'],
  ['post', '/admin/dead-letters/{queue}/{id}/redrive', 'operate'],
  ['post', '/admin/dead-letters/{queue}/{id}/edit', 'operate'],
  ['post', '/admin/dead-letters/{queue}/{id}/discard', 'destroy'],
  ['post', '/admin/dead-letters/{queue}/{id}/restore', 'operate'],
  ['post', '/admin/dead-letters/{queue}/redrives', 'operate'],
  ['get', '/admin/dead-letters/{queue}/redrives', 'view'],
  ['get', '/admin/dead-letters/{queue}/redrives/{taskId}', 'view'],
  ['post', '/admin/dead-letters/{queue}/redrives/{taskId}/cancel', 'operate'],
  ['get', '/admin/audit', 'view'],
];

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    description?: string;
    schema?: object;
  }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

it('documents all routes of the admin API and no others', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(documented.sort()).toEqual(ROUTES.map(([method, path]) => `${method} ${path}`).sort());
});

it.each(ROUTES)('documents %s %s with the role %s', (method, path, role) => {
  const operation = (document.paths[path] as Record<string, Operation>)[method]!;
  expect(operation.summary).toBeTruthy();
  expect(operation.description).toContain(`Needs the role \`${role}\`.`);
  expect(operation).toHaveProperty('x-admin-role', role);
  expect(operation.security).toEqual([{ bearer: [] }]);
  expect(operation.responses['200']!.content!['application/json']!.schema).toMatchObject({
    type: 'object',
    properties: expect.any(Object),
  });
  for (const status of ['400', '401', '403', '503']) {
    const { schema } = operation.responses[status]!.content!['application/problem+json']!;
    expect(schema).toHaveProperty('properties.code');
  }
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const { parameters = [] } = operation;
  expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named);
  for (const parameter of parameters) {
    expect(parameter.description).toBeTruthy();
    expect(parameter.schema).toHaveProperty('type');
  }
});

it('documents queries and bodies with their validation rules', () => {
  const list = document.paths['/admin/dead-letters/{queue}']!.get as unknown as Operation;
  const limit = list.parameters!.find(({ name }) => name === 'limit');
  expect(limit).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1_000 },
  });
  const discard = document.paths['/admin/dead-letters/{queue}/{id}/discard']!
    .post as unknown as Operation;
  expect(discard.requestBody!.content['application/json']!.schema).toMatchObject({
    required: ['reason'],
    properties: { reason: { type: 'string', maxLength: 500 } },
    additionalProperties: false,
  });
  const redrive = document.paths['/admin/dead-letters/{queue}/redrives']!
    .post as unknown as Operation;
  expect(redrive.requestBody!.content['application/json']!.schema).toMatchObject({
    required: [],
    properties: {
      filter: { type: 'object', properties: { reason: { enum: expect.any(Array) } } },
      rate: { type: 'number', maximum: 100_000 },
      dryRun: { type: 'boolean' },
    },
  });
});

it.each([
  DeadLetterQuery,
  DetailsQuery,
  PageQuery,
  FilterInput,
  DiscardBody,
  EditBody,
  RedriveBody,
])('describes every field of %p', (type) => {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const checked = new Set(rules.map(({ propertyName }) => propertyName));
  expect(Object.keys(type.fields).sort()).toEqual([...checked].sort());
});
