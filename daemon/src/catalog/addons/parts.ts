import type { AddonCounts, AddonKindVersion, AddonUser } from '#ports/addon-kind.ts'

export const mebibytes = (bytes: number): number => Math.floor(bytes / 2 ** 20)

type Prepared = Extract<AddonKindVersion['image'], { prepared: unknown }>['prepared']

/** Versions whose images are made of the distribution's packages. */
export const preparedVersions = (
  stack: Prepared['stack'],
  versions: readonly string[],
  usual: string,
): AddonKindVersion[] =>
  versions.map((version) => ({
    version,
    image: { prepared: { stack, version } },
    isDefault: version === usual,
    needsRegistry: false,
  }))

/** Versions that are somebody's images, where a registry answers. */
export const pulledVersions = (
  referenceOf: (version: string) => string,
  versions: readonly string[],
  usual: string,
): AddonKindVersion[] =>
  versions.map((version) => ({
    version,
    image: { reference: referenceOf(version) },
    isDefault: version === usual,
    needsRegistry: true,
  }))

/** The first line that says something. */
export const firstLine = (text: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.slice(0, 200)

/** Passwords are letters and digits; whatever else there is stays what it is. */
export const urlOf = (
  scheme: string,
  { username, password }: AddonUser,
  host: string,
  port: number,
  path: string,
): string =>
  `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}${path}`

/** Lines of a name, a tab and a number. */
export function countsOf(stdout: string): AddonCounts {
  const counts: Record<string, number> = {}
  for (const line of stdout.split('\n')) {
    const at = line.lastIndexOf('\t')
    const count = Number(line.slice(at + 1))
    if (at > 0 && Number.isSafeInteger(count)) counts[line.slice(0, at)] = count
  }
  return counts
}

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b
