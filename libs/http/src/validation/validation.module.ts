import { Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { createValidationPipe } from './validation-pipe.js';

/** Validates the bodies, queries and parameters of all routes with {@link createValidationPipe}. */
@Module({ providers: [{ provide: APP_PIPE, useFactory: createValidationPipe }] })
export class ValidationModule {}
