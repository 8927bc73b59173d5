import { z } from 'zod'
import { SetupError } from '#agent/cli/setup-error.ts'

interface Deps {
  /** Runs a command of the daemon that prints JSON. */
  ask: <Schema extends z.ZodType>(
    args: readonly string[],
    schema: Schema,
  ) => Promise<z.output<Schema>>
  /** Registers a directory of this server for backups, as root alone may. */
  allow: (path: string) => Promise<void>
  /** `--backup-to`; undefined: nothing was asked for. */
  path: string | undefined
}

const Destinations = z.array(z.object({ name: z.string() }))
const Roots = z.array(z.object({ rootId: z.string(), path: z.string() }))
const Created = z.object({ repositoryKey: z.string(), location: z.string() })
const NAME = 'main'

/**
 * The first destination, and the platform's backup every day. Gives the recovery key, which is shown this
 * once; undefined where there are destinations already: a second run makes none, and shows no key.
 */
export async function setUpBackups({ ask, allow, path }: Deps): Promise<string | undefined> {
  if (path === undefined) return undefined
  if ((await ask(['destinations', '--json'], Destinations)).length > 0) return undefined
  await allow(path)
  const roots = await ask(['destinations:roots', '--json'], Roots)
  const root = roots.find((each) => each.path === path)
  if (root === undefined)
    throw new SetupError(
      `${path} was allowed for backups, and is not among what is allowed.`,
      `vastrox destinations allow ${path}   says why`,
    )
  const add = ['destinations:add', NAME, 'local', `rootId=${root.rootId}`, '--default', '--json']
  const { repositoryKey } = await ask(add, Created)
  await ask(['backups:schedule', 'platform', '--json'], z.unknown())
  return repositoryKey
}

/** What people read of it; the last thing on the screen, so that it is seen. */
export const keyScreen = (key: string, path: string, command: string): string =>
  [
    `Backups go to ${path}, Vastrox itself every day. What else: ${command} backups:schedule`,
    `  Recovery key  ${key}`,
    '  It is shown this once. Keep it away from this server: without it nobody can read the backups, you',
    '  included; with it and the backups alone everything comes back (./install.sh --restore).',
    '',
  ].join('\n')
