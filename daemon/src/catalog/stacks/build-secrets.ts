import type { Wishes } from '#ports/stack.ts'

export interface BuildSecrets {
  /** Names for the plan: only those that have a value. */
  keys: string[]
  /** Flags of a RUN line, each followed by a blank. */
  mounts: string
  /** What the line's shell runs first: every secret as an env variable, for this step alone. */
  exports: string
}

/** The env variables that a build may read, in a generated Dockerfile; never part of the image (rule C14). */
export function buildSecrets({ buildEnvKeys, envKeys }: Wishes): BuildSecrets {
  const keys = buildEnvKeys.filter((key) => envKeys.includes(key))
  return {
    keys,
    mounts: keys.map((key) => `--mount=type=secret,id=${key} `).join(''),
    exports: keys.map((key) => `export ${key}="$(cat /run/secrets/${key})" && `).join(''),
  }
}
