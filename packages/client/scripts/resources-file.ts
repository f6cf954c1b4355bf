import { banner, docstring } from '@humanloop-v4/codegen';
import type { ResourceModel } from './files.ts';

/** Makes `resources.ts`: the base class that gives `Humanloop` one property a resource. */
export function makeResourcesFile(resources: readonly ResourceModel[]): string {
  const getters = resources.map(
    ({ name, property, description }) =>
      `\n${docstring([description], '  ')}  get ${property}(): ${name} {\n    return this.resource(${name});\n  }\n`,
  );
  return [
    banner(),
    "import type { ResourceClass } from '../resource.ts';\n",
    ...resources.map(({ name, file }) => `import { ${name} } from './${file}.ts';\n`),
    '\n/** The resources of the API, made when first asked for. */\n',
    'export abstract class Resources {\n',
    '  /** Makes a resource, or gives the one made before. */\n',
    '  protected abstract resource<R>(resourceClass: ResourceClass<R>): R;\n',
    ...getters,
    '}\n\n',
    `export { ${resources.map(({ name }) => name).join(', ')} };\n`,
  ].join('');
}
