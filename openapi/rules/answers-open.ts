import type { Rule } from './redocly-types.ts';
import { schemasOfAnswer } from './reachable-schemas.ts';

/**
 * A later server may send more than this document knows: the objects of an answer take more properties, and its enums
 * stand beside `UnknownEnumValue`. A single value (`const`) is a name, not an enum.
 *
 * Option `closedEnums`: places of the enums that stay closed, as pointers within their file.
 */
export const answersOpen: Rule = ({ closedEnums }) => {
  const closed = new Set(Array.isArray(closedEnums) ? closedEnums : []);
  const seen = new Set<string>();
  return {
    Response: {
      MediaType: {
        enter(mediaType, { location, report, resolve }) {
          for (const { schema, location: place, isOpen } of schemasOfAnswer(mediaType, location, resolve, seen)) {
            if (schema.additionalProperties === false || schema.unevaluatedProperties === false) {
              report({ message: 'An object of an answer must not be closed to more properties.', location: place });
            }
            if (Array.isArray(schema.enum) && valuesOf(schema.enum) > 1 && !isOpen && !closed.has(place.pointer)) {
              const message = `An enum of an answer must stand in an anyOf beside UnknownEnumValue (${place.pointer}).`;
              report({ message, location: place.child('enum') });
            }
          }
        },
      },
    },
  };
};

function valuesOf(list: unknown[]): number {
  return list.filter((value) => value !== null).length;
}
