import type { Actor } from '@vastrox/shared/actor.ts'
import type { EnvChange } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { PlannedChange } from '#core/env/apply-changes.ts'
import { KeptState, type Variables } from '#core/env/variable.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { EnvChangeRecord, EnvChangeStore, EnvOwner } from '#store/env-change-store.ts'

interface Deps {
  changes: EnvChangeStore
  box: SecretBox
  clock: Clock
  newId: NewId
}

/** Of each app and group. Values that nothing knows any more are not kept for ever. */
const KEPT = 30
const NOTHING = { set: [], unset: [], marked: [], restored: null }

/** Who changed which variables when, and what they were then, sealed. */
export function createEnvHistory({ changes, box, clock, newId }: Deps) {
  function write(
    owner: EnvOwner,
    { teamId, name }: { teamId: string; name: string },
    what: Pick<EnvChange, 'set' | 'unset' | 'marked' | 'restored'>,
    state: Variables,
  ): void {
    const id = newId()
    changes.insertForPlatform({
      ...what,
      id,
      teamId,
      owner,
      number: changes.lastNumberForPlatform(owner) + 1,
      at: clock.now().toISOString(),
      actor: name,
      stateSealed: box.seal(JSON.stringify(Object.fromEntries(state)), contextOf(id)),
    })
  }

  const opened = ({ id, stateSealed }: EnvChangeRecord): Variables =>
    new Map(Object.entries(KeptState.parse(JSON.parse(box.open(stateSealed, contextOf(id))))))

  return {
    /** In the transaction of the change. What was there before the first change is kept as well. */
    note(
      actor: Actor,
      owner: EnvOwner,
      before: Variables,
      { next, set, unset, marked }: PlannedChange,
      restored: number | null = null,
    ): void {
      if (before.size > 0 && changes.lastNumberForPlatform(owner) === 0)
        write(owner, { teamId: actor.teamId, name: 'Vastrox' }, NOTHING, before)
      const after = new Map(before)
      for (const [key, variable] of next)
        if (variable === null) after.delete(key)
        else after.set(key, variable)
      write(owner, actor, { set, unset, marked, restored }, after)
      changes.pruneForPlatform(owner, KEPT)
    },

    /** Newest first; whoever calls it has checked who is asking. */
    list: (owner: EnvOwner): EnvChange[] =>
      changes.listForPlatform(owner).map(({ number, at, actor, set, unset, marked, restored }) => ({
        number,
        at,
        actor,
        set,
        unset,
        marked,
        restored,
      })),

    /**
     * The variables as that change left them; a value that was hidden for good later is hidden in it
     * too. Throws ENV_CHANGE_NOT_FOUND.
     */
    stateAfter(owner: EnvOwner, number: number): Variables {
      const found = changes.findForPlatform(owner, number)
      if (!found) throw new CodedError('ENV_CHANGE_NOT_FOUND', { number })
      const later = changes
        .listForPlatform(owner)
        .filter((each) => each.number > number)
        .map(opened)
      const isHiddenIn = (state: Variables, key: string, value: string): boolean => {
        const then = state.get(key)
        return then?.neverReveal === true && then.value === value
      }
      return new Map(
        [...opened(found)].map(([key, variable]) => {
          const isHidden = later.some((state) => isHiddenIn(state, key, variable.value))
          return [key, { ...variable, neverReveal: variable.neverReveal || isHidden }]
        }),
      )
    },
  }
}
export type EnvHistory = ReturnType<typeof createEnvHistory>

const contextOf = (id: string): string => `env_changes|${id}|state_sealed`
