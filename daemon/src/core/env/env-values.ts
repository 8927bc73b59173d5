import { prepareRedactor, type Redactor } from '@vastrox/shared/node/redactor.ts'
import { z } from 'zod'
import type { SecretBox } from '#ports/secret-box.ts'
import type { EnvRecord, EnvStore } from '#store/env-store.ts'

interface Deps {
  env: EnvStore
  box: SecretBox
}

/** Values that are no secret for anybody, and words that logs are full of. */
const ORDINARY = new Set(
  'production development staging testing default enabled disabled verbose warning localhost 0.0.0.0 127.0.0.1'.split(
    ' ',
  ),
)
/** Releases that run or are on their way: the frozen env of each is hidden as well. */
const MAX_FROZEN = 20

const Frozen = z.record(z.string(), z.string())

/** The values of env variables, opened: for releases that freeze them, and for hiding them in logs. */
export function createEnvValues({ env, box }: Deps) {
  const redactors = new Map<string, { mark: string; open: () => Redactor }>()

  const plainOf = (records: readonly EnvRecord[]): Record<string, string> =>
    Object.fromEntries(
      records.map(({ appId, key, sealed }) => [key, box.open(sealed, contextOf(appId, key))]),
    )

  function secretsOf(appId: string): string[] {
    const values = new Set(Object.values(plainOf(env.listForPlatform(appId))))
    for (const { id, envSealed } of env.listFrozenForPlatform(appId, MAX_FROZEN)) {
      const frozen = Frozen.parse(JSON.parse(box.open(envSealed, `releases|${id}|env_sealed`)))
      for (const value of Object.values(frozen)) values.add(value)
    }
    return [...values].filter((value) => !ORDINARY.has(value.trim().toLowerCase()))
  }

  return {
    seal: (appId: string, key: string, value: string): Buffer =>
      box.seal(value, contextOf(appId, key)),
    open: ({ appId, key, sealed }: EnvRecord): string => box.open(sealed, contextOf(appId, key)),

    /** The app's env as it is now. */
    plainForPlatform: (appId: string): Record<string, string> =>
      plainOf(env.listForPlatform(appId)),

    /** Hides the values of the app's env of now and of its latest releases. */
    redactorFor(appId: string): Redactor {
      const mark = env.markForPlatform(appId)
      const known = redactors.get(appId)
      if (known?.mark === mark) return known.open()
      const open = prepareRedactor(secretsOf(appId))
      redactors.set(appId, { mark, open })
      return open()
    },

    /** For an app that is gone. */
    forget: (appId: string): void => {
      redactors.delete(appId)
    },
  }
}
export type EnvValues = ReturnType<typeof createEnvValues>

const contextOf = (appId: string, key: string): string => `env_variables|${appId}/${key}|sealed`
