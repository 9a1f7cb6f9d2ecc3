/** What the hooks of `block-device.d` say about the disk that they made. */
export interface DeviceAnswer {
  /** `IMAGE_BLOCK_DEVICE`: what is mounted at `/`. */
  readonly device?: string;
  /** `TMP_IMAGE_PATH`: the raw file behind it. */
  readonly imagePath?: string;
}

/**
 * Reads the lines `NAME=value` in what hooks said; of several the last one counts. `export`, quotes around the value
 * and a semicolon after it are understood, as the original evaluated such lines as shell; nothing is evaluated here.
 */
export function parseDeviceLines(text: string): DeviceAnswer {
  const device = lastValue(text, 'IMAGE_BLOCK_DEVICE');
  const imagePath = lastValue(text, 'TMP_IMAGE_PATH');
  return {
    ...(device === undefined || device === '' ? {} : { device }),
    ...(imagePath === undefined || imagePath === '' ? {} : { imagePath }),
  };
}

function lastValue(text: string, name: string): string | undefined {
  const pattern = new RegExp(`^\\s*(?:export\\s+)?${name}=(?:"([^"$\`]*)"|'([^']*)'|([^\\s;"'$\`]*))\\s*;?\\s*$`);
  const values = text.split('\n').flatMap((line) => {
    const match = pattern.exec(line);
    return match === null ? [] : [match[1] ?? match[2] ?? match[3] ?? ''];
  });
  return values.at(-1);
}
