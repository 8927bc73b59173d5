import type { Actor } from '@vastrox/shared/actor.ts'
import { mayDo } from '@vastrox/shared/actor.ts'
import { type ConfigEntry, type ConfigShape, isEntry } from '@vastrox/shared/config-shape.ts'
import { CreateEnvGroup, EnvGroupName, EnvKey, type VariableWish } from '@vastrox/shared/env.ts'
import { z } from 'zod'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { SayDigest } from '#core/config-file/secrets.ts'
import {
  aboutVariables,
  entriesOf,
  SAID_ABOUT,
  USUAL_MARKS,
  variableShape,
  wishOf,
} from '#core/config-file/sections/env.ts'
import { isSame } from '#core/config-file/same.ts'
import type { EnvGroupService } from '#core/env/env-group-service.ts'
import type { Variables } from '#core/env/variable.ts'

interface Deps {
  groups: Pick<EnvGroupService, 'list' | 'listOfApp' | 'create' | 'change' | 'noteRevealed'>
  ownForPlatform: (actor: Actor, group: string) => Variables
  digestOf: SayDigest
}

/** Variables by their names; each is a field of the group. */
const shape: ConfigShape = {
  schema: z.record(EnvKey, variableShape.schema),
  write: (entry) =>
    Object.fromEntries(
      Object.entries(entry).map(([key, variable]) => [
        key,
        isEntry(variable) ? variableShape.write(unmarked(variable)) : variable,
      ]),
    ),
}

const unmarked = (variable: ConfigEntry): ConfigEntry =>
  Object.fromEntries(
    Object.entries(variable).filter(
      ([field, value]) =>
        value !== Object.entries(USUAL_MARKS).find(([mark]) => mark === field)?.[1],
    ),
  )

/** Variables that several apps share. */
export const envGroupsSection = ({ groups, ownForPlatform, digestOf }: Deps): ConfigSection => ({
  name: 'envGroups',
  isSingle: false,
  names: EnvGroupName,
  shape,
  usual: {},
  isKept: 'it holds values',
  usedBy: async ({ actor, app }) => groups.listOfApp(actor, app),
  async read({ actor }) {
    const reveal = mayDo(actor, 'env-group.reveal')
    if (reveal) groups.noteRevealed(actor)
    return Object.fromEntries(
      groups
        .list(actor)
        .map(({ name }) => [
          name,
          entriesOf(ownForPlatform(actor, name), reveal, (key, value) =>
            digestOf(`${key}\n${value}`),
          ),
        ]),
    )
  },
  /** Of each variable what is there, with what the file says of it. */
  comparable: (entry, before) =>
    Object.fromEntries(
      Object.entries(entry).map(([key, said]) => {
        const old = before[key]
        if (!isEntry(said) || !isEntry(old)) return [key, said]
        const own = Object.entries(said).filter(([field]) => !SAID_ABOUT.includes(field))
        return [key, { ...old, ...Object.fromEntries(own) }]
      }),
    ),
  async make({ actor }, changes) {
    const deployments = changes.map(({ action, name, before, said }) => {
      const set = Object.fromEntries(
        Object.entries(said).map(([key, variable]) => [
          key,
          wish(before[key], isEntry(variable) ? variable : {}),
        ]),
      )
      if (action !== 'create') return groups.change(actor, name, set)
      groups.create(actor, CreateEnvGroup.parse({ name, set }))
      return []
    })
    return deployments.flat()
  },
  refuse(said, before) {
    const [missing] = Object.entries(said).flatMap(([key, variable]) => {
      const why = isEntry(variable)
        ? aboutVariables.refuse?.(variable, entryAt(before, key), key)
        : undefined
      return why === undefined ? [] : [`${key}: ${why}`]
    })
    return missing
  },
  hides(entry, field) {
    const variable = entry[field]
    return isEntry(variable) && variable['secret'] === true
  },
})

function entryAt(entry: ConfigEntry | undefined, key: string): ConfigEntry | undefined {
  const found = entry?.[key]
  return isEntry(found) ? found : undefined
}

function wish(before: unknown, variable: ConfigEntry): VariableWish {
  const old = isEntry(before) ? before : {}
  const said = Object.fromEntries(
    Object.entries(variable).filter(([field, value]) => !isSame(value, old[field])),
  )
  return wishOf({ action: 'change', name: '', before: old, after: variable, said, file: variable })
}
