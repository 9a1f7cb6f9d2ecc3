import { posix } from 'node:path';
import type { Library } from './library.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

/** Relative links: in the staging directory they have to lead to something that the build stages. */
export function checkLinks(element: LintElement, library: Library, report: Reporter): void {
  for (const file of element.files) {
    const target = file.linkTarget;
    if (target === undefined || target.startsWith('/') || /^(tests|static)\//.test(file.relativePath)) continue;
    const path = posix.normalize(posix.join(posix.dirname(file.relativePath), target));
    if (path === '..' || path.startsWith('../')) {
      report({ check: 'link-target', file, message: `the link to ${target} leads out of the element` });
      continue;
    }
    const isShipped = [...library.closureOf(element.name)].some((name) => {
      const other = library.elements.get(name);
      return (
        other?.directories.includes(path) === true || other?.files.some((found) => found.relativePath === path) === true
      );
    });
    if (!isShipped)
      report({ check: 'link-target', file, message: `the link to ${target} leads to nothing that the build has` });
  }
}
