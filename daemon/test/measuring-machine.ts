import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sample } from '@vastrox/shared/agent-api-metrics.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createFakeNodeMetrics } from '#test/fakes/node-metrics.ts'
import { createAlertsOver } from '#test/alert-harness.ts'
import { createHarness } from '#test/harness.ts'
import { createTestMetrics } from '#test/test-metrics.ts'
import { createNodeSampler } from '../../agent/src/metrics/sample-node.ts'
import { openSampleRing } from '../../agent/src/metrics/sample-ring.ts'
import { createSampler } from '../../agent/src/metrics/sampler.ts'

const STEP_MS = 15_000

type NodeDeps = Parameters<typeof createNodeSampler>[0]
interface Measured extends NodeDeps {
  sampleContainers?: () => Promise<Sample['containers']>
}

/**
 * All of the way of a measurement but the socket: the agent's own sampler over the files and disks that it
 * is given, the daemon's collector, book and alerts. Only time is made: a quarter of a minute a sample.
 */
export async function createMeasuringMachine(measured: Measured) {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-measuring-'))
  const harness = createHarness()
  const { clock, proxy } = harness
  const node = createFakeNodeMetrics()
  const metrics = createTestMetrics({
    ...harness,
    finder: createAppFinder(harness.apps),
    node: node.agent(async () => {}),
  })
  const audit = createAuditLog({
    audit: createAuditStore(harness.db),
    clock,
    key: masterKeyOf(Buffer.alloc(32, 7)).deriveKey('audit'),
  })
  const over = createAlertsOver({ ...harness, audit }, 'boot1', '1:1', metrics.source)
  const now = (): number => clock.now().getTime()
  const ring = await openSampleRing({ directory: join(folder, 'samples'), now })
  let serial = ring.after(null)
  const sampler = createSampler({
    ring,
    sampleNode: createNodeSampler(measured),
    sampleContainers: measured.sampleContainers ?? (async () => []),
    sampleFence: () => [],
    samplePlatform: () => [],
    now,
  })
  proxy.nowMs = now
  metrics.start()

  async function step(): Promise<void> {
    await clock.pass(STEP_MS - (now() % STEP_MS))
    await sampler.take()
    for (;;) {
      const found = await ring.read(serial)
      if (!found) break
      serial = found.serial + 1
      node.take(Sample.parse(found.sample))
    }
    await clock.settle()
  }

  return {
    ...harness,
    ...over,
    metrics,
    /** So much time, with a sample each quarter of a minute; `each` before it is taken. */
    pass: async (ms: number, each: () => void = () => {}): Promise<void> => {
      for (let at = 0; at < ms; at += STEP_MS) {
        each()
        await step()
      }
    },
    end: async (): Promise<void> => {
      await over.stopAlerts()
      await metrics.stop()
      await ring.close()
      await rm(folder, { recursive: true })
    },
  }
}
export type MeasuringMachine = Awaited<ReturnType<typeof createMeasuringMachine>>
