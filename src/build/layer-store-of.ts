/** Where the layers of a caller lie, below `DIB_IMAGE_CACHE`: those of root and of each user apart, as owners differ. */
export function layerStoreOf(cacheDirectory: string, userId: number): string {
  return `${cacheDirectory}/layers/${userId === 0 ? 'root' : `user-${userId}`}/v1`;
}
