import openapiTypeScript, { astToString } from 'openapi-typescript';
import manifest from 'openapi-typescript/package.json' with { type: 'json' };
import ts from 'typescript';
import { banner, docstring, friendlyName, type OpenApiDocument } from '@humanloop-v4/codegen';
import { deriveForTypes } from './derive.ts';

/** `string & {}`: TypeScript reduces `'stop' | string` to `string`, and with it what an editor can complete. */
const ANY_OTHER_STRING = ts.factory.createIntersectionTypeNode([
  ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
  ts.factory.createTypeLiteralNode([]),
]);

/**
 * Makes `openapi.ts` (`paths`, `components`, `operations`) and `schemas.ts` by openapi-typescript.
 *
 * openapi-typescript nests all schemas in `components`, where they have no names of their own: an editor shows a
 * `ChatResponse` as its forty lines. So each schema moves to `schemas.ts`, under the name people import it by, and
 * `components` refers to it.
 *
 * @see https://openapi-ts.dev/node
 */
export async function makeOpenApiTypes(document: OpenApiDocument): Promise<{ openapi: string; schemas: string }> {
  const nodes = await openapiTypeScript(JSON.stringify(deriveForTypes(document)), {
    // A default says what the server does without the property, so nobody has to send it.
    defaultNonNullable: false,
    // An object without known properties holds anything; openapi-typescript would have it empty.
    emptyObjectsUnknown: true,
    silent: true,
    transform: (_schema, { path }) => (path === '#/components/schemas/UnknownEnumValue' ? ANY_OTHER_STRING : undefined),
  });
  const schemas = new Map<string, string>();
  for (const property of propertiesOf(nodes, 'components', 'schemas')) {
    const schemaName = (property.name as ts.Identifier).text;
    const { description, deprecated } = document.components.schemas[schemaName] ?? {};
    const words = docstring([description, deprecated ? '@deprecated' : undefined]);
    const name = friendlyName(schemaName);
    schemas.set(name, `${words}export type ${name} = ${print(property.type).trimEnd()};\n`);
    // Nodes made by the factory know no parent, so one can stand in for another.
    Object.assign(property, { type: ts.factory.createTypeReferenceNode(name) });
  }
  const first = banner(`openapi-typescript ${manifest.version}`);
  const sorted = [...schemas.keys()].toSorted();
  return {
    openapi: `${first}import type {\n${sorted.map((name) => `  ${name},\n`).join('')}} from './schemas.ts';\n\n${print(nodes)}`,
    schemas: first + sorted.map((name) => `\n${schemas.get(name)}`).join(''),
  };
}

function print(node: ts.Node | ts.Node[]): string {
  return (
    astToString(node)
      // openapi-typescript indents the second line of a comment and all after it, which Markdown takes for code.
      .replaceAll(/^( *\* ) {4}/gm, '$1')
      .replaceAll(/components\["schemas"\]\["(\w+)"\]/g, (_, schemaName: string) => friendlyName(schemaName))
  );
}

/** The properties of one member of an interface, in what openapi-typescript made. */
function propertiesOf(nodes: ts.Node[], interfaceName: string, memberName: string): Property[] {
  const declaration = nodes.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === interfaceName);
  const member = (declaration as ts.InterfaceDeclaration).members.find(
    (member) => ts.isPropertySignature(member) && ts.isIdentifier(member.name) && member.name.text === memberName,
  );
  return [...((member as Property).type as ts.TypeLiteralNode).members] as Property[];
}

type Property = ts.PropertySignature & { type: ts.TypeNode };
