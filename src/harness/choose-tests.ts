import { BuildError, throwFaults } from '../base/build-error.js';
import { hintNearName } from '../base/near-name.js';
import type { ElementTest } from './element-test.js';
import { findSkipReason } from './skip-table.js';

/** A test, and why it is left out. */
export interface ChosenTest {
  readonly test: ElementTest;
  readonly skipReason?: string;
}

/**
 * Chooses tests by what was named: `element/test` for one, `element` for its tests, `all` for every one; nothing for all
 * that are not usually left out. A test that is named, and `all`, are never left out.
 *
 * @throws BuildError or BuildErrors `USAGE` for each word that names no test
 */
export function chooseTests(options: {
  readonly tests: readonly ElementTest[];
  readonly words: readonly string[];
  /** What the kernel calls this machine's processor. */
  readonly machine: string;
}): readonly ChosenTest[] {
  const { tests, words } = options;
  const names = [...new Set(tests.flatMap((test) => [test.element, test.id])), 'all'];
  throwFaults(words.filter((word) => !names.includes(word)).map((word) => unknownTest(word, names)));
  const isNamed = (test: ElementTest): boolean => words.includes('all') || words.includes(test.id);
  return tests
    .filter((test) => words.length === 0 || isNamed(test) || words.includes(test.element))
    .map((test) => {
      const skipReason = isNamed(test) ? undefined : findSkipReason(test.id, options.machine);
      return { test, ...(skipReason === undefined ? {} : { skipReason }) };
    });
}

function unknownTest(word: string, names: readonly string[]): BuildError {
  return new BuildError({
    code: 'USAGE',
    message: `"${word}" is neither an element with tests nor a test`,
    hint: hintNearName(word, names) ?? 'dib test --list all shows the tests',
  });
}
