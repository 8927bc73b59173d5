import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readKernelFile } from '#agent/metrics/kernel-file.ts'

/** As many as a sample may hold (shared/src/agent-api-metrics.ts). */
const MOST = 16
const DEFAULT_ROUTE = '00000000'

/**
 * Interfaces by which the machine reaches others: those with a device behind them. Where none has one
 * (in a container, behind a tunnel) it is those that the default routes lead to.
 */
export function ownInterfaces({ sys = '/sys', proc = '/proc' } = {}): Set<string> {
  const folder = join(sys, 'class/net')
  const all = existsSync(folder) ? readdirSync(folder) : []
  const physical = all.filter((name) => existsSync(join(folder, name, 'device')))
  const found = physical.length > 0 ? physical : defaultRoutes(proc)
  return new Set(found.slice(0, MOST))
}

function defaultRoutes(proc: string): string[] {
  const routes = (readKernelFile(join(proc, 'net/route')) ?? '').split('\n').slice(1)
  return [
    ...new Set(
      routes.flatMap((line) => {
        const [name, destination] = line.split('\t')
        return name && destination === DEFAULT_ROUTE ? [name] : []
      }),
    ),
  ]
}
