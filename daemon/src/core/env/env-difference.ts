import { createHash, timingSafeEqual } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { EnvDifference } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  releases: ReleaseStore
  box: SecretBox
}

const Env = z.record(z.string(), z.string())

/** Names of what was added, removed and changed between the frozen env of two releases, never values. */
export function differenceOf(
  { releases, box }: Deps,
  actor: Actor,
  app: AppRecord,
  number: number,
  other: number | undefined,
): EnvDifference {
  const release = releases.findByNumber(actor, app.id, number)
  if (!release) throw new CodedError('RELEASE_NOT_FOUND', { release: number })
  const before =
    other === undefined ? beforeOf(number) : releases.findByNumber(actor, app.id, other)
  if (other !== undefined && !before) throw new CodedError('RELEASE_NOT_FOUND', { release: other })

  function beforeOf(than: number): ReleaseRecord | undefined {
    for (let at = than - 1; at > 0; at--) {
      const found = releases.findByNumber(actor, app.id, at)
      if (found) return found
    }
    return undefined
  }

  const had = new Set(before?.envKeys ?? [])
  const has = new Set(release.envKeys)
  const both = release.envKeys.filter((key) => had.has(key))
  const [then, now] = [before && digestsOf(before), digestsOf(release)]
  return {
    release: number,
    before: before?.number ?? null,
    added: release.envKeys.filter((key) => !had.has(key)),
    removed: [...had].filter((key) => !has.has(key)),
    changed:
      before === undefined
        ? []
        : then && now
          ? both.filter((key) => !isSame(then, now, key))
          : null,
  }

  /** undefined once its values are forgotten. */
  function digestsOf({ id, envSealed }: ReleaseRecord): Map<string, Buffer> | undefined {
    if (envSealed.length === 0) return undefined
    const env = Env.parse(JSON.parse(box.open(envSealed, `releases|${id}|env_sealed`)))
    return new Map(
      Object.entries(env).map(([key, value]) => [key, createHash('sha256').update(value).digest()]),
    )
  }
}

function isSame(then: Map<string, Buffer>, now: Map<string, Buffer>, key: string): boolean {
  const [one, other] = [then.get(key), now.get(key)]
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}
