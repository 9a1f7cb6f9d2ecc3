import { readdir, readFile } from 'node:fs/promises';

/** Addresses of the release files of a tree's apt sources, sorted; none where the tree has no apt. */
export async function readArchiveAddresses(treeDirectory: string): Promise<readonly string[]> {
  const base = `${treeDirectory}/etc/apt`;
  const names = await readdir(`${base}/sources.list.d`).catch(() => []);
  const paths = [`${base}/sources.list`, ...names.sort().map((name) => `${base}/sources.list.d/${name}`)];
  const found = new Set<string>();
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const addresses = path.endsWith('.sources')
      ? readStanzas(text)
      : path.endsWith('.list')
        ? readSourceLines(text)
        : [];
    for (const address of addresses) found.add(address);
  }
  return [...found].sort();
}

/** Addresses of the release files that lines of a `sources.list` name; see sources.list(5). */
export function readSourceLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    return match === null ? [] : [releaseAddress(match[1] ?? '', match[2] ?? '')];
  });
}

/** The same for the stanzas of a `.sources` file. */
export function readStanzas(text: string): readonly string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): readonly string[] => {
      const match = new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza);
      return (match?.[1] ?? '').split(/\s+/).filter((word) => word !== '' && word !== '.');
    };
    if (field('Enabled').includes('no')) return [];
    return field('URIs').flatMap((uri) => field('Suites').map((suite) => releaseAddress(uri, suite)));
  });
}

function releaseAddress(uri: string, suite: string): string {
  const base = uri.replace(/\/+$/, '');
  return suite.endsWith('/')
    ? `${base}/${suite.replace(/^\/+/, '').replace(/^\.\//, '')}InRelease`
    : `${base}/dists/${suite}/InRelease`;
}
