import { join } from 'node:path';
import type { ElementTest } from './element-test.js';

/** The mark that a hook leaves in the image's `/tmp` before it fails where the test wants it to. */
export const sentinelName = 'dib-test-should-fail';

/** Where one test works. */
export interface TestPlaces {
  /** Absolute: outputs, the copied mark and temporary files. */
  readonly directory: string;
  /** Absolute; with one, the build says nothing. */
  readonly logPath?: string;
}

/**
 * The image definition that builds a test, as `diskimage-builder` reads it.
 *
 * The element and its test are built without `base`; the tests beside it are elements too. At an error, and at the end
 * before `/tmp` is emptied, the mark is copied out: the only way to know a failure that was wanted, or one that was
 * wanted and did not come.
 *
 * @param elementsPath `ELEMENTS_PATH` of the caller, searched after the tests
 */
export function defineTest(
  test: ElementTest,
  places: TestPlaces,
  elementsPath: string,
): readonly [Readonly<Record<string, unknown>>] {
  const { directory, logPath } = places;
  const ownElements = join(test.elementDirectory, 'test-elements');
  return [
    {
      imagename: imagePathOf(directory),
      'debug-trace': 1,
      types: test.formats,
      ...(test.type === 'ramdisk' ? { ramdisk: true } : {}),
      ...(logPath === undefined ? {} : { logfile: logPath }),
      'skip-base': true,
      elements: [test.element, test.name],
      environment: {
        DIB_SHOW_IMAGE_USAGE: '1',
        LANG: 'en_US.utf8',
        LC_ALL: '',
        ELEMENTS_PATH: elementsPath === '' ? ownElements : `${ownElements}:${elementsPath}`,
        TMPDIR: temporaryDirectoryOf(directory),
        break: 'after-error,before-cleanup',
        break_outside_target: '1',
        break_cmd: `cp "$TMP_MOUNT_PATH/tmp/${sentinelName}" ${quote(directory)} 2> /dev/null || true`,
        ...(logPath === undefined ? {} : { DIB_QUIET: '1' }),
      },
    },
  ];
}

/** Outputs are this and an extension. */
export function imagePathOf(directory: string): string {
  return join(directory, 'image');
}

/** `TMPDIR` of the build. */
export function temporaryDirectoryOf(directory: string): string {
  return join(directory, 'tmp');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
