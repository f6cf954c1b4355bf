export { docstring, wrapText } from './docstring.ts';
export { readDocument, resolveSchema } from './document.ts';
export type { OpenApiDocument, OperationObject, Schema } from './document.ts';
export { banner, runGenerator } from './generated-files.ts';
export { checkNames, friendlyName, paramsName, propertyName } from './names.ts';
export { readEventData, readOperations } from './operations.ts';
export type { OperationModel } from './operations.ts';
export { referencedNames } from './type-expression.ts';
