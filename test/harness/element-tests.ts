import type { ElementTest } from '../../src/harness/element-test.js';

/** A test of an element with the usual settings. */
export function elementTest(id: string, change: Partial<ElementTest> = {}): ElementTest {
  const [element = '', name = ''] = id.split('/');
  return {
    id,
    element,
    name,
    elementDirectory: `/elements/${element}`,
    type: 'disk',
    formats: ['tar'],
    shouldFail: false,
    ...change,
  };
}
