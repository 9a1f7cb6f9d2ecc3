import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildError, hasErrorCode, throwFaults } from '../base/build-error.js';
import type { ElementTest } from './element-test.js';

/**
 * Finds the functional tests of elements: each directory below their `test-elements`.
 *
 * @returns sorted by id
 * @throws BuildError or BuildErrors `PACKAGE_RULE_INVALID` for an `element-type` that is neither `disk` nor `ramdisk`
 */
export async function findElementTests(
  elements: Iterable<{ readonly name: string; readonly directory: string }>,
): Promise<readonly ElementTest[]> {
  const perElement = await Promise.all(
    [...elements].map(async (element) => {
      const names = await listDirectories(join(element.directory, 'test-elements'));
      return Promise.all(names.map((name) => readTest({ ...element, test: name })));
    }),
  );
  const results = perElement.flat();
  throwFaults(results.filter((result) => result instanceof BuildError));
  return results
    .flatMap((result) => (result instanceof BuildError ? [] : [result]))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Reads one test, or says what is wrong with it. */
async function readTest(place: {
  readonly name: string;
  readonly directory: string;
  readonly test: string;
}): Promise<ElementTest | BuildError> {
  const directory = join(place.directory, 'test-elements', place.test);
  const type = (await readIfThere(join(directory, 'element-type')))?.trim() ?? 'disk';
  if (type !== 'disk' && type !== 'ramdisk')
    return new BuildError({
      code: 'PACKAGE_RULE_INVALID',
      message: `the element type "${type}" is neither disk nor ramdisk`,
      where: join(directory, 'element-type'),
    });
  const formats = await readIfThere(join(directory, 'test-output-formats'));
  return {
    id: `${place.name}/${place.test}`,
    element: place.name,
    name: place.test,
    elementDirectory: place.directory,
    type: type === 'ramdisk' ? 'ramdisk' : 'disk',
    formats: formats === undefined ? (type === 'ramdisk' ? [] : ['tar']) : splitWords(formats),
    shouldFail: (await readIfThere(join(directory, 'should-fail'))) !== undefined,
  };
}

function splitWords(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}

async function listDirectories(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
