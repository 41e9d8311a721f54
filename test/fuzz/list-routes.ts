// node test/fuzz/list-routes.ts <app.module.js>: prints the routes of a built app as JSON. Nest's preview
// mode loads its modules without creating a provider, so that nothing connects.
import { RequestMethod, VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { pathToFileURL } from 'node:url';

const { AppModule } = (await import(pathToFileURL(process.argv[2]!).href)) as { AppModule: Type };
const app = await NestFactory.create(AppModule, {
  preview: true,
  logger: false,
  abortOnError: false,
});
const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
  [...module.controllers.values()].map(({ metatype }) => metatype as Type),
);
process.stdout.write(JSON.stringify(controllers.flatMap(routesOf)));
// A module that was loaded may keep the process alive.
process.exit(0);

function routesOf(controller: Type): readonly string[] {
  const base = metadata<string>('path', controller);
  const version = metadata<string | symbol | undefined>('__version__', controller);
  const prefix = version === undefined || version === VERSION_NEUTRAL ? '' : `v${String(version)}`;
  return handlersOf(controller.prototype as object).map((handler) => {
    const method = RequestMethod[metadata<number>('method', handler)]!;
    const parts = [prefix, base, metadata<string>('path', handler)].join('/').split('/');
    return `${method} /${parts.filter((part) => part !== '').join('/')}`;
  });
}

function handlersOf(prototype: object): readonly object[] {
  if (prototype === Object.prototype) return [];
  const own = Object.values(Object.getOwnPropertyDescriptors(prototype))
    .map(({ value }) => value as unknown)
    .filter((value): value is object => typeof value === 'function')
    .filter((handler) => metadata('method', handler) !== undefined);
  return [...own, ...handlersOf(Object.getPrototypeOf(prototype) as object)];
}

function metadata<T>(key: string, target: object): T {
  return Reflect.getMetadata(key, target) as T;
}
