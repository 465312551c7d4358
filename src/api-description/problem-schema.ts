import type { OpenAPIObject } from '@nestjs/swagger';

const PROBLEM = '#/components/schemas/Problem';
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem document. `code` is stable; texts may change and hold no value of a record.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: 'urn:vinculum:problem:CODE' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
    detail: { type: 'string', description: 'what was expected, and what came' },
    remedy: { type: 'string', description: 'what to do' },
    rows: {
      type: 'array', maxItems: 100, description: 'refused rows of a delivery, the first hundred',
      items: {
        type: 'object', required: ['row', 'reason'],
        properties: {
          row: { type: 'integer', minimum: 0, description: 'from 1; 0 is the header' },
          field: { type: 'string' }, reason: { type: 'string' },
        },
      },
    },
    rowErrors: { type: 'integer', minimum: 0, description: 'number of rows listed' },
  },
};

/** Every route can refuse, and every refusal has one shape. */
export function withProblems(document: OpenAPIObject): OpenAPIObject {
  const problem = {
    description: 'refused, or failed',
    content: { 'application/problem+json': { schema: { $ref: PROBLEM } } },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation) operation.responses['default'] = problem;
    }
  }
  const schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA };
  return { ...document, components: { ...document.components, schemas } };
}
