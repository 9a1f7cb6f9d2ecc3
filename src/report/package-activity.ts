/** What a package manager is doing right now. */
export interface PackageActivity {
  /** Short, for example `unpacking libc6`. */
  readonly detail: string;
  /** 0 to 1, of the transaction that it announced; absent when it announced none. */
  readonly share?: number;
}

/** Reads the lines of package managers one after the other. */
export interface PackageActivityReader {
  /** @returns the activity, or undefined when the line says nothing about one */
  take(line: string): PackageActivity | undefined;
}

/** The stages that each package of a dpkg transaction goes through, with the share of the work before and in it. */
const stages = {
  downloading: { before: 0, weight: 0.35 },
  unpacking: { before: 0.35, weight: 0.35 },
  'setting up': { before: 0.7, weight: 0.3 },
} as const;

type Stage = keyof typeof stages;

/** Lines of apt and dpkg, one package of one stage each. */
const dpkgLines: readonly { readonly pattern: RegExp; readonly stage: Stage }[] = [
  { pattern: /^Get:\d+ \S+ \S+ \S+ (?<name>\S+) \S+ \S+ \[/, stage: 'downloading' },
  { pattern: /^Unpacking (?<name>[a-z0-9][a-z0-9.+:-]*) /, stage: 'unpacking' },
  { pattern: /^Setting up (?<name>[a-z0-9][a-z0-9.+:-]*) /, stage: 'setting up' },
];

/** Lines that carry their own count, `3/45`, and the detail that they stand for. */
const countedLines: readonly { readonly pattern: RegExp; readonly verb: (verb: string) => string }[] = [
  // dnf: "  Installing       : bash-5.2.26-3.fc40.x86_64      12/143"
  {
    pattern:
      /^\s*(?<verb>Installing|Upgrading|Reinstalling|Downgrading|Erasing|Removing|Cleanup|Running scriptlet|Verifying)\s*:\s*(?<name>\S+)\s+(?<done>\d+)\/(?<total>\d+)\s*$/,
    verb: (verb) => verb.toLowerCase(),
  },
  // dnf5: "[12/143] Installing bash-0:5.2.26-3 100% | ..."
  {
    pattern: /^\[\s*(?<done>\d+)\/\s*(?<total>\d+)\]\s+(?<verb>[A-Z][a-z]+)\s+(?<name>\S+)/,
    verb: (verb) => verb.toLowerCase(),
  },
  // dnf: "(3/143): bash-5.2.26-3.fc40.x86_64.rpm    1.2 MB/s | 1.8 MB   00:01"
  { pattern: /^\((?<done>\d+)\/(?<total>\d+)\): (?<name>\S+\.rpm)\b/, verb: () => 'downloading' },
  // zypper: "( 3/45) Installing: glibc-2.38-1.1.x86_64 [...done]"
  {
    pattern: /^\(\s*(?<done>\d+)\/(?<total>\d+)\) (?<verb>Installing|Removing): (?<name>\S+)/,
    verb: (verb) => verb.toLowerCase(),
  },
];

/** Lines without a count. */
const otherLines: readonly { readonly pattern: RegExp; readonly detail: (name: string) => string }[] = [
  // debootstrap
  { pattern: /^I: Retrieving (?<name>\S+)/, detail: (name) => `downloading ${name}` },
  { pattern: /^I: (?:Extracting|Unpacking) (?<name>[^.\s]\S*?)\.*$/, detail: (name) => `unpacking ${name}` },
  { pattern: /^I: Configuring (?<name>\S+?)\.*$/, detail: (name) => `setting up ${name}` },
  // mmdebstrap: "I: downloading packages with apt..."
  { pattern: /^I: (?<name>[a-z][a-z ]+?)\.\.\.$/, detail: (name) => name },
  { pattern: /^Processing triggers for (?<name>\S+)/, detail: (name) => `triggers of ${name}` },
  { pattern: /^update-initramfs: Generating (?<name>\S+)/, detail: (name) => `generating ${name}` },
];

/** Opens a reader that knows of no transaction yet. */
export function openPackageActivityReader(): PackageActivityReader {
  let packageCount = 0;
  let downloadCount = 0;
  let seen: Record<Stage, number> = { downloading: 0, unpacking: 0, 'setting up': 0 };

  const takeDpkgLine = (line: string): PackageActivity | undefined => {
    for (const { pattern, stage } of dpkgLines) {
      const name = pattern.exec(line)?.groups?.name;
      if (name === undefined) continue;
      seen[stage] += 1;
      if (packageCount === 0) return { detail: `${stage} ${name}` };
      const ofCount = stage === 'downloading' ? downloadCount : packageCount;
      const inStage = Math.min(1, seen[stage] / Math.max(1, ofCount));
      return { detail: `${stage} ${name}`, share: stages[stage].before + stages[stage].weight * inStage };
    }
    return undefined;
  };

  return {
    take(line) {
      const announced = /^(\d+) upgraded, (\d+) newly installed, (?:\d+ downgraded, )?(\d+) to remove/.exec(line);
      if (announced !== null) {
        packageCount = Number(announced[1]) + Number(announced[2]);
        downloadCount = packageCount;
        seen = { downloading: 0, unpacking: 0, 'setting up': 0 };
        return packageCount === 0 ? undefined : { detail: `${packageCount} packages`, share: 0 };
      }
      return takeDpkgLine(line) ?? takeCountedLine(line) ?? takeOtherLine(line);
    },
  };
}

function takeCountedLine(line: string): PackageActivity | undefined {
  for (const { pattern, verb } of countedLines) {
    const groups = pattern.exec(line)?.groups;
    if (groups === undefined) continue;
    const total = Number(groups.total);
    const share = total === 0 ? 0 : Math.min(1, Number(groups.done) / total);
    return { detail: `${verb(groups.verb ?? '')} ${groups.name ?? ''}`, share };
  }
  return undefined;
}

function takeOtherLine(line: string): PackageActivity | undefined {
  for (const { pattern, detail } of otherLines) {
    const name = pattern.exec(line)?.groups?.name;
    if (name !== undefined) return { detail: detail(name) };
  }
  return undefined;
}
