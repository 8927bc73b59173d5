const APT =
  'DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::https::CAInfo=/run/vastrox/ca.pem'

/** The host's certificate authorities, in a build step; never in the image. */
export const CA_MOUNT = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'

/** A RUN line that installs packages of the distribution; lists and archives stay in the cache. */
export const installPackages = (packages: readonly string[]): string =>
  [
    'RUN --mount=type=cache,id=apt,target=/var/cache/apt,sharing=locked',
    '--mount=type=cache,id=apt-lists,target=/var/lib/apt/lists,sharing=locked',
    `${CA_MOUNT} ${APT} update && ${APT} install -y --no-install-recommends ${packages.join(' ')} >/dev/null`,
  ].join(' ')

/** Env variables that a step may read: as files that are in no layer (rule C14). */
export const secretMounts = (keys: readonly string[]): string[] =>
  keys.map((key) => `--mount=type=secret,id=${key},target=/run/secrets/${key}`)

/** A shell line that makes variables of them; one that is not set stays unset. */
export const exportSecrets = (keys: readonly string[]): string =>
  keys.length === 0
    ? ''
    : `for key in ${keys.join(' ')}; do [ ! -f "/run/secrets/$key" ] || export "$key=$(cat "/run/secrets/$key")"; done; `

/**
 * Makes the steps below it run again when the value of a secret has changed, which BuildKit does not
 * look at: the builder gives a digest of all of them by this name.
 */
export const secretsDigest = (keys: readonly string[]): string[] =>
  keys.length === 0 ? [] : ['ARG VASTROX_BUILD_ENV']

/** A COPY line; where a path has a blank in it, written as a list. */
export const copyLine = (flags: string, from: string, to: string): string =>
  ['COPY', flags, /\s/.test(from + to) ? JSON.stringify([from, to]) : `${from} ${to}`]
    .filter((part) => part !== '')
    .join(' ')

/** A RUN line with any command: written as a list, nothing of it can end the line or begin another. */
export const runShell = (mounts: readonly string[], command: string): string =>
  ['RUN', ...mounts, JSON.stringify(['/bin/sh', '-ec', command])].join(' ')

/** A RUN line of ours, with variables in front of the command and secrets where there are any. */
export function runOurs(
  mounts: readonly string[],
  { env, secretKeys }: { env: string; secretKeys: readonly string[] },
  command: string,
): string {
  if (secretKeys.length === 0) return ['RUN', ...mounts, env, command].join(' ')
  return runShell(
    [...mounts, ...secretMounts(secretKeys)],
    `${exportSecrets(secretKeys)}export ${env}; ${command}`,
  )
}
