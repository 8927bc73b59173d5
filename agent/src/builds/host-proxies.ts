/** How this host reaches others, for a build: every Dockerfile knows these without an ARG, and no cache key or history has them. */
export const hostProxies = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) =>
      /^(http|https|no)_proxy$/i.test(key) && value !== undefined ? [[key, value]] : [],
    ),
  )

/** The same without user and password, for builds of apps: whoever pushes reads what they are given. */
export const withoutPasswords = (proxies: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(proxies).map(([key, value]) => [
      key,
      value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1'),
    ]),
  )
