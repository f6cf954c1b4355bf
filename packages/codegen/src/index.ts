export { docstring, wrapText } from './docstring.ts';
export { DOCUMENT, nameOf, readDocument, resolveSchema } from './document.ts';
export type { MediaTypeObject, OpenApiDocument, OperationObject, ResponseObject, Schema } from './document.ts';
export { banner, runGenerator } from './generated-files.ts';
export { checkNames, friendlyName, paramsName, propertyName } from './names.ts';
export { readEventData, readOperations } from './operations.ts';
export type { BodyKind, BodyModel, OperationModel, PropertyModel } from './operations.ts';
export { referencedNames, typeExpression } from './type-expression.ts';
