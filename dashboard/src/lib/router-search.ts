/** A path of this dashboard to return to; anything that could lead elsewhere is dropped. */
export const safeReturn = (to: unknown): string | undefined =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : undefined
