import { fileURLToPath } from 'node:url';

/**
 * The directory of everything read at run time, absolute, without a trailing slash.
 *
 * `src/base` and `dist/base` are equally deep, so the one expression holds in a checkout, a linked,
 * a directory-installed and a tarball-installed package.
 */
export const assetsDirectory: string = fileURLToPath(new URL('../../assets', import.meta.url));

/** The package root: where `bin/`, `dist/` and `package.json` lie. */
export const packageDirectory: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The built-in elements, what `dib paths elements` prints. */
export const builtinElementsDirectory: string = `${assetsDirectory}/elements`;

/** The shell files that third-party hooks source, what `$_LIB` and `dib paths lib` name. */
export const libDirectory: string = `${assetsDirectory}/lib`;
