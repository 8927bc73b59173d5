import { sayError } from '@vastrox/shared/errors.ts'
import type { KeptFiles } from '#agent/firewall/kept-files.ts'
import { exceptionKey, isOver, type LoadedException } from '#agent/firewall/loaded-exception.ts'
import { endFlows } from '#agent/firewall/port-flows.ts'
import { log } from '#agent/node/log.ts'

interface Deps {
  files: Pick<KeptFiles, 'exceptions' | 'writeExceptions'>
  /** Some are over, and the rules are to be loaded without them. */
  onOver: () => void
  now?: () => Date
}

/** The exceptions of this node, and what has to be looked after besides the rules themselves. */
export function createExceptions({ files, onOver, now = () => new Date() }: Deps) {
  let kept: LoadedException[] = []
  let timer: NodeJS.Timeout | undefined

  const lasting = (): LoadedException[] => kept.filter((each) => !isOver(each, now()))

  function wait(): void {
    clearTimeout(timer)
    if (kept.length === 0) return
    const next = Math.min(...kept.map(({ until }) => Date.parse(until)))
    timer = setTimeout(onOver, Math.min(Math.max(0, next - now().getTime()) + 10, DAY_MS))
    timer.unref()
  }

  return {
    all: lasting,

    /** What was kept, at the start; what ended meanwhile still has connections that stand. */
    async open(): Promise<void> {
      kept = await files.exceptions()
      wait()
    },

    /** On disk before they are in the kernel. */
    async keep(next: readonly LoadedException[]): Promise<void> {
      await files.writeExceptions(next)
    },

    /** Once they are in the kernel: the kernel lets nobody new in, and whoever is in has to go. */
    async settle(next: readonly LoadedException[]): Promise<void> {
      const before = kept
      kept = [...next]
      wait()
      const stays = new Set(kept.map(exceptionKey))
      const gone = before.filter((each) => !stays.has(exceptionKey(each)))
      try {
        await endFlows(
          gone.map(({ hostPort, target, from }) => ({
            protocol: 'tcp',
            port: hostPort,
            target,
            from,
          })),
        )
      } catch (error) {
        log('exceptions.flows', { reason: sayError(error) })
      }
      for (const { addonId, from, hostPort } of gone)
        log('exception.over', { addonId, from, port: hostPort })
    },
  }
}
export type Exceptions = ReturnType<typeof createExceptions>

const DAY_MS = 86_400_000
