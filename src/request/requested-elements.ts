import { BuildError } from '../base/build-error.js';

/** What decides the list of requested elements. */
export interface RequestedElementsOptions {
  readonly mode: 'disk' | 'ramdisk';
  /** `IMAGE_ELEMENT` of the environment, split at blanks. */
  readonly fromEnvironment: readonly string[];
  readonly fromCommandLine: readonly string[];
  readonly architecture: string;
  readonly isBaseSkipped: boolean;
  readonly ramdiskElement: string;
}

/**
 * The elements in the order in which they are resolved: ramdisk element, `base`, those of the environment, those of
 * the command line, and the block-device default that a literal `vm` asks for. Repeats are removed, the first stays.
 */
export function orderRequestedElements(options: RequestedElementsOptions): string[] {
  const given = [...options.fromEnvironment, ...options.fromCommandLine];
  const ordered = [...given];
  if (given.includes('vm') && !given.some((name) => name.startsWith('block-device-')))
    ordered.push(/^(arm64|aarch64)$/.test(options.architecture) ? 'block-device-efi' : 'block-device-mbr');
  if (!options.isBaseSkipped) ordered.unshift('base');
  if (options.mode === 'ramdisk') ordered.unshift(options.ramdiskElement);
  return [...new Set(ordered)];
}

/** Faults of names that are not plain: empty, a path, or with characters that shells and lists take apart. */
export function checkElementNames(names: readonly string[]): BuildError[] {
  return [...new Set(names)]
    .filter((name) => !/^[\p{L}\p{N}_.+@~:=,%-]+$/u.test(name) || name === '.' || name === '..')
    .map(
      (name) =>
        new BuildError({
          code: 'ELEMENT_DIRECTORY_INVALID',
          message: `"${name}" is not the name of an element`,
          hint: name.includes('/')
            ? 'put the directory that holds the element into ELEMENTS_PATH and give its plain name'
            : 'a name is one word of letters, digits and - _ .',
        }),
    );
}
