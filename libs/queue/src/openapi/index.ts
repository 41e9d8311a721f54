// For an application that builds an OpenAPI document with @nestjs/swagger
export { describeQueueAdmin } from './describe-queue-admin.js';
