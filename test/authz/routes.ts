import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod, type INestApplication } from '@nestjs/common';
import { REQUIRED_ACTION } from '../../src/access/requires.decorator.js';

export interface Route {
  readonly method: string;
  readonly path: string;
  /** What the guard asks for; undefined: the route is closed. */
  readonly action: string | undefined;
}

/** Every route that the controllers declare, sorted; read from their metadata, as Nest itself does. */
export function routesOf(application: INestApplication): Route[] {
  const scanner = new MetadataScanner();
  const modules = [...application.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  const routes = controllers.flatMap(({ metatype }) => {
    if (!metatype) return [];
    const prototype = metatype.prototype as Record<string, object>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const prefix = Reflect.getMetadata(PATH_METADATA, metatype) as string;
      const suffix = Reflect.getMetadata(PATH_METADATA, handler) as string;
      return [{
        method: RequestMethod[method],
        path: `/${prefix}/${suffix}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
        action: (Reflect.getMetadata(REQUIRED_ACTION, handler)
          ?? Reflect.getMetadata(REQUIRED_ACTION, metatype)) as string | undefined,
      }];
    });
  });
  return routes.sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`, 'en'));
}
