import { OptionError } from '@loyalnest/core';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './http-client.module-definition.js';
import { HttpClient } from './http-client.js';

/** Provides one {@link HttpClient} with its own connections. Import it once, with `forRoot()`. */
@Module({ providers: [HttpClient], exports: [HttpClient] })
export class HttpClientModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    const imports = [...modules.values()].filter(({ metatype }) => metatype === HttpClientModule);
    if (imports.length > 1) {
      throw new OptionError('HttpClientModule.forRoot', imports.length, 'import it once');
    }
  }
}
