import type { Actor } from '@vastrox/shared/actor.ts'
import type { ExposureReport } from '@vastrox/shared/exposure.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeExposure } from '#ports/node-exposure.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  exposure: NodeExposure
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  nodeName: string
}

/** Looking at every process of a machine is not for every second. */
const KEEP_MS = 3_000
const KEEP_CARE_MS = 60_000

/** What is reachable on the node, and how the node is kept. */
export function createExposureService({ exposure, audit, clock, transact, nodeName }: Deps) {
  const list = remember(clock, KEEP_MS, () => exposure.list())
  const care = remember(clock, KEEP_CARE_MS, () => exposure.care())

  return {
    /** At most 3 seconds old. */
    list: (): Promise<ExposureReport> => list.get(),

    /** Tries every port from outside. Its cable is a change of the machine, if a short one: it is audited. */
    async test(actor: Actor): Promise<ExposureReport> {
      transact(() => audit.append({ actor, action: 'exposure.test', target: nodeName }))
      const report = await exposure.test()
      list.forget()
      return report
    },

    /** At most a minute old. */
    care: (): Promise<HostCare> => care.get(),
  }
}
export type ExposureService = ReturnType<typeof createExposureService>

/** One answer for all who ask within that time; a failure is not kept. */
function remember<Value>(clock: Clock, keepMs: number, ask: () => Promise<Value>) {
  let known: { at: number; value: Promise<Value> } | undefined
  return {
    get(): Promise<Value> {
      const now = clock.now().getTime()
      if (known && now - known.at < keepMs) return known.value
      const value = ask()
      const mine = { at: now, value }
      known = mine
      value.catch(() => {
        if (known === mine) known = undefined
      })
      return value
    },
    forget(): void {
      known = undefined
    },
  }
}
