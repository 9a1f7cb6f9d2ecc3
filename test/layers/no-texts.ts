import type { InputTexts } from '../../src/layers/describe-difference.js';

/** Texts of an earlier build that kept none, all of them from an element called `own`. */
export const noTexts: InputTexts = {
  recorded: () => undefined,
  now: () => undefined,
  elementOf: () => 'own',
  makerOf: () => undefined,
  setterOf: () => undefined,
};
