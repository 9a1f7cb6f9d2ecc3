/** How large the layers of one user may become before the longest unused ones go: `DIB_CACHE_MAX_GIB`. */
export const defaultLimitGib = 20;

/** How long the tree of a failed build is kept, unless another one fails later. */
export const failedTreeDays = 3;
