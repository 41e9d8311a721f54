import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { readConfig } from './read-config.js';
import { ServiceConfig } from './service-config.js';

/**
 * Provides the validated environment variables as an instance of the service's own class and as
 * {@link ServiceConfig}. A missing or invalid variable fails the boot.
 */
@Module({})
export class ServiceConfigModule {
  static forRoot<Config extends ServiceConfig>(type: Type<Config>): DynamicModule {
    const checked = registerAs('service', () => readConfig(type, process.env));
    return {
      module: ServiceConfigModule,
      global: true,
      imports: [ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [checked] })],
      providers: [
        { provide: type, inject: [checked.KEY], useFactory: (config: Config) => config },
        { provide: ServiceConfig, useExisting: type },
      ],
      exports: [type, ServiceConfig],
    };
  }
}
