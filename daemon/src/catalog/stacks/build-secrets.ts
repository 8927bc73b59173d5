/** Where BuildKit puts a secret that is mounted by its id. */
const FOLDER = '/run/secrets'

/** Mounts of the env variables that a build step may read; those that are not set are left out. */
export const secretMounts = (keys: readonly string[]): string[] =>
  keys.map((key) => `--mount=type=secret,id=${key}`)

/** The command with these secrets in its environment: in no layer, no argument and no log. */
export function withSecrets(keys: readonly string[], command: string): string {
  if (keys.length === 0) return command
  const read = `for key in ${keys.join(' ')}; do if [ -f ${FOLDER}/$key ]; then export "$key=$(cat ${FOLDER}/$key)"; fi; done`
  return `${read}; ${command}`
}
