import type { Programs } from '../model/ports.js';
import type { LintFile } from './lint-file.js';
import type { Reporter } from './report.js';

/** Reads paths from its arguments and prints `path:line:column: message` for each file that cannot be parsed. */
const parser = `
import sys
for path in sys.argv[1:]:
    try:
        with open(path, 'rb') as source:
            compile(source.read(), path, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError) as fault:
        line, column = getattr(fault, 'lineno', 1), getattr(fault, 'offset', 1)
        print('%s:%d:%d: %s' % (path, line or 1, column or 1, getattr(fault, 'msg', fault)))
`;

/** Python files: with flake8 where it is installed, else whether they can be parsed, where Python is. */
export async function checkPython(programs: Programs, files: readonly LintFile[], report: Reporter): Promise<void> {
  const paths = files.map((file) => file.absolutePath);
  const command =
    programs.find('flake8') !== undefined
      ? { program: 'flake8', arguments: paths }
      : programs.find('python3') !== undefined
        ? { program: 'python3', arguments: ['-I', '-c', parser, ...paths] }
        : undefined;
  if (command === undefined) return;
  const { stdout } = await programs.run(command);
  for (const line of stdout.split('\n')) {
    const parts = /^(.*?):(\d+):(\d+): (.*)$/.exec(line);
    const file = files.find((candidate) => candidate.absolutePath === parts?.[1]);
    if (parts === null || file === undefined) continue;
    report({
      check: 'flake8',
      file,
      line: Number(parts[2]),
      column: Number(parts[3]),
      message: parts[4] ?? '',
    });
  }
}
