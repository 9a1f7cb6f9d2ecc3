import { readFileSync } from 'node:fs';
import { packageDirectory } from '../base/assets.js';

/** The version of this package, from its `package.json`. */
export function readVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(`${packageDirectory}/package.json`, 'utf8'));
  return manifest.version;
}
