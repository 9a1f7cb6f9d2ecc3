/** The checks that `tox.ini` switches off for a project: option `ignore` of section `[dib-lint]`, separated by blanks. */
export function readIgnoreOption(toxIni: string): readonly string[] {
  let isInSection = false;
  let isInOption = false;
  const words: string[] = [];
  for (const line of toxIni.split('\n')) {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) {
      isInSection = section.trim() === 'dib-lint';
      isInOption = false;
      continue;
    }
    if (!isInSection || /^\s*[#;]/.test(line)) continue;
    const option = /^(\w[\w-]*)\s*[=:]\s*(.*)$/.exec(line);
    if (option !== null) isInOption = option[1] === 'ignore';
    const value = option === null ? (isInOption && /^\s/.test(line) ? line : '') : isInOption ? (option[2] ?? '') : '';
    words.push(...value.split(/\s+/).filter((word) => word !== ''));
  }
  return words;
}
