import { Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { INPUT_LIMITS } from '../input-limits/input-limits.module-definition.js';
import {
  resolveInputLimits,
  type ResolvedInputLimits,
} from '../input-limits/input-limits.options.js';
import { BoundedValidationPipe } from './validation-pipe.js';

/**
 * Validates the bodies, queries and parameters of all routes as `createValidationPipe` does. Takes its
 * limits from `InputLimitsModule` if the application imports it.
 */
@Module({
  providers: [
    {
      provide: APP_PIPE,
      inject: [{ token: INPUT_LIMITS, optional: true }],
      useFactory: (checked?: ResolvedInputLimits) =>
        new BoundedValidationPipe(checked ?? resolveInputLimits(), checked === undefined),
    },
  ],
})
export class ValidationModule {}
