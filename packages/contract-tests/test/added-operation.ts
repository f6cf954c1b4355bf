/** An operation that the document does not have, for proving that one more is tested without a line of code. */
export const addedPath = '/added-here/{id}';

export const addedOperation = {
  operationId: 'AddedHere_update',
  parameters: [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: 'w_1' },
    { name: 'size', in: 'query', schema: { type: 'integer' }, example: 3 },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object', required: ['colour'], properties: { colour: { enum: ['red', 'blue'] } } },
        examples: { default: { value: { colour: 'red' } } },
      },
    },
  },
  responses: {
    200: {
      description: 'What was added.',
      content: {
        'application/json': {
          schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
          examples: { default: { value: { id: 'w_1' } } },
        },
      },
    },
    422: { $ref: '#/components/responses/UnprocessableEntity' },
    401: { $ref: '#/components/responses/Unauthorized' },
  },
};
