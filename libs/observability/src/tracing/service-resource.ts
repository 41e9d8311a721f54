import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import { randomUUID } from 'node:crypto';
import type { TracingModuleOptions } from './tracing.options.js';

/** Returns the source of the spans: the service, its version, and this process as the instance. */
export function serviceResource({ service, version, resource }: TracingModuleOptions): Resource {
  const instance = resourceFromAttributes({ [ATTR_SERVICE_INSTANCE_ID]: randomUUID() });
  const environment = detectResources({ detectors: [resourceAttributesEnvDetector] });
  return instance.merge(environment).merge(
    resourceFromAttributes({
      [ATTR_SERVICE_NAME]: service,
      ...(version && { [ATTR_SERVICE_VERSION]: version }),
      ...resource,
    }),
  );
}
