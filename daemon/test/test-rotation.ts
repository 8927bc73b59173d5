import { randomBytes } from 'node:crypto'
import { type MasterKey, type MasterKeys, masterKeyOf } from '#adapters/system/master-key.ts'
import { createKeyRotation } from '#core/secrets/key-rotation.ts'
import { createPurposeKeys } from '#core/secrets/purpose-keys.ts'
import type { KeyRing } from '#ports/key-ring.ts'
import { createPurposeKeyStore } from '#store/purpose-key-store.ts'
import { createSealedStore } from '#store/sealed-store.ts'

type RotationDeps = Parameters<typeof createKeyRotation>[0]
type Given = Pick<RotationDeps, 'audit' | 'clock' | 'transact' | 'secretBox'> &
  Partial<Pick<RotationDeps, 'crashPoint' | 'onProblem' | 'keys'>> & {
    db: Parameters<typeof createSealedStore>[0]
    actor: ReturnType<RotationDeps['system']>
  }

/** A change of the master key over a database in memory. */
export function createTestRotation({ db, actor, ...given }: Given) {
  const { secretBox, clock } = given
  return createKeyRotation({
    keys: createMemoryRing(),
    sealed: createSealedStore(db),
    purposeKeys: createPurposeKeys({
      store: createPurposeKeyStore(db),
      secretBox,
      clock,
      derive: () => Buffer.alloc(32, 7),
      isNew: false,
    }),
    system: () => actor,
    crashPoint: () => {},
    onProblem: (what) => {
      throw new Error(what)
    },
    ...given,
  })
}

/** Keys that lie nowhere but here: what a file is to the real one. */
export function createMemoryRing(
  first: Buffer = Buffer.alloc(32, 7),
): KeyRing & MasterKeys & { disk: () => readonly string[]; restarted: () => KeyRing & MasterKeys } {
  const stored: Buffer[] = [first]
  const idOf = (bytes: Buffer): string => masterKeyOf(bytes).id.toString('hex')
  const open = (): KeyRing & MasterKeys => {
    const known = new Map<string, MasterKey>(
      stored.map((bytes) => [idOf(bytes), masterKeyOf(bytes)]),
    )
    return {
      newest: () => masterKeyOf(stored[0] ?? first),
      find: (id) => known.get(id.toString('hex')),
      ids: () => stored.map(idOf),
      ownIds: () => stored.map(idOf),
      origin: () => 'file',
      async add() {
        const bytes = randomBytes(32)
        stored.unshift(bytes)
        known.set(idOf(bytes), masterKeyOf(bytes))
        return idOf(bytes)
      },
      async drop(ids) {
        const kept = stored.filter((bytes, at) => at === 0 || !ids.includes(idOf(bytes)))
        stored.splice(0, stored.length, ...kept)
      },
    }
  }
  return { ...open(), disk: () => stored.map(idOf), restarted: open }
}
