import { OptionError } from '@loyalnest/core';
import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { ThrottlingGuard } from './throttling.guard.js';
import type { ThrottlingModuleOptions } from './throttling.options.js';

/** Options that cannot come from a factory, because Nest needs them before it creates providers. */
interface ThrottlingModuleExtras {
  /** @defaultValue true */
  readonly isGlobal?: boolean;
  /** Your subclass, which replaces the module's guard. @defaultValue ThrottlingGuard */
  readonly guard?: Type<ThrottlingGuard>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ThrottlingModuleOptions>({ moduleName: 'Throttling' })
    .setClassMethodName('forRoot')
    .setExtras<ThrottlingModuleExtras>({ isGlobal: true, guard: ThrottlingGuard }, withGuard)
    .build();

function withGuard(
  definition: DynamicModule,
  { isGlobal = true, guard = ThrottlingGuard }: ThrottlingModuleExtras,
): DynamicModule {
  const isOurs =
    guard === ThrottlingGuard ||
    (typeof guard === 'function' && guard.prototype instanceof ThrottlingGuard);
  if (!isOurs) {
    throw new OptionError('throttling.guard', guard, 'use a class that extends ThrottlingGuard');
  }
  const provider = { provide: ThrottlingGuard, useClass: guard };
  return {
    ...definition,
    global: isGlobal,
    providers: [...(definition.providers ?? []), provider],
  };
}
