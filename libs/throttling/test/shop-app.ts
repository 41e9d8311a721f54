import type { Platform, RunningApp } from '@loyalnest/testing';
import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { ThrottlingModule, type ThrottlingModuleOptions } from '../src/index.js';

@Controller('orders')
export class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }
}

@Controller('customers')
export class CustomersController {
  @Get()
  list(): string {
    return 'customers';
  }
}

/** Starts an application with these limits and, by default, two routes. */
export function shopApp(
  platform: Platform,
  options: ThrottlingModuleOptions,
  metadata: ModuleMetadata = {},
): Promise<RunningApp> {
  const { imports = [], controllers = [OrdersController, CustomersController] } = metadata;
  @Module({ ...metadata, imports: [...imports, ThrottlingModule.forRoot(options)], controllers })
  class ShopModule {}
  return platform.create(ShopModule);
}

/** Sends requests one after the other and returns their statuses. */
export async function statuses(
  url: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) {
    const response = await fetch(url, { headers });
    await response.text();
    seen.push(response.status);
  }
  return seen;
}
