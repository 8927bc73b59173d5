import { join } from 'node:path'
import { AppSleep } from '@vastrox/shared/sleep.ts'
import { destroyApp, untilSettled } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { median } from './statistics.ts'

const APP = 'bench-sleep'
const EXAMPLE = join(import.meta.dirname, '../../examples/node-express')
const VISITORS = 200
/** What the issue asks for. */
const GOAL_MS = 500

/** How long the first visitor of an app that sleeps waits, and what becomes of 200 who come meanwhile. */
export async function benchSleep(vastrox: Installation, rounds: number) {
  const copy = createWorkingCopy(vastrox.remote(APP))
  try {
    await copy.init()
    copy.copyFrom(EXAMPLE)
    await copy.commit('the example')
    const pushed = await copy.push('--force', 'main')
    if (pushed.exitCode !== 0) throw new Error(pushed.output)
    await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
    await untilSettled(vastrox, APP)

    const firstVisitorMs: number[] = []
    const wakeMs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      await putToSleep(vastrox, APP)
      firstVisitorMs.push((await visitAll(vastrox, 1)).slowestMs)
      wakeMs.push((await sleepOf(vastrox, APP)).lastDay.slowestWakeMs ?? 0)
    }
    await putToSleep(vastrox, APP)
    const crowd = await visitAll(vastrox, VISITORS)
    const { lastDay } = await sleepOf(vastrox, APP)
    const medianMs = median(firstVisitorMs)
    return {
      rounds,
      firstVisitorMs: { median: medianMs, all: firstVisitorMs },
      slowestWakeMs: wakeMs.at(-1) ?? null,
      crowd,
      freedBytes: lastDay.freedBytes,
      ok: crowd.answered === VISITORS && medianMs <= GOAL_MS,
    }
  } finally {
    await destroyApp(vastrox, APP)
    copy.remove()
  }
}

export const sleepOf = (vastrox: Installation, app: string): Promise<AppSleep> =>
  vastrox.read(AppSleep, `/apps/${app}/sleep`)

export async function putToSleep(vastrox: Installation, app: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { status, body } = await vastrox.api('POST', `/apps/${app}/sleep`)
    if (status === 200) return
    if (status !== 409 || tries === 99) throw new Error(`it does not sleep: ${body}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Visitors who come all at once, each by a connection of his own. */
async function visitAll(vastrox: Installation, count: number) {
  const since = performance.now()
  const answers = await Promise.all(
    Array.from({ length: count }, async () => {
      const { status, body } = await vastrox.visit(APP)
      return { isGood: status === 200 && body.length > 0, ms: performance.now() - since }
    }),
  )
  return {
    visitors: count,
    answered: answers.filter(({ isGood }) => isGood).length,
    slowestMs: Math.round(Math.max(...answers.map(({ ms }) => ms))),
  }
}
