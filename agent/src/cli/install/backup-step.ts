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
const Schedules = z.array(z.object({ subject: z.object({ type: z.string() }) }))
const Created = z.object({ repositoryKey: z.string(), location: z.string() })
const NAME = 'main'

/**
 * The first destination, and the platform's backup every day. Gives the recovery key, which is shown this
 * once; undefined where there are destinations already: a second run makes none, and shows no key. A run
 * that was cut off between the two is ended by the next.
 */
export async function setUpBackups({ ask, allow, path }: Deps): Promise<string | undefined> {
  if (path === undefined) return undefined
  const there = await ask(['destinations', '--json'], Destinations)
  if (there.length > 0) {
    if (there.some(({ name }) => name === NAME)) await endWhatBrokeOff()
    return undefined
  }
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
  await backUpDaily()
  return repositoryKey

  async function endWhatBrokeOff(): Promise<void> {
    const schedules = await ask(['backups:schedules', '--json'], Schedules)
    if (!schedules.some(({ subject }) => subject.type === 'platform')) await backUpDaily()
  }

  async function backUpDaily(): Promise<void> {
    await ask(['backups:schedule', 'platform', '--destination', NAME, '--json'], z.unknown())
  }
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
