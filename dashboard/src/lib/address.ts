/** An address as people say it: no scheme, no slash at the end. */
export const withoutScheme = (url: string): string =>
  url.replace(/^https?:\/\//, '').replace(/\/$/, '')
