import { REQUEST_PRIORITY } from '@loyalnest/core';
import { AuditController } from './audit.controller.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { QueuesController } from './queues.controller.js';
import { RedrivesController } from './redrives.controller.js';

it.each([AuditController, DeadLettersController, QueuesController, RedrivesController])(
  'is never refused under overload: %p',
  (controller) => {
    expect(Reflect.getMetadata(REQUEST_PRIORITY, controller)).toBe('critical');
  },
);
