import { mayDo } from '@vastrox/shared/actor.ts'
import { type ConfigEntry, type ConfigShape, configShape } from '@vastrox/shared/config-shape.ts'
import { EnvGenerator, EnvKey, EnvValue, EnvPhase, VariableWish } from '@vastrox/shared/env.ts'
import { z } from 'zod'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { ConfigSection, EntryChange } from '#core/config-file/section.ts'
import { looksSecret, type SayDigest } from '#core/config-file/secrets.ts'
import type { EnvService } from '#core/env/env-service.ts'
import type { Variables } from '#core/env/variable.ts'

interface Deps {
  finder: AppFinder
  env: Pick<EnvService, 'list' | 'change'>
  ownForPlatform: (appId: string) => Variables
  digestOf: SayDigest
}

const long = configShape({
  value: EnvValue,
  /** Its value is not written down; what it is can be told from the digest alone. */
  secret: z.literal(true),
  digest: z.string().max(200),
  generate: EnvGenerator,
  phase: EnvPhase,
  neverReveal: z.boolean(),
  isReference: z.boolean(),
})

/** A value alone, or more than a value. */
export const variableShape: ConfigShape = {
  schema: z
    .unknown()
    .transform((given, context): unknown => {
      if (typeof given === 'string') return { value: given }
      if (typeof given === 'object' && given !== null) return given
      context.addIssue({ code: 'custom', message: 'Write the value in quotes.' })
      return z.NEVER
    })
    .pipe(long.schema),
  write: (entry) => {
    const { value, secret, digest, ...marks } = entry
    if (secret === true) return { secret, digest, ...marks }
    return Object.keys(marks).length === 0 ? value : { value, ...marks }
  },
}

export const USUAL_MARKS = { phase: 'runtime', neverReveal: false, isReference: false } as const
export const SAID_ABOUT = ['secret', 'digest', 'generate']

/** Of an app, its own: those of env groups and add-ons are theirs. */
export const envSection = ({ finder, env, ownForPlatform, digestOf }: Deps): ConfigSection => ({
  name: 'env',
  comment:
    'Secrets stand here by a digest alone: `value: ${NAME}` takes one from where it is applied.',
  isSingle: false,
  names: EnvKey,
  shape: variableShape,
  usual: USUAL_MARKS,
  ignored: SAID_ABOUT,
  async read({ actor, app }) {
    const { id } = finder.find(actor, app)
    const reveal = mayDo(actor, 'env.reveal', id)
    // Checks who may, and writes down that values were shown.
    env.list(actor, app, { reveal })
    return entriesOf(ownForPlatform(id), reveal, (key, value) => digestOf(`${key}\n${value}`))
  },
  async make({ actor, app }, changes) {
    return [changeAll((wishes) => env.change(actor, app, wishes), changes)]
  },
  ...aboutVariables,
})

/** Of groups of variables too. */
export function entriesOf(
  variables: Variables,
  reveal: boolean,
  digestOf: (key: string, value: string) => string,
): Record<string, ConfigEntry> {
  return Object.fromEntries(
    [...variables].map(([key, { value, ...marks }]) => {
      const isSecret = !reveal || marks.neverReveal || looksSecret(key, value)
      const hidden = isSecret ? { secret: true, digest: digestOf(key, value) } : {}
      // Who may not see it does not learn by a plan whether they have guessed it, either.
      return [key, { ...(reveal ? { value } : {}), ...hidden, ...marks }]
    }),
  )
}

export const wishOf = ({ action, said }: EntryChange): VariableWish =>
  action === 'remove'
    ? null
    : VariableWish.parse(
        Object.fromEntries(
          Object.entries(said).filter(([field]) => field !== 'secret' && field !== 'digest'),
        ),
      )

function changeAll<Result>(
  change: (wishes: Record<string, VariableWish>) => Result,
  changes: readonly EntryChange[],
): Result {
  return change(Object.fromEntries(changes.map((each) => [each.name, wishOf(each)])))
}

export const aboutVariables: Pick<ConfigSection, 'refuse' | 'noteOf' | 'hides'> = {
  refuse: (said, before) =>
    before === undefined && said['value'] === undefined && said['generate'] === undefined
      ? 'It is not there yet, and its value is not in the file: write `value: ${NAME}`, or `generate: password`.'
      : undefined,
  noteOf: (name, said, before) => {
    const [one, other] = [said['digest'], before['digest']]
    // Of another installation, or not known: it says nothing.
    if (typeof one !== 'string' || typeof other !== 'string') return undefined
    if (one === other || one.split(':')[0] !== other.split(':')[0]) return undefined
    return said['value'] === undefined
      ? `the value of ${name} is another than when the file was written, and stays.`
      : undefined
  },
  hides: (entry, field) => field === 'value' && entry['secret'] === true,
}
