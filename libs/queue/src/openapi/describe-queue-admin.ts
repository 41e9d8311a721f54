import type { Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ANSWER_SCHEMAS, PROBLEM_SCHEMA, type AnswerSchema } from '../admin/answer-schemas.js';
import { adminRouteOf, type AdminRouteOptions } from '../admin/admin-route.decorator.js';
import { AuditController } from '../admin/audit.controller.js';
import { DeadLettersController } from '../admin/dead-letters.controller.js';
import { QueuesController } from '../admin/queues.controller.js';
import { RedrivesController } from '../admin/redrives.controller.js';
import { inputFields } from './input-fields.js';

const TAGS: readonly (readonly [Type<object>, string])[] = [
  [QueuesController, 'Queues'],
  [DeadLettersController, 'Dead letters'],
  [RedrivesController, 'Redrives'],
  [AuditController, 'Audit'],
];
const PARAMETERS: Readonly<Record<string, string>> = {
  queue: 'Name of the queue.',
  id: 'Id of the job.',
  taskId: 'Id of the redrive task.',
};
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request is invalid',
  401: 'The token is missing or unknown',
  403: 'The administrator lacks the role',
  404: 'There is no such queue, dead letter or task',
  409: 'Another operator is changing it right now, or it has changed since',
  503: 'Redis is unavailable, or the audit trail cannot be written; the command did not run',
};
let described = false;

/**
 * Describes the admin API to @nestjs/swagger: operations, parameters, bodies, answers and roles. Call
 * it before `SwaggerModule.createDocument`. Only this entry loads @nestjs/swagger; the admin API works
 * without it.
 */
export function describeQueueAdmin(): void {
  if (described) return;
  described = true;
  for (const [controller, tag] of TAGS) {
    ApiTags(tag)(controller);
    ApiBearerAuth()(controller);
    const methods = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype));
    for (const [name, descriptor] of methods) {
      const handler: unknown = descriptor.value;
      const route = typeof handler === 'function' ? adminRouteOf(handler) : undefined;
      if (!route) continue;
      const path = pathOf(controller, handler as object);
      for (const decorate of decoratorsOf(route, path)) {
        decorate(controller.prototype as object, name, descriptor);
      }
    }
  }
}

function decoratorsOf(route: AdminRouteOptions, path: string): readonly MethodDecorator[] {
  const { role, summary, description, query, body, answer, problems = [] } = route;
  const needs = `Needs the role \`${role}\`.`;
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return [
    ApiOperation({ summary, description: description ? `${description} ${needs}` : needs }),
    ApiExtension('x-admin-role', role),
    ...parameters.map((name) =>
      ApiParam({ name, description: PARAMETERS[name]!, schema: { type: 'string' } }),
    ),
    ...(query ? queriesOf(query) : []),
    ...(body ? [ApiBody({ required: true, schema: bodySchema(body) as never })] : []),
    ApiResponse({ status: 200, description: summary, schema: ANSWER_SCHEMAS[answer] as never }),
    ...[400, 401, 403, ...problems, 503].map((status) => problemResponse(status)),
  ];
}

function queriesOf(query: Type<object>): readonly MethodDecorator[] {
  return inputFields(query).map(({ name, required, description, schema }) =>
    ApiQuery({ name, required, description, schema: schema as never }),
  );
}

function bodySchema(body: Type<object>): AnswerSchema {
  const fields = inputFields(body);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(({ name, description, schema }) => {
        const { fields: nested, ...own } = schema;
        return [name, { ...own, ...(nested && bodySchema(nested)), description }];
      }),
    ),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

function problemResponse(status: number): MethodDecorator {
  const content = { 'application/problem+json': { schema: PROBLEM_SCHEMA as never } };
  return ApiResponse({ status, description: PROBLEMS[status]!, content });
}

function pathOf(controller: object, handler: object): string {
  const paths = [controller, handler].map(
    (target) => Reflect.getMetadata('path', target) as string,
  );
  return paths.join('/');
}
