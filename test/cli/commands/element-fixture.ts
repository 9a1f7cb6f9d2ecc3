import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** Writes elements for one test and gives their directory. Keys are paths, scripts get the run bit. */
export function writeElements(context: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-elements-')));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  return directory;
}

/** An operating system and an element that needs another. */
export const smallElements: Readonly<Record<string, string>> = {
  'tiny-os/element-provides': 'operating-system\n',
  'tiny-os/environment.d/10-distro': 'export DISTRO_NAME=tiny\n',
  'tiny-os/root.d/10-tree': '#!/bin/bash\nmkdir -p "$TARGET_ROOT/etc"\n',
  'server/element-deps': 'tools\n',
  'server/README.md': '# Server\n\nServes things. And more.\n',
  'tools/install.d/50-tools': '#!/bin/bash\ntrue\n',
};
