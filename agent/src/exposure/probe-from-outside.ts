import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { ProbeOutcome } from '@vastrox/shared/exposure.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { layCable, markCable } from '#agent/exposure/cable.ts'
import { SMALL_HEAP } from '#agent/supervisor/process-table.ts'

export interface Probe {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
}

const UNSHARE = '/usr/bin/unshare'
const NOBODY = '65534'
const READY_WITHIN_MS = 10_000
/** What lasts longer is silence; there is no distance to go. */
const WAIT_MS = 1_000
const TRIED_AT_ONCE = 100
/** Of one source: caps and rates count by it. */
const PROBES_A_SOURCE = 16
const MOST_SOURCES = 200

const Outcomes = z.array(ProbeOutcome)

type Child = ChildProcessByStdio<Writable, Readable, null>

/** Tries ports of this machine from a network namespace that is there only for it. */
export async function probeFromOutside(
  { instance, marker }: { instance: string; marker: string },
  probes: readonly Probe[],
): Promise<(Probe & { outcome: ProbeOutcome })[]> {
  if (!existsSync(UNSHARE))
    throw new CodedError('EXPOSURE_TEST_UNAVAILABLE', {
      reason: 'The program unshare is missing (apt-get install util-linux).',
    })
  await markCable(marker)
  const child = startProgram()
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    if ((await nextLine(child, lines, READY_WITHIN_MS)) !== 'ready') throw ended()
    const count = Math.min(MOST_SOURCES, Math.ceil(probes.length / PROBES_A_SOURCE) + 1)
    const cable = await layCable(instance, child.pid ?? 0, count, ownAddresses())
    try {
      const tried = withSources(probes, cable.sources)
      child.stdin.write(`${JSON.stringify({ waitMs: WAIT_MS, probes: tried })}\n`)
      const longestMs = READY_WITHIN_MS + Math.ceil(tried.length / TRIED_AT_ONCE) * WAIT_MS
      const said = Outcomes.parse(JSON.parse(await nextLine(child, lines, longestMs)))
      return tried.flatMap(({ protocol, address, port }, at) => {
        const outcome = said[at]
        return outcome === undefined ? [] : [{ protocol, address, port, outcome }]
      })
    } finally {
      await cable.remove()
    }
  } finally {
    child.kill('SIGKILL')
    await rm(marker, { force: true })
  }
}

function startProgram(): Child {
  const child = spawn(
    UNSHARE,
    [
      '--net',
      `--setuid=${NOBODY}`,
      `--setgid=${NOBODY}`,
      '--',
      process.execPath,
      ...SMALL_HEAP,
      program(),
    ],
    { shell: false, stdio: ['pipe', 'pipe', 'ignore'], cwd: '/', env: {} },
  )
  child.stdin.on('error', () => {
    // It has ended; that is noticed where its words are waited for.
  })
  return child
}

/** Beside us: bundled when installed, a source file in development. */
function program(): string {
  const bundled = join(import.meta.dirname, 'exposure-probe.mjs')
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'probe-program.ts')
}

/** Dealt out so that no source is used often, and none for a port twice. */
function withSources(
  probes: readonly Probe[],
  sources: { 4: readonly string[]; 6: readonly string[] },
) {
  const used = { 4: 0, 6: 0 }
  return probes.flatMap((probe) => {
    const family = probe.address.includes(':') ? 6 : 4
    const from = sources[family][used[family]++ % Math.max(1, sources[family].length)]
    return from === undefined ? [] : [{ ...probe, from }]
  })
}

async function nextLine(
  child: Child,
  lines: AsyncIterator<string>,
  withinMs: number,
): Promise<string> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(ended()), withinMs)
  const fail = (): void => reject(ended())
  child.once('error', fail)
  try {
    const { value, done } = await Promise.race([lines.next(), promise])
    if (done) throw ended()
    return value
  } finally {
    clearTimeout(timer)
    child.off('error', fail)
  }
}

const ended = (): CodedError =>
  new CodedError('EXPOSURE_TEST_UNAVAILABLE', {
    reason:
      'The program that tries the ports has ended, or may not have a network of its own here.',
  })

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address))
