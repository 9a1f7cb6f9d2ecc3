import { formatTable } from '../base/format-table.js';
import { hintNearName } from '../base/near-name.js';
import type { Setting, Settings } from './settings.js';

/** The formats of a `-t` list in order, without repeats; unknown and empty entries become faults. */
export function readFormats(settings: Settings, setting: Setting | undefined): string[] {
  if (setting === undefined) return [];
  const names = formatTable.map((format) => format.name);
  const entries = setting.text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) settings.refuse(setting, 'a comma list without empty entries');
  for (const entry of new Set(entries)) {
    if (entry === '' || names.includes(entry)) continue;
    settings.add({
      code: 'FORMAT_UNKNOWN',
      message: `output format "${entry}" is not known`,
      where: setting.origin,
      hint: hintNearName(entry, names) ?? `known are ${names.join(', ')}`,
    });
  }
  return [...new Set(entries)];
}
