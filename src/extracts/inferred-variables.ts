import { Injectable } from '@nestjs/common';
import { VinculumError, type ExtractManifest } from '#libs/record';
import { readPolicy } from '../platform/settings/policy-document.js';
import { variablesOf } from './project-fit.js';

interface VariablesPolicy {
  readonly variables: Readonly<Record<string, { readonly mayBeInferred: boolean }>>;
}

/** Which variables may be guessed from other values (config/access/variables.json). */
@Injectable()
export class InferredVariables {
  private readonly document = readPolicy<VariablesPolicy>('access/variables', 'access-variables-v1');

  /**
   * Nobody is assigned an identity: what a person's citizenship is, is known from the person or a document,
   * and never from a name.
   *
   * @throws VinculumError `VARIABLE_INFERRED`.
   */
  assertNone(manifest: ExtractManifest): void {
    const { variables } = this.document.policy;
    const guessed = variablesOf(manifest)
      .filter(({ name, source }) => source === 'inferred' && variables[name]?.mayBeInferred !== true);
    if (guessed.length === 0) return;
    throw new VinculumError('VARIABLE_INFERRED',
      `${guessed.map(({ name }) => name).join(', ')}: inferred from other values, which is not allowed for what law `
      + 'protects people by; deliver what was stated or documented, and leave the rest empty');
  }
}
